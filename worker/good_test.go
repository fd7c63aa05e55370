package worker_test

import (
	"maps"
	"path"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/worker"
	"hakbeon/worker/queue/awssqs"
)

// Students of the tests' rosters. Those that end alike can be taken for each
// other when the first digits can't be told.
const (
	kim  = "20170001"
	lee  = "20170002"
	park = "20170003"
	choi = "20179999"
)

func TestGoodBatch(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park, choi)
	keys := r.sheets(kim, lee, "2017000?", "", "20164321")
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys, BatchID: "2017-12-18-a"})
	sum := r.end(b, 1)
	r.wants(b, map[string]string{
		"1.png": "matched " + kim, "2.png": "matched " + lee, "3.png": "needs_review duplicate_student",
		"4.png": "needs_review no_id_found", "5.png": "needs_review not_on_roster",
	})
	if sum.Matched != 2 || sum.NeedsReview != 3 || sum.Failed != 0 || sum.Present != 2 || sum.Version != 1 || sum.Incomplete {
		t.Errorf("got summary %+v", sum)
	}
	if got := r.eventTypes(b); got[exam.EventCompleted] != 1 || got[exam.EventRecognized] < 2 {
		t.Errorf("got events %v", got)
	}
}

// Two sheets are sure of one student, each on its own: the batch's end takes both
// back, and files them where no student is.
func TestVersionsOfOneSheet(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park)
	keys := r.sheets(kim, lee, lee)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	rec := r.sheet(b, keys[2], 1)
	if rec.Version != 2 || !rec.Final || outcome(&rec.Result) != "needs_review duplicate_student" {
		t.Errorf("got version %d: %s, want 2: a duplicate", rec.Version, outcome(&rec.Result))
	}
	first := rec.At(1)
	if first.Final || first.Meta.Stage != exam.StageMatch || outcome(first) != "matched "+lee {
		t.Errorf("got first version %+v", first)
	}
	if got := path.Dir(*first.Meta.S3Keys.Original); got != "original/"+r.exam+"/"+lee {
		t.Errorf("first version was filed in %s", got)
	}
	if got := path.Dir(*rec.Meta.S3Keys.Header); got != "header/"+r.exam+"/unknown_id" {
		t.Errorf("second version was filed in %s", got)
	}
	_, err := r.store.Head(t.Context(), b.Evidence(rec.Sheet))
	must(t, err)
	r.isSound(b, r.records(b))
}

func TestOriginalIsTheSheetItself(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	key := r.upload("답안 100% +#1?.JPG", jpegPage(t, kim))
	r.start()
	b := r.submit(jobs.Recognize{Keys: []string{key}})
	r.end(b, 1)
	rec := r.sheet(b, key, 1)
	uploaded, err := r.store.Get(t.Context(), key, 1<<20)
	must(t, err)
	filed, err := r.store.Get(t.Context(), *rec.Meta.S3Keys.Original, 1<<20)
	must(t, err)
	if string(filed.Body) != string(uploaded.Body) {
		t.Error("the original's bytes were changed")
	}
	if want := "original/" + r.exam + "/" + kim + "/답안_100____1_-" + rec.Sheet[:8] + ".jpg"; *rec.Meta.S3Keys.Original != want {
		t.Errorf("got %s, want %s", *rec.Meta.S3Keys.Original, want)
	}
}

func TestSameJobTwiceIsOneBatch(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.sheets(kim, lee)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.submit(jobs.Recognize{Keys: []string{keys[1], keys[0], keys[1]}})
	r.end(b, 1)
	r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
	if got := r.eventTypes(b); got[exam.EventCompleted] != 1 {
		t.Errorf("got events %v, want one batch.completed", got)
	}
	if n := r.reader.count(kim); n > 2 {
		t.Errorf("a sheet was read %d times", n)
	}
}

func TestFIFOJobsQueue(t *testing.T) {
	r := newRig(t, ".fifo")
	r.roster(kim, lee)
	keys := r.sheets(kim, lee)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys[:1], BatchID: "f", BatchTotal: 2})
	r.putText(r.options.Queues.Jobs, "{")
	r.submit(jobs.Recognize{Keys: keys[1:], BatchID: "f", BatchTotal: 2})
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
	if got := reasonOf(r.deadLetter()); !strings.Contains(got, "JSON") {
		t.Errorf("got reason %q", got)
	}
}

// The same over the embedded stack's own queues.
func TestEmbeddedQueues(t *testing.T) {
	r := newRig(t)
	cfg, err := stack.AWSConfig(t.Context())
	must(t, err)
	cfg.HTTPClient = baseConfig.HTTPClient
	r.client = sqs.NewFromConfig(cfg)
	r.options.Broker = awssqs.Broker(r.client)
	r.options.Queues = worker.Queues{
		Jobs: stack.Env["SQS_QUEUE_URL"], Work: stack.Env["SQS_WORK_QUEUE_URL"],
		Callbacks: stack.Env["SQS_CALLBACK_QUEUE_URL"], DeadLetters: stack.Env["SQS_DLQ_URL"],
	}
	r.roster(kim, lee)
	b := r.submit(jobs.Recognize{Keys: r.sheets(kim, lee)})
	r.start()
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
}

// The same inputs give the same results, whatever the order in which they come.
func TestOrderChangesNothing(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park, choi)
	keys := r.sheets("2017000?", kim, "2017000?", "20?70002", "", choi, choi)
	r.start()
	want := map[string]string(nil)
	var first *exam.Plan
	for i, order := range [][]string{keys, {keys[6], keys[2], keys[5], keys[0], keys[4], keys[3], keys[1]}} {
		b := r.submit(jobs.Recognize{Keys: order, BatchID: "order-" + itoa(i)})
		r.end(b, 1)
		var plan exam.Plan
		_, err := r.store.Load(t.Context(), b.Plan(1), &plan)
		must(t, err)
		got := map[string]string{}
		for _, p := range plan.Sheets {
			p.Sheet = ""
			text, err := s3store.Encode(p)
			must(t, err)
			got[p.Key] = string(text)
		}
		if want == nil {
			want, first = got, &plan
		}
		if !maps.Equal(got, want) || plan.Roster != first.Roster {
			t.Errorf("order %d: got %v, want %v", i, got, want)
		}
	}
}
