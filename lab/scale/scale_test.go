package main

import (
	"bytes"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"hakbeon/lab/faultproxy"
	"hakbeon/lab/synth"
	"hakbeon/recognizer/read"
	"hakbeon/s3store/layout"
)

func TestStampsCarryTheirNumber(t *testing.T) {
	for _, n := range []int{0, 1, 19_999, 1<<stampBits - 1} {
		body, err := stamp(n)
		if err != nil {
			t.Fatal(err)
		}
		page, err := png.Decode(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := stamped(page); got != n {
			t.Errorf("stamp %d says %d", n, got)
		}
	}
}

// columnsOf is a line that says a text, "_" being a blank.
func columnsOf(text string) [][read.Classes]float64 {
	var out [][read.Classes]float64
	for _, c := range text {
		var column [read.Classes]float64
		class := read.Blank
		if c != '_' {
			class = read.Zero + int(c-'0')
		}
		column[class] = 0.9
		column[read.Other] = 0.1
		out = append(out, column)
	}
	return out
}

// A recorded reading says another ID as it said its own, and other numbers as before.
func TestReadingsInAnotherHand(t *testing.T) {
	owner, other := synth.Person{ID: "32141837", Name: "김민서"}, synth.Person{ID: "14880213", Name: "박도윤"}
	r := recorded{owner: owner, reading: &read.Reading{
		Width: 2257, Height: 3125,
		Lines: []read.Line{
			read.NewLine(stampSize(), 0, columnsOf("_3_2_1_4_11_8_3_77_")),
			read.NewLine(stampSize(), 0, columnsOf("_3_2_1_4_1_8_3__")), // misread
			read.NewLine(stampSize(), 1, columnsOf("_2_0_3_2_")),
		},
		Names: []read.NameLine{{Columns: []read.NameColumn{{Chars: []read.NameChar{{Char: '김', Q: 1}, {Char: '박', Q: 9}, {Char: '강', Q: 20}}}}}},
	}}
	r.reading = r.legible()
	got := r.of(other)
	var said []string
	for i := range got.Lines {
		said = append(said, read.LongestRun(&got.Lines[i]).Text)
	}
	if want := []string{other.ID, "2032"}; !slices.Equal(said, want) {
		t.Errorf("its lines say %q, want %q", said, want)
	}
	if chars := got.Names[0].Columns[0].Chars; chars[0].Char != '박' || chars[1].Char != '김' || chars[2].Char != '강' {
		t.Errorf("its name says %v", chars)
	}
	if evidence, err := got.MarshalBinary(); err != nil || len(evidence) == 0 {
		t.Errorf("it is no evidence: %v", err)
	}
}

func TestStudentsDiffer(t *testing.T) {
	for _, near := range []bool{false, true} {
		people, err := newPeople(12_000, near)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, p := range people {
			if seen[p.ID] || len(p.ID) != 8 || p.Name == "" {
				t.Fatalf("near=%t: %+v", near, p)
			}
			seen[p.ID] = true
		}
	}
}

func TestLedger(t *testing.T) {
	l := newLedger()
	b := layout.Batch{ExamCode: "BIG", BatchID: "one"}
	at := l.expect(b, 2)
	call := func(method, path string, header http.Header) {
		u, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		l.s3(t.Context(), &faultproxy.Call{Method: method, URL: u, Header: header}, &faultproxy.Answer{Status: http.StatusOK})
	}
	created := http.Header{"If-None-Match": {"*"}}
	call(http.MethodPut, "/bucket/results/BIG/one/sheets/a.json", created)
	call(http.MethodPut, "/bucket/results/BIG/one/sheets/a.json", http.Header{"If-Match": {"x"}})
	call(http.MethodPut, "/bucket/original/BIG/1/a.jpg", http.Header{"X-Amz-Copy-Source": {"bucket/uploads/BIG/a.jpg"}})
	call(http.MethodGet, "/bucket?list-type=2&prefix=results/BIG/one/sheets/", nil)
	select {
	case <-at.whole:
		t.Fatal("it is whole with one of two results")
	default:
	}
	call(http.MethodPut, "/bucket/results/BIG/one/sheets/b.json", created)
	<-at.whole
	call(http.MethodPut, "/bucket/results/BIG/one/summary.json", created)
	l.completed(b)
	l.completed(b)
	<-at.ended
	want := map[string]int{"PUT sheets": 3, "COPY original": 1, "LIST sheets": 1}
	for kind, n := range want {
		if at.calls[kind] != n {
			t.Errorf("until the last reading %d times %s, want %d", at.calls[kind], kind, n)
		}
	}
	if after := l.counted(); sum(at.calls, after, false) != 1 || at.summary.Before(at.read) {
		t.Errorf("after it %v, the summary %v after the last reading", after, at.summary.Sub(at.read))
	}
}
