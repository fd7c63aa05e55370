package worker_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
)

// holding is an HTTP client that holds the first request of a kind until it is
// freed, at the latest with the test's end.
type holding struct {
	kind        func(*http.Request) bool
	held, freed chan struct{}
	once        atomic.Bool
	free        func()
}

func newHolding(kind func(*http.Request) bool) *holding {
	h := &holding{kind: kind, held: make(chan struct{}), freed: make(chan struct{})}
	h.free = sync.OnceFunc(func() { close(h.freed) })
	return h
}

// start runs a worker over the client.
func (h *holding) start(r *rig) (stop func()) {
	stop = r.startWith(r.over(h))
	r.t.Cleanup(h.free) // before the worker's end
	return stop
}

// Do implements aws.HTTPClient.
func (h *holding) Do(q *http.Request) (*http.Response, error) {
	if h.kind(q) && h.once.CompareAndSwap(false, true) {
		close(h.held)
		<-h.freed
	}
	return baseConfig.HTTPClient.Do(q)
}

func deletes(q *http.Request) bool { return q.Method == http.MethodPost && q.URL.Query().Has("delete") }

// alike uploads two pages under the same file name whose sheets' ids begin with the
// same 8 digits, as one pair in 4 billion does.
func (r *rig) alike(batch, first, second string) []string {
	r.t.Helper()
	seen := map[string]string{}
	for n := 0; ; n++ {
		name := itoa(n) + "/scan.png"
		start := jobs.SheetID(r.exam, batch, "uploads/"+r.exam+"/"+name, 1)[:8]
		if other, ok := seen[start]; ok {
			return []string{r.upload(other, pngPage(r.t, first)), r.upload(name, pngPage(r.t, second))}
		}
		seen[start] = name
	}
}

// The batch's end takes no copy of a sheet for an orphan of one whose id begins alike.
func TestIDsThatBeginAlike(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.alike("alike", kim, lee)
	r.start()
	b := r.submit(jobs.Recognize{BatchID: "alike", Keys: keys})
	r.end(b, 1)
	for i, want := range []string{kim, lee} {
		if got := outcome(&r.sheet(b, keys[i], 1).Result); got != "matched "+want {
			t.Errorf("sheet %d: got %s, want matched %s", i, got, want)
		}
	}
	r.isSound(b, r.records(b))
}

// Nor does a sweep take a copy that both name, as both are filed under no student.
func TestSweepOfAlike(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.alike("alike", "", "")
	r.start()
	b := r.submit(jobs.Recognize{BatchID: "alike", Keys: keys})
	r.end(b, 1)
	shared := r.sheet(b, keys[0], 1).Copies()
	if got := r.sheet(b, keys[1], 1).Copies(); len(got) == 0 || !slices.Equal(got, shared) {
		t.Fatalf("the sheets name %v and %v, want the same", shared, got)
	}
	r.say(b, keys[0], kim)
	r.end(b, 2)
	r.put(r.options.Queues.Work, &jobs.Sweep{ExamCode: r.exam, BatchID: b.BatchID, Sheet: r.sheet(b, keys[0], 1).Sheet})
	r.until("the sweep", func() bool { waiting, _ := r.waiting(r.options.Queues.Work); return waiting == 0 && r.quiet() })
	r.isSound(b, r.records(b))
}

// A sweep that is about to remove a student's old copies when a person gives the
// sheet back to that student takes nothing that the new result names.
func TestSweepMeetsReturn(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.sheets(kim)
	slow := newHolding(deletes)
	stop := slow.start(r)
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.say(b, keys[0], lee)
	r.end(b, 2)
	r.put(r.options.Queues.Work, &jobs.Sweep{ExamCode: r.exam, BatchID: b.BatchID, Sheet: r.sheet(b, keys[0], 1).Sheet})
	<-slow.held // it knows kim's copies as old ones
	r.say(b, keys[0], kim)
	r.until("the return", func() bool { _, err := r.store.Head(t.Context(), b.Done(3)); return err == nil })
	slow.free()
	r.end(b, 3)
	r.wants(b, map[string]string{"1.png": "matched corrected " + kim})
	stop()
}

