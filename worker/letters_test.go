package worker_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"image"
	"sync/atomic"
	"testing"

	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/recognizer/read"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// letteringReader reads digits with a letter before them, which the test gives it.
type letteringReader struct {
	*fakeReader

	letters map[string]byte // by the page's text
	asked   atomic.Int64
}

func (r *letteringReader) ReadLetters(_ context.Context, page image.Image, rd *recognizer.Reading) error {
	r.asked.Add(1)
	letter, ok := r.letters[pageText(page)]
	if !ok {
		return nil
	}
	for i := range rd.Lines {
		l := &rd.Lines[i]
		before := [][read.Classes]float64{{0.01, read.Other: 0.99}, {read.Blank: 1}}
		for t := range l.Columns() {
			before = append(before, l.Column(t))
		}
		told := make([][read.Letters]float64, len(before))
		told[0][letter-'A'] = 0.9999
		*l = read.NewLine(l.Box, l.Place, before)
		l.SetLetters(told)
	}
	rd.Lettered = true
	return nil
}

// TestLetters files sheets of students whose IDs differ in a letter alone, and asks for
// letters where the roster has some.
func TestLetters(t *testing.T) {
	r := newRig(t)
	reader := &letteringReader{fakeReader: r.reader, letters: map[string]byte{kim: 'A', lee: 'B'}}
	r.options.Reader = reader
	keys := r.sheets(kim, lee)
	var b bytes.Buffer
	must(t, csv.NewWriter(&b).WriteAll([][]string{{"학번"}, {"A" + kim}, {"B" + kim}, {"A" + lee}, {"B" + lee}}))
	must(t, r.store.Put(t.Context(), layout.RosterKey(r.exam), b.Bytes(), s3store.TypeBinary))
	r.start()
	batch := r.submit(jobs.Recognize{Keys: keys})
	r.end(batch, 1)
	r.wants(batch, map[string]string{"1.png": "matched A" + kim, "2.png": "matched B" + lee})
	if n := reader.asked.Load(); n != 2 {
		t.Errorf("asked for letters %d times, want 2", n)
	}
}

// TestNoLetters has a roster without letters: nobody asks for them.
func TestNoLetters(t *testing.T) {
	r := newRig(t)
	reader := &letteringReader{fakeReader: r.reader}
	r.options.Reader = reader
	keys := r.sheets(kim)
	r.start()
	r.end(r.submit(jobs.Recognize{Keys: keys}), 1)
	if n := reader.asked.Load(); n != 0 {
		t.Errorf("asked for letters %d times, want never", n)
	}
}
