package erase_test

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

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/erase"
)

// bucket is S3 in a map; its deletes fail after so many calls, if any are said.
type bucket struct {
	objects map[string]string
	calls   int
	last    int
}

func (b *bucket) Load(_ context.Context, key string, record any) (string, error) {
	body, ok := b.objects[key]
	if !ok {
		return "", &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
	}
	return "", json.Unmarshal([]byte(body), record)
}

func (b *bucket) List(_ context.Context, prefix string) iter.Seq2[s3store.Info, error] {
	keys := slices.Sorted(maps.Keys(b.objects))
	return func(yield func(s3store.Info, error) bool) {
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) && !yield(s3store.Info{Key: key}, nil) {
				return
			}
		}
	}
}

func (b *bucket) Folders(_ context.Context, prefix string, _ int) ([]string, error) {
	names := map[string]bool{}
	for key := range b.objects {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			name, _, _ := strings.Cut(rest, "/")
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names)), nil
}

func (b *bucket) Delete(_ context.Context, keys ...string) error {
	if b.calls++; b.calls == b.last {
		return errors.New("s3 is away")
	}
	if len(keys) > 1000 {
		return errors.New("S3 takes 1,000 keys at once")
	}
	for _, key := range keys {
		delete(b.objects, key)
	}
	return nil
}

// filled is a bucket with two exams, one's code being the beginning of the other's.
func filled(t testing.TB, ended bool) *bucket {
	t.Helper()
	b := &bucket{objects: map[string]string{}}
	for _, code := range []string{"Stat", "Stat.2"} {
		at := layout.Batch{ExamCode: code, BatchID: "b"}
		job, err := json.Marshal(exam.Job{ExamCode: code, BatchID: "b"})
		if err != nil {
			t.Fatal(err)
		}
		b.objects[at.Job()] = string(job)
		b.objects[at.Result("0123456789abcdef")], b.objects[at.Summary()] = "{}", "{}"
		b.objects[at.DeliveriesPart("1-x-1")] = "{}"
		b.objects[layout.RosterKey(code)], b.objects["rosters/"+code+".csv"] = "", ""
		b.objects[layout.OriginalKey(code, "1", "a", "jpg")], b.objects[layout.HeaderKey(code, "", "a")] = "", ""
		for i := range 1500 {
			b.objects[fmt.Sprintf("%s%d.jpg", at.ScansOf(), i)] = ""
		}
		if ended {
			b.objects[at.Done(1)] = ""
		}
	}
	b.objects[layout.DefaultRosterKey] = ""
	return b
}

// of are the objects that are left of an exam.
func (b *bucket) of(code string) (left []string) {
	for key := range b.objects {
		if strings.Contains(key, "/"+code+"/") || slices.Contains(layout.OwnRosterKeys(code), key) {
			left = append(left, key)
		}
	}
	return left
}

func TestExam(t *testing.T) {
	b := filled(t, true)
	others := len(b.of("Stat.2"))
	removed, err := erase.Exam(t.Context(), b, "Stat", false)
	if err != nil || removed != 1509 || len(b.of("Stat")) != 0 {
		t.Errorf("removed %d, %v; left %v", removed, err, b.of("Stat"))
	}
	if len(b.of("Stat.2")) != others || len(b.objects) != others+1 {
		t.Errorf("of the other exam %d of %d objects are left", len(b.of("Stat.2")), others)
	}
	if _, err := erase.Exam(t.Context(), b, "Stat", false); !errors.Is(err, erase.ErrNothing) {
		t.Errorf("once more: %v", err)
	}
}

// While a batch is being read its exam is not removed, but by force.
func TestOpenBatch(t *testing.T) {
	b := filled(t, false)
	before := len(b.objects)
	if removed, err := erase.Exam(t.Context(), b, "Stat", false); !errors.Is(err, erase.ErrOpen) || removed != 0 || len(b.objects) != before {
		t.Errorf("removed %d of %d, %v", removed, before, err)
	}
	if _, err := erase.Exam(t.Context(), b, "Stat", true); err != nil || len(b.of("Stat")) != 0 {
		t.Errorf("by force: %v, %d left", err, len(b.of("Stat")))
	}
}

// Wherever it is broken off, the exam is still known, and is removed by the next try.
func TestBrokenOff(t *testing.T) {
	for last := 1; last <= 7; last++ {
		b := filled(t, true)
		b.last = last
		if _, err := erase.Exam(t.Context(), b, "Stat", true); err == nil {
			t.Fatalf("call %d: it was not broken off", last)
		}
		if _, there := b.objects[layout.Batch{ExamCode: "Stat", BatchID: "b"}.Job()]; !there {
			t.Errorf("call %d: the exam is not known any more, and %d objects are", last, len(b.of("Stat")))
		}
		if _, err := erase.Exam(t.Context(), b, "Stat", true); err != nil || len(b.of("Stat")) != 0 {
			t.Errorf("call %d: the next try: %v, %d left", last, err, len(b.of("Stat")))
		}
	}
}

func ExampleExam() {
	b := &bucket{objects: map[string]string{"uploads/Stat/1.jpg": "", "rosters/Stat.xlsx": "", "rosters/_default.xlsx": ""}}
	fmt.Println(erase.Exam(context.Background(), b, "Stat", false))
	fmt.Println(len(b.objects))
	// Output:
	// 2 <nil>
	// 1
}
