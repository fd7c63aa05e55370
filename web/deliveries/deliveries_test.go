package deliveries_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/awsclient"
	"hakbeon/jobs"
	"hakbeon/lab/embedded"
	"hakbeon/lab/embedded/embeddedtest"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/deliveries"
)

// stack is the S3 that all tests share: each has a batch of its own.
var stack *embedded.Stack

func TestMain(m *testing.M) {
	os.Exit(embeddedtest.Main(m, func(s *embedded.Stack) error { stack = s; return nil }))
}

const (
	sheet = "9f86d081884c7d65"
	other = "0123456789abcdef"
)

// rig is a batch's log in a real store, and a queue that remembers.
type rig struct {
	t     *testing.T
	store *s3store.Store
	batch layout.Batch
	door  *deliveries.Door
	sent  []jobs.Delivery
	fail  error
}

func newRig(t *testing.T) *rig {
	t.Helper()
	cfg, err := stack.AWSConfig(t.Context())
	must(t, err)
	r := &rig{t: t, store: s3store.New(awsclient.S3(cfg, nil), stack.Env["S3_BUCKET"]), batch: layout.Batch{ExamCode: "exam", BatchID: t.Name()}}
	r.door = deliveries.New(r.store, func(_ context.Context, all []jobs.Delivery) error {
		r.sent = append(r.sent, all...)
		return r.fail
	})
	return r
}

// write puts lines into the log as a worker does, in the order of their names.
func (r *rig) write(name string, lines ...exam.Attempt) {
	r.t.Helper()
	body, err := s3store.Encode(exam.Attempts{Attempts: lines})
	must(r.t, err)
	must(r.t, r.store.Put(r.t.Context(), r.batch.DeliveriesPart(name), body, s3store.TypeJSON))
}

// has stores a sheet's version.
func (r *rig) has(sheet string, version int) {
	r.t.Helper()
	body, err := s3store.Encode(exam.Sheet{Result: exam.Result{Version: version}})
	must(r.t, err)
	must(r.t, r.store.Put(r.t.Context(), r.batch.Result(sheet), body, s3store.TypeJSON))
}

func (r *rig) read() *deliveries.Log {
	r.t.Helper()
	log, err := r.door.Read(r.t.Context(), r.batch)
	must(r.t, err)
	return log
}

func at(second int) time.Time { return time.Date(2017, 12, 18, 9, 0, second, 0, time.UTC) }

