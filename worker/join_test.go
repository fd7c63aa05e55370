package worker_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker"
	"hakbeon/worker/intake"
	"hakbeon/worker/reading"
)

// joins has the worker read a page at once that joins the batch "desk".
func (r *rig) joins(w *worker.Worker, name, text string, more ...func(*reading.Upload)) (*reading.Extraction, error) {
	r.t.Helper()
	up := reading.Upload{ExamCode: r.exam, Filename: name, Image: pngPage(r.t, text), BatchID: "desk"}
	for _, change := range more {
		change(&up)
	}
	return w.Extract(r.t.Context(), up)
}

// A loop over sheets by HTTP is one open batch: each has its answer at once, and all have
// one end with the summary, in which two sheets of one student are seen.
func TestSheetsByHTTPJoinABatch(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park)
	w, other := r.worker(r.options), r.worker(func() worker.Options { o := r.options; o.Metrics = nil; return o }())
	r.run(w)
	r.run(other)
	b := layout.Batch{ExamCode: r.exam, BatchID: "desk"}
	for i, sheet := range []struct{ name, text, want string }{
		{"1.png", kim, "matched " + kim}, {"2.png", lee, "matched " + lee}, {"3.png", "", "needs_review no_id_found"}, {"4.png", lee, "matched " + lee},
	} {
		at := []*worker.Worker{w, other}[i%2]
		out, err := r.joins(at, sheet.name, sheet.text)
		must(t, err)
		if got := outcome(&out.Result); got != sheet.want || out.Result.BatchID != "desk" || out.Result.Final || out.Result.Filename != sheet.name || len(out.Page) == 0 {
			t.Errorf("%s: got %s, %+v", sheet.name, got, out.Result)
		}
	}
	if plans := r.list(b.Prefix() + "plans/"); len(plans) > 0 {
		t.Fatalf("the batch ended before it was closed: %v", plans)
	}
	r.closeBatch(b)
	sum := r.end(b, 1)
	if sum.Total != 4 || sum.Present != 1 || sum.Missing != 2 || sum.NeedsReview != 3 {
		t.Errorf("got %+v", sum)
	}
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "needs_review duplicate_student", "3.png": "needs_review no_id_found", "4.png": "needs_review duplicate_student"})
	if got := r.eventTypes(b); got[exam.EventCompleted] != 1 {
		t.Errorf("got events %v", got)
	}
	// A late one makes the next end.
	_, err := r.joins(w, "5.png", park)
	must(t, err)
	if sum := r.end(b, 2); sum.Total != 5 || sum.Missing != 1 {
		t.Errorf("with a late one: got %+v", sum)
	}
}

// Who has lost an answer sends the sheet again: it is the same one, with the same answer.
func TestSheetByHTTPSentTwice(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	w := r.worker(r.options)
	r.run(w)
	first, err := r.joins(w, "1.png", kim)
	must(t, err)
	again, err := r.joins(w, "1.png", kim)
	must(t, err)
	if again.Result.Sheet != first.Result.Sheet || again.Result.Version != 1 || string(again.Header) != string(first.Header) || len(again.Page) == 0 {
		t.Errorf("got %+v after %+v", again.Result, first.Result)
	}
	other, err := r.joins(w, "2.png", kim)
	must(t, err)
	if other.Result.Sheet == first.Result.Sheet {
		t.Error("the same picture under another name is the same sheet")
	}
	b := layout.Batch{ExamCode: r.exam, BatchID: "desk"}
	r.closeBatch(b)
	if sum := r.end(b, 1); sum.Total != 2 {
		t.Errorf("got %+v", sum)
	}
}