// A worker that was held up while it removed what was left lying removes nothing
// that a later epoch names.
func TestOrphansMeetNextEpoch(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.sheets(kim)
	orphan := func(b layout.Batch) string {
		id := jobs.SheetID(b.ExamCode, b.BatchID, keys[0], 1)
		return layout.OriginalKey(r.exam, lee, layout.FileName(keys[0], 1, 1, id), "png")
	}
	b := layout.Batch{ExamCode: r.exam, BatchID: "b"}
	must(t, r.store.Put(t.Context(), orphan(b), []byte("left by a worker that was killed"), s3store.TypeBinary))
	slow := newHolding(deletes)
	stop := slow.start(r)
	r.submit(jobs.Recognize{Keys: keys, BatchID: b.BatchID})
	<-slow.held // about to remove the orphan
	r.start()
	r.say(b, keys[0], lee)
	r.until("the next end", func() bool {
		// The worker that is held up may have taken the message that asks for it.
		r.put(r.options.Queues.Work, &jobs.Finish{ExamCode: r.exam, BatchID: b.BatchID})
		_, err := r.store.Head(t.Context(), b.Done(2))
		return err == nil
	})
	slow.free()
	r.end(b, 2)
	r.wants(b, map[string]string{"1.png": "matched corrected " + lee})
	stop()
	if slices.Contains(r.list("original/"+r.exam+"/"), orphan(b)) {
		t.Error("the orphan is still there")
	}
}

// frozen is an HTTP client of a worker that is held up while it files a sheet: its copy
// is made once that is freed, and the crop's put ends when its caller gives it up.
type frozen struct{ held, freed chan struct{} }

// Do implements aws.HTTPClient.
func (f *frozen) Do(q *http.Request) (*http.Response, error) {
	switch {
	case q.Header.Get("X-Amz-Copy-Source") != "":
		close(f.held)
		<-f.freed
	case q.Method == http.MethodPut && strings.Contains(q.URL.Path, "/header/"):
		<-q.Context().Done()
		return nil, q.Context().Err()
	}
	return baseConfig.HTTPClient.Do(q)
}

// A worker that was held up while it filed a sheet, and has lost it to another whose
// batch has ended, leaves no copies behind that no result names.
func TestLostWhileFiling(t *testing.T) {
	r := newRig(t)
	r.options.DrainTimeout = 20 * time.Second // time for the other to bring the batch to its end
	r.roster(lee)
	keys := r.sheets(kim)
	slow := &frozen{make(chan struct{}), make(chan struct{})}
	stop := r.startWith(r.over(slow))
	b := r.submit(jobs.Recognize{Keys: keys})
	<-slow.held // it files the sheet under nobody
	r.roster(kim, lee)
	gone := make(chan struct{})
	go func() { stop(); close(gone) }()
	body, err := jobs.Encode(&jobs.Sheet{ExamCode: r.exam, BatchID: b.BatchID, Key: keys[0], Page: 1})
	must(t, err)
	// By then the first worker takes no more messages.
	must(t, queue.NewSender(r.options.Broker(r.options.Queues.Work)).Send(t.Context(), queue.Out{Body: body, Delay: time.Second}))
	r.start()
	r.until("the end", func() bool { _, err := r.store.Head(t.Context(), b.Done(1)); return err == nil })
	close(slow.freed)
	unknown := "original/" + r.exam + "/" + layout.UnknownID + "/"
	r.until("its copy", func() bool { return len(r.list(unknown)) == 1 })
	<-gone
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim})
	if left := r.list(unknown); len(left) != 0 {
		t.Errorf("%d copies are left that no result names", len(left))
	}
	r.isSound(b, r.records(b))
}

