package worker_test

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"hakbeon/jobs"
	"hakbeon/lab/iam"
)

// leastPrivilege is what holds every worker of these tests to
// deploy/iam-policy.json: one that needs more rights fails its test.
func leastPrivilege(t testing.TB, names map[string]string) *iam.Guard {
	t.Helper()
	data, err := os.ReadFile("../deploy/iam-policy.json")
	must(t, err)
	policy, err := iam.Parse(data, names)
	must(t, err)
	guard := iam.NewGuard(policy)
	t.Cleanup(func() {
		if refused := guard.Refused(); len(refused) > 0 {
			t.Errorf("%d calls are not allowed by deploy/iam-policy.json: %q", len(refused), refused[:min(len(refused), 3)])
		}
	})
	return guard
}

// guarded is the configuration with its calls held to the policy.
func guarded(cfg aws.Config, guard *iam.Guard) aws.Config {
	cfg.HTTPClient = guard.Client(cfg.HTTPClient)
	return cfg
}

// The policy gives no right that a worker doesn't use. Those to keep a message
// and to ask for a queue's attributes have their own tests: drain_test.go and
// cmd/hakbeon's.
func TestPolicyGivesNothingUnused(t *testing.T) {
	r := newRig(t)
	guard := leastPrivilege(t, map[string]string{
		"BUCKET": r.store.Bucket(), "JOBS_QUEUE": "jobs", "WORK_QUEUE": "work", "CALLBACK_QUEUE": "callbacks", "DEAD_LETTER_QUEUE": "dead", "RESULT_QUEUE": "results*",
	})
	r.roster(kim, lee)
	keys := r.sheets(kim, lee)
	r.startWith(r.over(guard.Client(baseConfig.HTTPClient)))
	r.putText(r.options.Queues.Jobs, "no JSON")
	r.deadLetter()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.say(b, keys[0], lee) // moves the sheet to another student: old copies go
	r.until("the next end", func() bool { _, err := r.store.Head(t.Context(), b.Done(2)); return err == nil })
	r.put(r.options.Queues.Work, &jobs.Sweep{ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: r.sheet(b, keys[0], 1).Sheet})
	r.until("the sweep", func() bool { return guard.Used("s3:DeleteObject") && r.quiet() })
	for _, action := range []string{
		"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject",
		"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:SendMessage",
	} {
		if !guard.Used(action) {
			t.Errorf("%s is not used", action)
		}
	}
}
