package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/xuri/excelize/v2"

	"hakbeon/exam"
	"hakbeon/lab/embedded"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// outcome says what became of a sheet, such as "matched 20170001" or "failed
// image_missing".
func outcome(r *exam.Result) string {
	if r.Status == exam.StatusMatched && r.Meta.Reason == exam.ReasonSuccess {
		return "matched " + r.Student()
	}
	return strings.TrimSpace(r.Status + " " + r.Meta.Reason + " " + r.Student())
}

// wants checks every sheet's outcome, by the last part of its key and, where it
// is not the first, its page; and then all that holds of any ended batch.
func (r *rig) wants(b layout.Batch, want map[string]string) {
	r.t.Helper()
	got := map[string]string{}
	records := r.records(b)
	for _, rec := range records {
		name := rec.Filename
		if rec.Page > 1 {
			name += "#" + itoa(rec.Page)
		}
		got[name] = outcome(&rec.Result)
	}
	if !maps.Equal(got, want) {
		r.t.Errorf("got outcomes %v, want %v", got, want)
	}
	r.isSound(b, records)
}

// records are all the batch's sheets, by key and page.
func (r *rig) records(b layout.Batch) []*exam.Sheet {
	r.t.Helper()
	var all []*exam.Sheet
	for _, key := range r.list(b.Prefix() + "sheets/") {
		rec := new(exam.Sheet)
		_, err := r.store.Load(r.t.Context(), key, rec)
		must(r.t, err)
		all = append(all, rec)
	}
	slices.SortFunc(all, func(a, b *exam.Sheet) int {
		if a.SheetKey == b.SheetKey {
			return a.Page - b.Page
		}
		return strings.Compare(a.SheetKey, b.SheetKey)
	})
	return all
}

func (r *rig) list(prefix string) []string {
	r.t.Helper()
	var keys []string
	for info, err := range r.store.List(r.t.Context(), prefix) {
		must(r.t, err)
		keys = append(keys, info.Key)
	}
	return keys
}

// isSound checks what holds of any ended batch.
func (r *rig) isSound(b layout.Batch, records []*exam.Sheet) {
	r.t.Helper()
	r.versionsFollow(records)
	r.summaryAddsUp(b, records)
	r.copiesAreThere(b, records)
	if r.options.WebhookURL == stack.Env["WEBHOOK_URL"] {
		r.receiverKnows(b, records)
	}
}

// versionsFollow: no version is older than the one before it.
func (r *rig) versionsFollow(records []*exam.Sheet) {
	r.t.Helper()
	for _, rec := range records {
		next := rec.Result
		for _, before := range rec.Earlier {
			if before.Version != next.Version-1 || next.UpdatedAt.Before(before.UpdatedAt) {
				r.t.Errorf("%s: version %d of %v follows %d of %v", rec.SheetKey, next.Version, next.UpdatedAt, before.Version, before.UpdatedAt)
			}
			next = before
		}
	}
}

func (r *rig) summaryAddsUp(b layout.Batch, records []*exam.Sheet) {
	r.t.Helper()
	var sum exam.Summary
	_, err := r.store.Load(r.t.Context(), b.Summary(), &sum)
	must(r.t, err)
	if sum.Matched+sum.NeedsReview+sum.Failed != sum.Total || sum.Total != len(records) || len(sum.Sheets) != sum.Total {
		r.t.Errorf("summary does not add up: %+v, %d results", sum, len(records))
	}
	if sum.Present+sum.Missing != sum.Students || len(sum.MissingIDs) != sum.Missing {
		r.t.Errorf("students do not add up: %d + %d of %d, missing %v", sum.Present, sum.Missing, sum.Students, sum.MissingIDs)
	}
	for i, rec := range records {
		line := sum.Sheets[i]
		same := line.Sheet == rec.Sheet && line.Version == rec.Version && line.Status == rec.Status && line.Reason == rec.Meta.Reason &&
			reflect.DeepEqual(line.StudentID, rec.StudentID) && line.Confidence == rec.Confidence
		if !same || !rec.Final {
			r.t.Errorf("summary says %+v of result %+v", line, rec.Result)
		}
	}
	report, err := r.store.Get(r.t.Context(), sum.S3Keys.Report, 1<<20)
	must(r.t, err)
	book, err := excelize.OpenReader(bytes.NewReader(report.Body))
	must(r.t, err)
	must(r.t, book.Close())
}