// Late sheets that come close together are one epoch.
func TestLateSheetsTogether(t *testing.T) {
	r := newRig(t)
	r.options.BatchDeadline = 3 * time.Second
	r.options.SettleDelay = 4 * time.Second
	r.options.ImagePatience = patience
	r.roster(kim, lee, park, choi)
	keys := r.sheets(kim)
	for _, name := range []string{"2.png", "3.png", "4.png"} {
		keys = append(keys, "uploads/"+r.exam+"/"+name)
	}
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.until("the first end", func() bool { _, err := r.store.Head(t.Context(), b.Done(1)); return err == nil })
	since := time.Now()
	for i, id := range []string{lee, park, choi} {
		r.upload(itoa(i+2)+".png", pngPage(t, id))
		// Each is asked for anew, so that none waits for its next try.
		r.put(r.options.Queues.Work, &jobs.Sheet{ExamCode: r.exam, BatchID: b.BatchID, Key: keys[i+1], Page: 1})
		r.until("its late result", func() bool { return r.sheet(b, keys[i+1], 1).Version == 2 })
	}
	r.end(b, 2)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee, "3.png": "matched " + park, "4.png": "matched " + choi})
	took := time.Since(since)
	if plans := r.list(b.Prefix() + "plans/"); len(plans) > 2+int(took/r.options.SettleDelay) {
		t.Errorf("got %d plans after %v, want one for what comes within %v", len(plans), took, r.options.SettleDelay)
	}
}

// A batch's last sheet is done while an earlier look is still under way: the end
// comes at once all the same, and not by the net under it.
func TestLookMeetsLook(t *testing.T) {
	r := newRig(t)
	r.options.FinishDelay = 10 * time.Minute
	r.roster(kim, lee)
	keys := r.sheets(kim, lee)
	// The first look's listing is answered, and the answer held.
	held, freed := make(chan struct{}), make(chan struct{})
	free := sync.OnceFunc(func() { close(freed) })
	var once atomic.Bool
	slow := roundTrip(func(q *http.Request) (*http.Response, error) {
		resp, err := baseConfig.HTTPClient.Do(q)
		lists := q.Method == http.MethodGet && strings.HasSuffix(q.URL.Query().Get("prefix"), "/sheets/")
		if lists && once.CompareAndSwap(false, true) {
			body, _ := io.ReadAll(resp.Body)
			resp.Body = answer(q, resp.StatusCode, string(body)).Body
			close(held)
			<-freed
		}
		return resp, err
	})
	r.startWith(r.over(slow))
	t.Cleanup(free)
	b := layout.Batch{ExamCode: r.exam, BatchID: "b"}
	r.put(r.options.Queues.Jobs, &jobs.Recognize{ExamCode: r.exam, BatchID: "b", BatchTotal: 2, Keys: keys[:1]})
	<-held
	r.put(r.options.Queues.Jobs, &jobs.Recognize{ExamCode: r.exam, BatchID: "b", BatchTotal: 2, Keys: keys[1:]})
	r.until("the last sheet", func() bool { return len(r.list(b.Prefix()+"sheets/")) == 2 && r.quiet() })
	time.Sleep(1500 * time.Millisecond) // its look has begun, and joined the first
	free()
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
	if got := r.eventTypes(b)[exam.EventCompleted]; got != 1 {
		t.Errorf("got %d batch.completed, want 1", got)
	}
}

// A look that fails is made again soon, not by the net minutes later.
func TestLookFails(t *testing.T) {
	r := newRig(t)
	r.options.FinishDelay = 10 * time.Minute
	r.roster(kim)
	keys := r.sheets(kim)
	var failed atomic.Int32
	client := roundTrip(func(q *http.Request) (*http.Response, error) {
		if q.Method == http.MethodPut && strings.Contains(q.URL.Path, "/plans/") && failed.Add(1) == 1 {
			return answer(q, http.StatusInternalServerError, ""), nil
		}
		return baseConfig.HTTPClient.Do(q)
	})
	r.startWith(r.over(client))
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim})
}
