package main_test

import (
	"maps"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/joho/godotenv"

	"hakbeon/lab/iam"
	"hakbeon/lab/synth"
)

// leastPrivilege puts the deployment's policy between a process and the servers:
// it returns the environment file of one that may do just that.
func leastPrivilege(t *testing.T, envFile string) (file string, guard *iam.Guard) {
	t.Helper()
	env, err := godotenv.Read(envFile)
	if err != nil {
		t.Fatal(err)
	}
	queue := func(variable string) string { return filepath.Base(env[variable]) }
	data, err := os.ReadFile("../../deploy/iam-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := iam.Parse(data, map[string]string{
		"BUCKET": env["S3_BUCKET"], "JOBS_QUEUE": queue("SQS_QUEUE_URL"), "WORK_QUEUE": queue("SQS_WORK_QUEUE_URL"),
		"CALLBACK_QUEUE": queue("SQS_CALLBACK_QUEUE_URL"), "DEAD_LETTER_QUEUE": queue("SQS_DLQ_URL"),
	})
	if err != nil {
		t.Fatal(err)
	}
	guard = iam.NewGuard(policy)
	held := maps.Clone(env)
	for _, variable := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS"} {
		to, err := url.Parse(env[variable])
		if err != nil {
			t.Fatal(err)
		}
		front := httptest.NewServer(guard.Handler(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // the caller has signed it
		}}))
		t.Cleanup(func() { front.CloseClientConnections(); front.Close() })
		held[variable] = front.URL
	}
	file = filepath.Join(t.TempDir(), "held")
	if err := godotenv.Write(held, file); err != nil {
		t.Fatal(err)
	}
	return file, guard
}

// TestLeastPrivilege has a worker and the doctor do their work with no more
// rights than deploy/iam-policy.json gives; what else they ask for is refused.
func TestLeastPrivilege(t *testing.T) {
	drawn, sheets, roster := drawExam(t, 5, synth.ExamSpec{Code: "LEAST_2032", Roster: 5, Sheets: 3})
	env := local(t)
	held, guard := leastPrivilege(t, env)
	if out, code := start(t, "doctor", "--env-file", held).end(t, time.Minute); code != 0 {
		t.Errorf("doctor ended with %d:\n%s", code, out)
	}
	start(t, "worker", "--env-file", held)
	sendJob(t, env, "no JSON")
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--wait")
	if _, code := submit.end(t, 2*time.Minute); code != 0 {
		t.Fatalf("submit ended with %d: %s", code, submit.stderr.String())
	}
	await(t, time.Minute, "the dead letter", func() bool {
		out, _ := start(t, "dlq", "list", "--env-file", env).end(t, time.Minute)
		return strings.Contains(out, "unknown")
	})
	if refused := guard.Refused(); len(refused) > 0 || !guard.Used("sqs:GetQueueAttributes") {
		t.Errorf("refused: %q", refused)
	}
	// An operator's work is not the worker's.
	dlq := start(t, "dlq", "list", "--env-file", held)
	if _, code := dlq.end(t, time.Minute); code != 1 || !strings.Contains(dlq.stderr.String(), "sqs:ReceiveMessage") {
		t.Errorf("dlq with a worker's rights ended with %d: %s", code, dlq.stderr.String())
	}
	if len(guard.Refused()) == 0 {
		t.Error("nothing was refused")
	}
}
