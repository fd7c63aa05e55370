package main

import (
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/lab/embedded"
	"hakbeon/s3store"
)

// sound is an exam of one sheet at its end, and what the receiver got of it.
func sound() (*stored, []event) {
	student, original, header := "1", "original/E/1/a.jpg", "header/E/1/a.jpg"
	rec := &exam.Sheet{Result: exam.Result{
		ExamCode: "E", BatchID: "one", Sheet: "s", SheetKey: "uploads/E/a.jpg", Version: 1, Final: true, Success: true,
		Status: exam.StatusMatched, StudentID: &student,
		Meta: exam.Meta{Pages: 1, S3Keys: exam.Keys{Original: &original, Header: &header}},
	}}
	st := &stored{
		records: map[string]*exam.Sheet{"s": rec}, uploads: map[string]string{"uploads/E/a.jpg": "etag"},
		copies: map[string]string{original: "etag", header: "other"},
	}
	body, err := s3store.Encode(map[string]any{"type": "sheet.recognized", "data": rec.Result})
	if err != nil {
		panic(err)
	}
	e := event{Event: embedded.Event{ID: "evt_1", Type: "sheet.recognized", Verified: true, SameBodyAsFirst: true, Body: string(body)}}
	e.Data.Exam, e.Data.Sheet, e.Data.Version = "E", "s", 1
	return st, []event{e}
}

func TestJudges(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*stored, []event) []event
		says  string // "" if nothing is wrong
		count func(verdict) int
	}{
		{"sound", func(_ *stored, e []event) []event { return e }, "", nil},
		{"repeated", func(_ *stored, e []event) []event { return append(e, e[0]) }, "", nil},
		{"no result", func(s *stored, e []event) []event { delete(s.records, "s"); return e }, "has no result", lostOf},
		{"no webhook", func(*stored, []event) []event { return nil }, "the receiver has version 0", lostOf},
		{"webhook from the future", func(_ *stored, e []event) []event { e[0].Data.Version = 2; return e }, "the receiver has version 2", contradictoryOf},
		{"version skipped", func(s *stored, e []event) []event { s.records["s"].Version = 3; return e }, "versions before version 3", contradictoryOf},
		{"other student in S3", func(s *stored, e []event) []event { *s.records["s"].StudentID = "2"; return e }, "says something else than S3", contradictoryOf},
		{"two bodies", func(_ *stored, e []event) []event { e[0].SameBodyAsFirst = false; return e }, "with two bodies", func(v verdict) int { return v.doubled }},
		{"two ids", func(_ *stored, e []event) []event { f := e[0]; f.ID = "evt_2"; return append(e, f) }, "came as evt_1 and as evt_2", contradictoryOf},
		{"wrong signature", func(_ *stored, e []event) []event { e[0].Verified, e[0].Problem = false, "bad signature"; return e }, "bad signature", contradictoryOf},
		{"object missing at arrival", func(_ *stored, e []event) []event { e[0].Missing = []string{"k"}; return e }, "came before [k]", contradictoryOf},
		{"copy gone", func(s *stored, e []event) []event { delete(s.copies, "header/E/1/a.jpg"); return e }, "is not there", lostOf},
		{"another's image", func(s *stored, e []event) []event { s.copies["original/E/1/a.jpg"] = "x"; return e }, "is not the file that was uploaded", contradictoryOf},
		{"leftover", func(s *stored, e []event) []event { s.copies["header/E/2/a.jpg"] = "x"; return e }, "no result names", func(v verdict) int { return v.leftovers }},
		{"student twice", func(s *stored, e []event) []event { s.records["t"] = s.records["s"]; return e }, "have the same student", contradictoryOf},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			st, events := sound()
			events = test.spoil(st, events)
			var v verdict
			(&bench{}).judgeSheet(&v, st, events, "s", 0, 1)
			judgeStudents(&v, st)
			judgeCopies(&v, st)
			judgeEvents(&v, events)
			said := strings.Join(v.complaints, "\n")
			if v.ok() != (test.says == "") || !strings.Contains(said, test.says) {
				t.Errorf("got %q, want %q", said, test.says)
			}
			if test.count != nil && test.count(v) == 0 {
				t.Errorf("not counted: %+v", v)
			}
		})
	}
}

func lostOf(v verdict) int { return v.lost }

func contradictoryOf(v verdict) int { return v.contradictory }

// The receiver is told once of the message that is refused; a repeat is no other.
func TestJudgeRejection(t *testing.T) {
	refused := func(id string) event { return event{Event: embedded.Event{ID: id, Type: eventRejected}} }
	other := event{Event: embedded.Event{ID: "evt_9", Type: eventEnd}}
	for _, test := range []struct {
		name                string
		events              []event
		lost, contradictory int
	}{
		{"told", []event{other, refused("evt_1")}, 0, 0},
		{"told again", []event{refused("evt_1"), refused("evt_1")}, 0, 0},
		{"not told", []event{other}, 1, 0},
		{"told of two", []event{refused("evt_1"), refused("evt_2")}, 0, 1},
	} {
		var v verdict
		judgeRejection(&v, test.events)
		if v.lost != test.lost || v.contradictory != test.contradictory {
			t.Errorf("%s: got %+v", test.name, v)
		}
	}
	if got := highest([]event{refused("evt_1")}, ""); got != 0 {
		t.Errorf("a refused message counts as end %d of a batch", got)
	}
}
