package batch_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

// bucket is S3 in a map.
type bucket map[string][]byte

func (b bucket) Load(_ context.Context, key string, record any) (string, error) {
	body, ok := b[key]
	if !ok {
		return "", &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
	}
	return "etag of " + string(body), json.Unmarshal(body, record)
}

func (b bucket) List(_ context.Context, prefix string) iter.Seq2[s3store.Info, error] {
	return func(yield func(s3store.Info, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(b)) {
			if strings.HasPrefix(key, prefix) && !yield(s3store.Info{Key: key, ETag: fmt.Sprintf("%x", b[key])}, nil) {
				return
			}
		}
	}
}

func (b bucket) Folders(_ context.Context, prefix string, limit int) ([]string, error) {
	names := map[string]bool{}
	for key := range b {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			name, _, _ := strings.Cut(rest, "/")
			names[name] = true
		}
	}
	all := slices.Sorted(maps.Keys(names))
	return all[:min(len(all), limit)], nil
}

func (b bucket) put(t *testing.T, key string, record any) {
	t.Helper()
	body, err := s3store.Encode(record)
	if err != nil {
		t.Fatal(err)
	}
	b[key] = body
}

func TestView(t *testing.T) {
	store := bucket{}
	v := batch.View{Batch: layout.Batch{ExamCode: "e", BatchID: "b"}, Store: store}
	if _, err := v.Job(t.Context()); !errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("before there is a batch: %v", err)
	}
	if sum, err := v.Summary(t.Context()); sum != nil || err != nil {
		t.Errorf("before its end: %+v, %v", sum, err)
	}
	store.put(t, v.Batch.Result(two), exam.Sheet{Result: exam.Result{Sheet: two, Version: 2}})
	store.put(t, v.Batch.Result(one), exam.Sheet{Result: exam.Result{Sheet: one, Version: 1}})
	store.put(t, v.Part("x"), exam.Part{Keys: []string{"1.jpg", "2.pdf"}})
	store.put(t, v.Part("y"), exam.Part{Keys: []string{"2.pdf"}})
	store[v.Pages(two, 3, 6)] = nil
	store[v.Done(1)], store[v.Done(2)] = nil, nil
	if ids, err := v.IDs(t.Context()); err != nil || !slices.Equal(ids, []string{one, two}) {
		t.Errorf("sheets: %v, %v", ids, err)
	}
	loaded, err := v.Results(t.Context(), []string{two, "gone-by-now", one})
	if err != nil || len(loaded) != 2 || loaded[0].Version != 2 || loaded[1].Sheet != one || loaded[1].ETag == "" {
		t.Errorf("results: %+v, %v", loaded, err)
	}
	if keys, err := v.Keys(t.Context()); err != nil || len(keys) != 2 {
		t.Errorf("keys: %v, %v", keys, err)
	}
	if more, err := v.More(t.Context()); err != nil || more[two] != 2 {
		t.Errorf("more: %v, %v", more, err)
	}
	if epoch, err := v.Epoch(t.Context()); err != nil || epoch != 2 {
		t.Errorf("epoch: %d, %v", epoch, err)
	}
	if c, err := v.Correction(t.Context(), "of-a-rematch"); err != nil || c.ID != "of-a-rematch" {
		t.Errorf("a correction that is none: %+v, %v", c, err)
	}
}

func TestBatches(t *testing.T) {
	store := bucket{"results/e/no-job/x": nil}
	for i, id := range []string{"old", "new"} {
		store.put(t, layout.Batch{ExamCode: "e", BatchID: id}.Job(), exam.Job{CreatedAt: time.Unix(int64(i), 0), Total: i})
	}
	list, err := batch.NewExams(store).Batches(t.Context(), "e")
	if err != nil || len(list) != 2 || list[0].BatchID != "new" || list[1].BatchID != "old" {
		t.Errorf("got %+v, %v", list, err)
	}
}

// The newest batch says how far an exam is, and what is known is not read again.
func TestAll(t *testing.T) {
	store := bucket{"results/nothing/no-job/x": nil}
	begun := func(code, id string, at int64) layout.Batch {
		b := layout.Batch{ExamCode: code, BatchID: id}
		store.put(t, b.Job(), exam.Job{ExamCode: code, BatchID: id, CreatedAt: time.Unix(at, 0), Total: 2})
		return b
	}
	first, second, other := begun("one", "a", 1), begun("one", "b", 3), begun("two", "a", 2)
	store.put(t, first.Summary(), exam.Summary{Total: 9})
	store.put(t, other.Summary(), exam.Summary{Total: 2, Matched: 1, Sheets: []exam.SummarySheet{{Sheet: "x"}}})
	store.put(t, second.Result("0123456789abcdef"), exam.Sheet{})
	exams := batch.NewExams(store)
	all, more, err := exams.All(t.Context(), 10)
	if err != nil || more || len(all) != 2 {
		t.Fatalf("got %+v, %v, %v", all, more, err)
	}
	if one := all[0]; one.Code != "one" || one.Newest.BatchID != "b" || one.Batches != 2 || one.Summary != nil || one.Done != 1 {
		t.Errorf("being read: %+v", one)
	}
	if two := all[1]; two.Code != "two" || two.Summary == nil || two.Summary.Matched != 1 || two.Summary.Sheets != nil {
		t.Errorf("ended: %+v", two)
	}
	if _, more, err := exams.All(t.Context(), 1); err != nil || !more {
		t.Errorf("more than one: %v, %v", more, err)
	}
	store.put(t, second.Summary(), exam.Summary{Total: 1})
	delete(store, second.Job()) // it is known
	if all, _, err := exams.All(t.Context(), 10); err != nil || all[0].Summary == nil || all[0].Summary.Total != 1 {
		t.Errorf("at its end: %+v, %v", all, err)
	}
}