// A batch of so many sheets ends by itself; a list of students is the batch's roster.
func TestSheetsByHTTPWithTotalAndStudents(t *testing.T) {
	r := newRig(t)
	w := r.worker(r.options)
	r.run(w)
	list := func(up *reading.Upload) { up.Total, up.Students = 2, []string{kim, lee} }
	for i, text := range []string{kim, lee} {
		out, err := r.joins(w, itoa(i+1)+".png", text, list)
		must(t, err)
		if outcome(&out.Result) != "matched "+text {
			t.Errorf("got %+v", out.Result)
		}
	}
	b := layout.Batch{ExamCode: r.exam, BatchID: "desk"}
	if sum := r.end(b, 1); sum.Matched != 2 || sum.Students != 2 || sum.Incomplete {
		t.Errorf("got %+v", sum)
	}
	for name, change := range map[string]func(*reading.Upload){
		"another roster": func(up *reading.Upload) { up.Students = []string{kim} },
		"another total":  func(up *reading.Upload) { up.Total = 3 },
	} {
		_, err := r.joins(w, "3.png", kim, change)
		if refused, ok := errors.AsType[*intake.NotJoinedError](err); !ok || !strings.Contains(refused.Error(), "the same") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A batch that was made otherwise is joined if it is open, and else refused.
func TestSheetByHTTPJoinsAQueuesBatch(t *testing.T) {
	r := newRig(t)
	r.options.BatchIdle = 8 * time.Second
	r.roster(kim, lee)
	keys := r.sheets(kim)
	w := r.worker(r.options)
	r.run(w)
	b := r.add(jobs.Recognize{BatchID: "desk"}, keys...)
	r.read(b, 1)
	_, err := r.joins(w, "2.png", lee)
	must(t, err)
	if sum := r.end(b, 1); sum.Matched != 2 { // idle
		t.Errorf("got %+v", sum)
	}
	r.end(r.submit(jobs.Recognize{BatchID: "whole", Keys: keys}), 1)
	r.add(jobs.Recognize{BatchID: "booklets", PagesPerSheet: 2}, keys...)
	r.until("it to be taken", func() bool {
		_, err := r.store.Head(t.Context(), layout.Batch{ExamCode: r.exam, BatchID: "booklets"}.Job())
		return err == nil
	})
	for _, id := range []string{"whole", "booklets"} {
		before := len(r.list("uploads/" + r.exam + "/"))
		_, err := r.joins(w, "9.png", lee, func(up *reading.Upload) { up.BatchID = id })
		if _, ok := errors.AsType[*intake.NotJoinedError](err); !ok || len(r.list("uploads/"+r.exam+"/")) != before {
			t.Errorf("%s: got %v; %d uploads before, %d now", id, err, before, len(r.list("uploads/"+r.exam+"/")))
		}
	}
}

// The process dies over a sheet that joined: the batch's end has it read by another.
func TestSheetByHTTPTakenOver(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	var dead atomic.Bool
	w := r.worker(r.over(roundTrip(func(q *http.Request) (*http.Response, error) {
		if dead.Load() && strings.Contains(q.URL.Path, "/evidence/") {
			return nil, errors.New("killed")
		}
		return baseConfig.HTTPClient.Do(q)
	})))
	_, err := r.joins(w, "1.png", kim)
	must(t, err)
	dead.Store(true)
	if _, err := r.joins(w, "2.png", lee); err == nil {
		t.Fatal("an answer of a worker that died")
	}
	r.start()
	b := layout.Batch{ExamCode: r.exam, BatchID: "desk"}
	r.closeBatch(b)
	if sum := r.end(b, 1); sum.Matched != 2 {
		t.Errorf("got %+v", sum)
	}
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
}

// A hundred sheets ask for few looks at their batch: each look lists it.
func TestSheetsByHTTPAskForFewLooks(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	var asked atomic.Int32
	w := r.worker(r.over(roundTrip(func(q *http.Request) (*http.Response, error) {
		if strings.HasSuffix(q.Header.Get("X-Amz-Target"), ".SendMessage") || strings.HasSuffix(q.Header.Get("X-Amz-Target"), ".SendMessageBatch") {
			body := bodyOf(q)
			asked.Add(int32(strings.Count(body, `\"finish\"`)))
		}
		return baseConfig.HTTPClient.Do(q)
	})))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for i := range 30 {
		_, err := w.Extract(ctx, reading.Upload{ExamCode: r.exam, Filename: itoa(i) + ".png", Image: pngPage(t, itoa(10_000_000+i)), BatchID: "desk"})
		must(t, err)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("%d looks were asked for, want 1", n)
	}
	b := layout.Batch{ExamCode: r.exam, BatchID: "desk"}
	r.run(r.worker(func() worker.Options { o := r.options; o.Metrics = nil; return o }()))
	r.closeBatch(b)
	if sum := r.end(b, 1); sum.Total != 30 || len(slices.Compact(r.list(b.Prefix()+"sheets/"))) != 30 {
		t.Errorf("got %+v", sum)
	}
}

// bodyOf reads a request's body and leaves it as it was.
func bodyOf(q *http.Request) string {
	body, _ := io.ReadAll(q.Body)
	q.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}