// copiesAreThere: what results name exists, and nothing else lies beside it.
func (r *rig) copiesAreThere(b layout.Batch, records []*exam.Sheet) {
	r.t.Helper()
	lying := slices.Concat(r.list("original/"+r.exam+"/"), r.list("header/"+r.exam+"/"))
	there := slices.Clone(lying)
	for _, rec := range records {
		for _, key := range rec.Copies() {
			if !slices.Contains(there, key) {
				r.t.Errorf("%s: names %s, which is not there", rec.SheetKey, key)
			}
		}
		lying = slices.DeleteFunc(lying, rec.Named)
	}
	if batches := r.list("results/" + r.exam + "/"); !slices.ContainsFunc(batches, func(k string) bool { return !strings.HasPrefix(k, b.Prefix()) }) && len(lying) > 0 {
		r.t.Errorf("no result names %v", lying)
	}
}

// receiverKnows: every webhook was in order, and the receiver's highest versions
// are what S3 holds. A delivery that was put off for a busy receiver is waited for.
func (r *rig) receiverKnows(b layout.Batch, records []*exam.Sheet) {
	r.t.Helper()
	r.until("the receiver to know the results", func() bool {
		latest := r.latest(b)
		return !slices.ContainsFunc(records, func(rec *exam.Sheet) bool { return latest[rec.Sheet].Version < rec.Version })
	})
	completed := map[string]int{}
	for _, e := range r.events(b) {
		if !e.Verified || len(e.Missing) > 0 || !e.SameBodyAsFirst {
			r.t.Errorf("event %s %s: verified %v (%s), missing %v, same body %v", e.Type, e.ID, e.Verified, e.Problem, e.Missing, e.SameBodyAsFirst)
		}
		if e.Type == exam.EventCompleted {
			completed[e.ID] = e.data.Version
		}
	}
	latest := r.latest(b)
	for _, rec := range records {
		want, err := s3store.Encode(rec.Result)
		must(r.t, err)
		got, err := s3store.Encode(latest[rec.Sheet])
		must(r.t, err)
		if !bytes.Equal(got, want) {
			r.t.Errorf("receiver's last word on %s is\n%s, S3 has\n%s", rec.SheetKey, got, want)
		}
	}
	if versions := slices.Sorted(maps.Values(completed)); len(versions) == 0 || len(slices.Compact(slices.Clone(versions))) != len(versions) {
		r.t.Errorf("got batch.completed of versions %v, want one id each", versions)
	}
}

// latest is each sheet's result of the highest version that the receiver was told.
func (r *rig) latest(b layout.Batch) map[string]exam.Result {
	r.t.Helper()
	latest := map[string]exam.Result{}
	for _, e := range r.events(b) {
		if e.Type != exam.EventCompleted && e.data.Version > latest[e.data.Sheet].Version {
			latest[e.data.Sheet] = e.data
		}
	}
	return latest
}

// ledger is what was read from the sink so far.
type ledger struct {
	mu     sync.Mutex
	after  int64
	events []delivered
}

// delivered is an event as the sink took it, with its data.
type delivered struct {
	embedded.Event
	data exam.Result
}

var received ledger

// events are the webhooks of a batch that the sink took, in their order.
func (r *rig) events(b layout.Batch) []delivered {
	r.t.Helper()
	received.mu.Lock()
	defer received.mu.Unlock()
	for {
		page, next, err := stack.Sink().Events(context.Background(), received.after, 0)
		must(r.t, err)
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			var body struct {
				Data exam.Result `json:"data"`
			}
			must(r.t, json.Unmarshal([]byte(e.Body), &body))
			received.events = append(received.events, delivered{e, body.Data})
		}
		received.after = next
	}
	var own []delivered
	for _, e := range received.events {
		if e.data.ExamCode == b.ExamCode && e.data.BatchID == b.BatchID {
			own = append(own, e)
		}
	}
	return own
}

// eventTypes counts a batch's events, repeats once.
func (r *rig) eventTypes(b layout.Batch) map[string]int {
	r.t.Helper()
	counts := map[string]int{}
	seen := map[string]bool{}
	for _, e := range r.events(b) {
		if !seen[e.ID] {
			counts[e.Type]++
		}
		seen[e.ID] = true
	}
	return counts
}
