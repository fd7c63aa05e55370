package worker_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// say puts a person's verdict on the jobs queue: "undo" and the like, or a
// student's ID.
func (r *rig) say(b layout.Batch, key, verdict string) {
	r.t.Helper()
	m := &jobs.Resolve{Type: jobs.TypeResolve, ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: jobs.SheetID(b.ExamCode, b.BatchID, key, 1)}
	switch verdict {
	case jobs.VerdictNotOnRoster, jobs.VerdictUnreadable, jobs.VerdictUndo:
		m.Verdict = verdict
	default:
		m.StudentID = verdict
	}
	r.put(r.options.Queues.Jobs, m)
}

// A result says whose word it goes by, as long as it goes by a person's.
func TestVerdictsSayWhose(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.sheets(kim)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	for i, verdict := range []string{lee, jobs.VerdictUndo} {
		m := &jobs.Resolve{ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: jobs.SheetID(b.ExamCode, b.BatchID, keys[0], 1), StudentID: verdict, By: "김조교"}
		if verdict == jobs.VerdictUndo {
			m.StudentID, m.Verdict = "", verdict
		}
		r.put(r.options.Queues.Jobs, m)
		r.end(b, i+2)
	}
	rec := r.sheet(b, keys[0], 1)
	if spoken := rec.At(3); spoken == nil || spoken.Meta.By != "김조교" || spoken.Student() != lee {
		t.Errorf("after the verdict: %+v", spoken)
	}
	if rec.Meta.By != "" || rec.Student() != kim {
		t.Errorf("after it was taken back: by %q", rec.Meta.By)
	}
}

// Verdicts one after the other, each an epoch; the outcome of the first sheet
// and of a second one, which the first one's student may belong to.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		pages []string
		steps []struct{ verdict, want string }
	}{
		{"student and back", []string{kim}, []struct{ verdict, want string }{
			{lee, "matched corrected " + lee}, {park, "matched corrected " + park}, {jobs.VerdictUndo, "matched " + kim},
		}},
		{"away and back", []string{kim}, []struct{ verdict, want string }{
			{jobs.VerdictNotOnRoster, "failed not_on_roster"}, {jobs.VerdictUnreadable, "failed corrected"}, {jobs.VerdictUndo, "matched " + kim},
		}},
		{"review", []string{"2017000?"}, []struct{ verdict, want string }{
			{choi, "matched corrected " + choi}, {jobs.VerdictUndo, "needs_review ambiguous"},
		}},
		{"failed", []string{"!"}, []struct{ verdict, want string }{
			{kim, "matched corrected " + kim}, {jobs.VerdictUndo, "failed internal_error"},
		}},
		{"on no roster", []string{kim}, []struct{ verdict, want string }{{"B-123", "matched corrected B-123"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.roster(kim, lee, park, choi)
			keys := r.sheets(test.pages...)
			r.start()
			b := r.submit(jobs.Recognize{Keys: keys})
			r.end(b, 1)
			for i, step := range test.steps {
				r.say(b, keys[0], step.verdict)
				r.end(b, i+2)
				r.wants(b, map[string]string{"1.png": step.want})
				if rec := r.sheet(b, keys[0], 1); rec.Version != i+3 || rec.Meta.Epoch != i+2 {
					t.Errorf("after %s: got version %d of epoch %d, want %d of %d", step.verdict, rec.Version, rec.Meta.Epoch, i+3, i+2)
				}
			}
		})
	}
}

// A plan names all of the batch's sheets, thousands perhaps: a verdict reads the last
// one once, and the one that it makes not at all.
func TestVerdictReadsThePlanOnce(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park)
	keys := r.sheets(kim, lee)
	var plans atomic.Int32
	r.startWith(r.over(roundTrip(func(q *http.Request) (*http.Response, error) {
		if q.Method == http.MethodGet && strings.Contains(q.URL.Path, "/plans/") {
			plans.Add(1)
		}
		return baseConfig.HTTPClient.Do(q)
	})))
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.until("the net under the batch's end to be gone", func() bool { _, delayed := r.waiting(r.options.Queues.Work); return delayed == 0 && r.quiet() })
	before := plans.Load()
	r.say(b, keys[0], park)
	r.end(b, 2)
	if got := plans.Load() - before; got != 1 {
		t.Errorf("one verdict read plans %d times, want once", got)
	}
}

