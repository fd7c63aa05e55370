package s3store_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/s3store"
)

func TestPutGetHead(t *testing.T) {
	s, at := store(t)
	for name, body := range map[string][]byte{"empty": nil, "text": []byte("답안"), "binary": bytes.Repeat([]byte{0, 255}, 100_000)} {
		t.Run(name, func(t *testing.T) {
			key := at + name
			must(t, s.Put(t.Context(), key, body, s3store.TypeBinary))
			got, err := s.Get(t.Context(), key, int64(len(body)))
			if err != nil || !bytes.Equal(got.Body, body) {
				t.Errorf("got %d bytes, %v; want %d", len(got.Body), err, len(body))
			}
			info, err := s.Head(t.Context(), key)
			if err != nil || info.ETag != got.ETag || info.Key != key || info.Size != int64(len(body)) || time.Since(info.Modified).Abs() > time.Hour {
				t.Errorf("got %+v, %v", info, err)
			}
		})
	}
}

// Of many who create an object, or change what they have read, one wins and
// the others learn of it.
func TestOneWinner(t *testing.T) {
	s, at := store(t)
	const writers = 8
	race := func(write func(body []byte) error, refused error) (winner string) {
		t.Helper()
		var wins atomic.Int32
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() {
				body := fmt.Sprint("writer ", i)
				switch err := write([]byte(body)); {
				case err == nil:
					wins.Add(1)
					winner = body
				case !errors.Is(err, refused):
					t.Errorf("got %v, want %v", err, refused)
				}
			})
		}
		all.Wait()
		if wins.Load() != 1 {
			t.Fatalf("%d winners, want 1", wins.Load())
		}
		return winner
	}
	winner := race(func(body []byte) error {
		_, err := s.Create(t.Context(), at+"x", body, s3store.TypeJSON)
		return err
	}, s3store.ErrExists)
	got, err := s.Get(t.Context(), at+"x", 100)
	if err != nil || string(got.Body) != winner {
		t.Fatalf("got %q, %v; want %q", got.Body, err, winner)
	}
	winner = race(func(body []byte) error {
		_, err := s.Replace(t.Context(), at+"x", append(body, '!'), s3store.TypeJSON, got.ETag)
		return err
	}, s3store.ErrChanged)
	if got, err = s.Get(t.Context(), at+"x", 100); err != nil || string(got.Body) != winner+"!" {
		t.Errorf("got %q, %v; want %q", got.Body, err, winner)
	}
}

func TestConditions(t *testing.T) {
	s, at := store(t)
	etag, err := s.Create(t.Context(), at+"x", []byte("1"), s3store.TypeJSON)
	must(t, err)
	if again, err := s.Create(t.Context(), at+"x", []byte("1"), s3store.TypeJSON); err != nil || again != etag {
		t.Errorf("create with the same content: got %q, %v; want %q: it may be our own", again, err, etag)
	}
	if _, err := s.Create(t.Context(), at+"x", []byte("longer"), s3store.TypeJSON); !errors.Is(err, s3store.ErrExists) {
		t.Errorf("create over another: got %v, want %v", err, s3store.ErrExists)
	}
	next, err := s.Replace(t.Context(), at+"x", []byte("2"), s3store.TypeJSON, etag)
	if err != nil || next == etag {
		t.Errorf("replace: got %q, %v", next, err)
	}
	if _, err := s.Replace(t.Context(), at+"x", []byte("3"), s3store.TypeJSON, etag); !errors.Is(err, s3store.ErrChanged) {
		t.Errorf("replace what has changed: got %v, want %v", err, s3store.ErrChanged)
	}
	if _, err := s.Replace(t.Context(), at+"none", []byte("3"), s3store.TypeJSON, etag); !errors.Is(err, s3store.ErrNotFound) && !errors.Is(err, s3store.ErrChanged) {
		t.Errorf("replace what is not there: got %v", err)
	}
}

// strange are keys as backends and scanners make them.
var strange = []string{"답안지 1.jpg", "a b/c d.png", "1+1=2.jpg", "100%.jpg", "%41.jpg", "#1.jpg", "what?.jpg", "a&b;c,d@e:f$g!(h)'i*.jpg", "ünï~.tif"}

func TestCopyAnyKey(t *testing.T) {
	s, at := store(t)
	for i, name := range strange {
		t.Run(name, func(t *testing.T) {
			from, to := at+"from/"+name, at+"to/"+name
			body := []byte(fmt.Sprint("body ", i))
			must(t, s.Put(t.Context(), from, body, s3store.TypeJPEG))
			must(t, s.Copy(t.Context(), from, to, ""))
			got, err := s.Get(t.Context(), to, 100)
			if err != nil || !bytes.Equal(got.Body, body) {
				t.Errorf("got %q, %v; want %q", got.Body, err, body)
			}
			listed := keys(t, s, at+"to/"+name)
			if !slices.Equal(listed, []string{to}) {
				t.Errorf("listed %q, want %q", listed, to)
			}
			must(t, s.Delete(t.Context(), from, to))
			if left := keys(t, s, at+"to/"+name); len(left) > 0 {
				t.Errorf("deleted, and still there: %q", left)
			}
		})
	}
	if err := s.Copy(t.Context(), at+"none", at+"to", ""); !errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("copy of nothing: got %v, want %v", err, s3store.ErrNotFound)
	}
}