// line is an attempt at a sheet's version by webhook.
func line(second int, sheet string, version int, outcome string) exam.Attempt {
	return exam.Attempt{At: at(second), Outcome: outcome, To: exam.ToWebhook, Sheet: sheet, Version: version, WebhookID: "evt_" + sheet, Type: exam.EventRecognized}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Attempts that several workers wrote are gathered by what was delivered to whom, and the
// last of them says how far that is.
func TestRead(t *testing.T) {
	r := newRig(t)
	r.write("3", line(9, sheet, 1, exam.OutcomeDelivered), line(12, sheet, 1, exam.OutcomeFailed))
	r.write("1", line(1, sheet, 1, exam.OutcomeFailed), line(2, other, 1, exam.OutcomeFailed))
	r.write("2", line(5, sheet, 1, exam.OutcomeCutOff), line(7, other, 1, exam.OutcomeOvertaken), line(8, other, 2, exam.OutcomeGone))
	put := exam.Attempt{At: at(3), Outcome: exam.OutcomePutOff, To: exam.ToResultQueue, Version: 1, Next: at(60)}
	r.write("0", put)
	log := r.read()
	var got []string
	for _, d := range log.Deliveries {
		got = append(got, fmt.Sprintf("%s %s %d", d.ID, d.State, len(d.Attempts)))
	}
	want := []string{other + "-2-webhook gone 1", "batch-1-result_queue waiting 1", other + "-1-webhook overtaken 2", sheet + "-1-webhook delivered 4"}
	if !slices.Equal(got, want) || log.Cut {
		t.Errorf("got %q, want %q", got, want)
	}
	if d := log.Deliveries[1]; !d.Next.Equal(at(60)) || d.WebhookID != "" {
		t.Errorf("what was put off: got %+v", d)
	}
	if d := log.Deliveries[3]; !slices.IsSortedFunc(d.Attempts, func(a, b exam.Attempt) int { return a.At.Compare(b.At) }) || d.WebhookID != "evt_"+sheet {
		t.Errorf("got %+v", d)
	}
	if counts := log.Counts(); counts["waiting"] != 1 || counts["delivered"] != 1 || counts["given_up"] != 0 || len(counts) != len(deliveries.States()) {
		t.Errorf("got %v", counts)
	}
}

func TestPages(t *testing.T) {
	r := newRig(t)
	var lines []exam.Attempt
	for i := range 10 {
		outcome := exam.OutcomeDelivered
		if i%3 == 0 {
			outcome = exam.OutcomeGivenUp
		}
		lines = append(lines, line(i, fmt.Sprintf("%016x", i), 1, outcome))
	}
	r.write("1", lines...)
	log := r.read()
	for state, want := range map[string]int{"": 10, "delivered": 6, "given_up": 4, "undelivered": 4, "waiting": 0} {
		var seen []string
		after := ""
		for pages := 1; ; pages++ {
			page, more := log.Page(state, after, 3)
			for _, d := range page {
				seen = append(seen, d.ID)
			}
			if !more {
				break
			}
			after = page[len(page)-1].ID
		}
		slices.Sort(seen)
		if len(slices.Compact(seen)) != want {
			t.Errorf("%q: got %d deliveries, want %d", state, len(seen), want)
		}
	}
}

// One is sent again whatever became of it, unless nobody would send it; the log says that
// somebody asked.
func TestOne(t *testing.T) {
	r := newRig(t)
	r.write("1", line(1, sheet, 1, exam.OutcomeOvertaken), line(2, sheet, 2, exam.OutcomeDelivered))
	refused := exam.Attempt{At: at(3), Outcome: exam.OutcomeGivenUp, To: exam.ToResultQueue, Rejected: other, Version: 1}
	r.write("2", refused)
	r.has(sheet, 2)
	for id, want := range map[string]error{
		sheet + "-1-webhook": deliveries.ErrOvertaken, sheet + "-3-webhook": deliveries.ErrNone, sheet + "-2-webhook": nil, "rejected-" + other + "-1-result_queue": nil,
	} {
		if err := r.door.One(t.Context(), r.batch, id); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", id, err, want)
		}
	}
	slices.SortFunc(r.sent, func(a, b jobs.Delivery) int { return len(b.Sheet) - len(a.Sheet) })
	want := []jobs.Delivery{
		{ExamCode: "exam", BatchID: r.batch.BatchID, Sheet: sheet, Version: 2},
		{ExamCode: "exam", BatchID: r.batch.BatchID, Rejected: other, Version: 1, To: jobs.ToQueue},
	}
	if !slices.Equal(r.sent, want) {
		t.Errorf("got %+v, want %+v", r.sent, want)
	}
	for _, d := range r.read().Deliveries {
		if last := d.Attempts[len(d.Attempts)-1]; d.ID != sheet+"-1-webhook" && last.Outcome != exam.OutcomeAsked {
			t.Errorf("%s: the log ends with %+v", d.ID, last)
		}
	}
}

// All that is not delivered is sent again, once for two clicks.
func TestAll(t *testing.T) {
	r := newRig(t)
	r.write("1", line(1, sheet, 1, exam.OutcomeOvertaken), line(2, sheet, 2, exam.OutcomeDelivered), line(3, other, 1, exam.OutcomeFailed), line(4, "00000000000000aa", 1, exam.OutcomeGone))
	r.fail = errors.New("no queue")
	if _, err := r.door.All(t.Context(), r.batch); !errors.Is(err, r.fail) {
		t.Errorf("got %v, want %v", err, r.fail)
	}
	r.fail, r.sent = nil, nil
	for _, want := range []int{2, 0} {
		if got, err := r.door.All(t.Context(), r.batch); err != nil || got != want || len(r.sent) != 2 {
			t.Errorf("got %d, %v, want %d; %d are queued", got, err, want, len(r.sent))
		}
	}
	if _, err := (r.door).All(t.Context(), layout.Batch{ExamCode: "exam", BatchID: "none"}); err != nil {
		t.Errorf("of no log: got %v", err)
	}
}