// A person's word on one sheet changes what its neighbours can be.
func TestVerdictSettlesNeighbours(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.sheets(kim, kim)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "needs_review duplicate_student", "2.png": "needs_review duplicate_student"})
	r.say(b, keys[0], lee)
	r.end(b, 2)
	r.wants(b, map[string]string{"1.png": "matched corrected " + lee, "2.png": "matched " + kim})
}

// Verdicts that come close together are one epoch, in which the latest counts,
// and it survives a rematch.
func TestVerdictsTogether(t *testing.T) {
	r := newRig(t)
	r.options.SettleDelay = 3 * time.Second
	r.roster(kim, lee, park)
	keys := r.sheets(kim, lee)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.until("the net under the batch's end to be gone", func() bool { _, delayed := r.waiting(r.options.Queues.Work); return delayed == 0 && r.quiet() })
	r.say(b, keys[0], choi)
	r.until("the first verdict", func() bool { return len(r.list(b.Prefix()+"corrections/")) == 1 })
	r.say(b, keys[0], park)
	r.say(b, keys[1], jobs.VerdictNotOnRoster)
	sum := r.end(b, 2)
	want := map[string]string{"1.png": "matched corrected " + park, "2.png": "failed not_on_roster"}
	r.wants(b, want)
	if sum.Version != 2 || len(r.list(b.Prefix()+"corrections/")) != 3 {
		t.Errorf("got version %d of %v, want one epoch for all", sum.Version, r.list(b.Prefix()+"corrections/"))
	}
	r.roster(kim, lee, park, choi)
	r.put(r.options.Queues.Jobs, &jobs.Rematch{Type: jobs.TypeRematch, ExamCode: r.exam, BatchID: b.BatchID})
	if sum := r.end(b, 3); sum.Students != 4 {
		t.Errorf("got %d students, want the new roster's 4", sum.Students)
	}
	r.wants(b, want)
	if rec := r.sheet(b, keys[0], 1); rec.Version != 3 {
		t.Errorf("got version %d, want 3: nothing changed", rec.Version)
	}
	if got := r.eventTypes(b)[exam.EventCompleted]; got != 3 {
		t.Errorf("got %d batch.completed, want 3", got)
	}
}

// Old copies stay until the new version is delivered, and go then.
func TestOldCopiesAreSwept(t *testing.T) {
	t.Parallel()
	for _, hook := range []string{"", stack.Env["WEBHOOK_URL"]} {
		t.Run("webhook "+itoa(len(hook)), func(t *testing.T) {
			r := newRig(t)
			r.options.WebhookURL = hook
			r.roster(kim, lee)
			keys := r.sheets(kim)
			r.start()
			b := r.submit(jobs.Recognize{Keys: keys})
			r.end(b, 1)
			r.say(b, keys[0], lee)
			r.end(b, 2)
			old := slices.Concat(r.list("original/"+r.exam+"/"+kim+"/"), r.list("header/"+r.exam+"/"+kim+"/"))
			if len(old) != 2 {
				t.Fatalf("got old copies %v, want them to stay for the receiver", old)
			}
			r.until("the sweep that was put off", func() bool { _, delayed := r.waiting(r.options.Queues.Work); return delayed == 1 })
			sheet := r.sheet(b, keys[0], 1).Sheet
			r.put(r.options.Queues.Work, &jobs.Sweep{ExamCode: r.exam, BatchID: b.BatchID, Sheet: sheet})
			r.until("the old copies to go", func() bool {
				return !slices.ContainsFunc(r.list("original/"+r.exam+"/"), func(k string) bool { return strings.Contains(k, kim) }) && r.quiet()
			})
			r.wants(b, map[string]string{"1.png": "matched corrected " + lee})
		})
	}
}

// A copy that somebody removed does not keep the batch from its end.
func TestRemovedCopy(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	key := r.upload("two.tif", tiffPages(t, kim, ""))
	r.start()
	b := r.submit(jobs.Recognize{Keys: []string{key}, PagesPerSheet: 2})
	r.end(b, 1)
	named := r.sheet(b, key, 1).Meta.S3Keys
	must(t, r.store.Delete(t.Context(), *named.Original, named.Others[0]))
	r.say(b, key, lee)
	r.end(b, 2)
	rec := r.sheet(b, key, 1)
	if got := rec.Meta.S3Keys; got.Original != nil || len(got.Others) > 0 || got.Header == nil || rec.Meta.S3Uploaded {
		t.Errorf("got %+v, want only what is there", rec.Meta)
	}
	r.isSound(b, r.records(b))
}