// More objects than a page of a listing and a call of a delete hold.
func TestListAndDeleteMany(t *testing.T) {
	s, at := store(t)
	const many = 1003
	var want []string
	var all sync.WaitGroup
	slots := make(chan struct{}, 16)
	for i := range many {
		key := fmt.Sprintf("%smany/%04d", at, i)
		want = append(want, key)
		slots <- struct{}{}
		all.Go(func() {
			if err := s.Put(t.Context(), key, nil, s3store.TypeBinary); err != nil {
				t.Error(err)
			}
			<-slots
		})
	}
	all.Wait()
	must(t, s.Put(t.Context(), at+"beside", nil, s3store.TypeBinary))
	if got := keys(t, s, at+"many/"); !slices.Equal(got, want) {
		t.Errorf("listed %d keys in whatever order, want %d in theirs", len(got), many)
	}
	for info, err := range s.List(t.Context(), at+"many/") {
		must(t, err)
		if info.Key != want[0] {
			t.Errorf("got %q first, want %q", info.Key, want[0])
		}
		break // a walk may end early
	}
	must(t, s.Delete(t.Context(), append(want, at+"never-there")...))
	if got := keys(t, s, at); !slices.Equal(got, []string{at + "beside"}) {
		t.Errorf("left %q", got)
	}
	must(t, s.Delete(t.Context()))
}

func TestRecords(t *testing.T) {
	s, at := store(t)
	part := exam.Part{Keys: []string{"a&b<c>.jpg", "답안.jpg"}}
	must(t, s.CreateRecord(t.Context(), at+"part", part))
	var got exam.Part
	etag, err := s.Load(t.Context(), at+"part", &got)
	if err != nil || !slices.Equal(got.Keys, part.Keys) {
		t.Fatalf("got %v, %v; want %v", got, err, part)
	}
	must(t, s.ReplaceRecord(t.Context(), at+"part", exam.Part{Keys: []string{"b"}}, etag))
	if err := s.ReplaceRecord(t.Context(), at+"part", exam.Part{}, etag); !errors.Is(err, s3store.ErrChanged) {
		t.Errorf("got %v, want %v", err, s3store.ErrChanged)
	}
	must(t, s.Put(t.Context(), at+"broken", []byte("{"), s3store.TypeJSON))
	if _, err := s.Load(t.Context(), at+"broken", &got); err == nil || s3store.Infrastructure(err) {
		t.Errorf("got %v, want an error of the record", err)
	}
	// An error speaks of the record's fields, not of the program's types.
	for body, says := range map[string]string{`{"keys": [1]}`: "field keys", `[]`: "another kind"} {
		must(t, s.Put(t.Context(), at+"other", []byte(body), s3store.TypeJSON))
		_, err := s.Load(t.Context(), at+"other", &got)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%s: got %v, want an error that says %q", body, err, says)
		}
	}
	if err := s.CreateRecord(t.Context(), at+"x", func() {}); err == nil {
		t.Error("wrote what is no record")
	}
	if err := s.ReplaceRecord(t.Context(), at+"x", func() {}, "x"); err == nil {
		t.Error("wrote what is no record")
	}
}

func keys(t testing.TB, s *s3store.Store, prefix string) []string {
	t.Helper()
	var all []string
	for info, err := range s.List(t.Context(), prefix) {
		must(t, err)
		all = append(all, info.Key)
	}
	return all
}

// A copy is of the object that was read, or there is none.
func TestCopyOfWhatWasRead(t *testing.T) {
	s, at := store(t)
	must(t, s.Put(t.Context(), at+"from", []byte("one"), s3store.TypeBinary))
	read, err := s.Get(t.Context(), at+"from", 100)
	must(t, err)
	must(t, s.Copy(t.Context(), at+"from", at+"to", read.ETag))
	must(t, s.Put(t.Context(), at+"from", []byte("two"), s3store.TypeBinary))
	if err := s.Copy(t.Context(), at+"from", at+"to", read.ETag); !errors.Is(err, s3store.ErrChanged) {
		t.Errorf("copy of another object: got %v, want %v", err, s3store.ErrChanged)
	}
	if got, err := s.Get(t.Context(), at+"to", 100); err != nil || string(got.Body) != "one" {
		t.Errorf("got %q, %v; want the first object's copy", got.Body, err)
	}
}

func TestOpenOther(t *testing.T) {
	s, at := store(t)
	must(t, s.Put(t.Context(), at+"x", []byte("one"), s3store.TypeBinary))
	read, err := s.Get(t.Context(), at+"x", 100)
	must(t, err)
	if _, err := s.OpenOther(t.Context(), at+"x", 100, read.ETag); !errors.Is(err, s3store.ErrUnchanged) || s3store.Infrastructure(err) {
		t.Errorf("the same object: got %v, want %v", err, s3store.ErrUnchanged)
	}
	must(t, s.Put(t.Context(), at+"x", []byte("two"), s3store.TypeBinary))
	stream, err := s.OpenOther(t.Context(), at+"x", 100, read.ETag)
	must(t, err)
	defer stream.Close()
	if body, err := stream.ReadAll(); err != nil || string(body) != "two" || stream.ETag == read.ETag {
		t.Errorf("got %q, %v; want the other object", body, err)
	}
}
