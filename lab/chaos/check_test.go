package main

import (
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/lab/embedded"
	"hakbeon/s3store"
)

// sound is an exam of one sheet at its end, and what the backend was told of it.
func sound() (*stored, told) {
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
	return st, told{{e}, {e}}
}

func TestJudges(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*stored, *told)
		says  string // "" if nothing is wrong
		count func(verdict) int
	}{
		{"sound", func(*stored, *told) {}, "", nil},
		{"repeated", func(_ *stored, t *told) { t[byHook] = append(t[byHook], t[byHook][0]) }, "", nil},
		{"repeated on the queue", func(_ *stored, t *told) { t[byQueue] = append(t[byQueue], t[byQueue][0]) }, "", nil},
		{"no result", func(s *stored, _ *told) { delete(s.records, "s") }, "has no result", lostOf},
		{"no webhook", func(_ *stored, t *told) { t[byHook] = nil }, "the receiver has version 0", lostOf},
		{"nothing on the queue", func(_ *stored, t *told) { t[byQueue] = nil }, "the result queue has version 0", lostOf},
		{"webhook from the future", func(_ *stored, t *told) { t[byHook][0].Data.Version = 2 }, "the receiver has version 2", contradictoryOf},
		{"message from the future", func(_ *stored, t *told) { t[byQueue][0].Data.Version = 2 }, "the result queue has version 2", contradictoryOf},
		{"version skipped", func(s *stored, _ *told) { s.records["s"].Version = 3 }, "versions before version 3", contradictoryOf},
		{"other student in S3", func(s *stored, _ *told) { *s.records["s"].StudentID = "2" }, "says something else than S3", contradictoryOf},
		{"two bodies", func(_ *stored, t *told) { t[byHook][0].SameBodyAsFirst = false }, "with two bodies", doubledOf},
		{"another body on the queue", func(_ *stored, t *told) { t[byQueue][0].Body += " " }, "with two bodies", doubledOf},
		{"two ids", func(_ *stored, t *told) { f := t[byHook][0]; f.ID = "evt_2"; t[byHook] = append(t[byHook], f) }, "came as evt_1 and as evt_2", contradictoryOf},
		{"another id on the queue", func(_ *stored, t *told) { t[byQueue][0].ID = "evt_2" }, "came as evt_1 and as evt_2", contradictoryOf},
		{"wrong signature", func(_ *stored, t *told) { t[byQueue][0].Verified, t[byQueue][0].Problem = false, "bad signature" }, "bad signature", contradictoryOf},
		{"object missing at arrival", func(_ *stored, t *told) { t[byHook][0].Missing = []string{"k"} }, "came before [k]", contradictoryOf},
		{"copy gone", func(s *stored, _ *told) { delete(s.copies, "header/E/1/a.jpg") }, "is not there", lostOf},
		{"another's image", func(s *stored, _ *told) { s.copies["original/E/1/a.jpg"] = "x" }, "is not the file that was uploaded", contradictoryOf},
		{"leftover", func(s *stored, _ *told) { s.copies["header/E/2/a.jpg"] = "x" }, "no result names", func(v verdict) int { return v.leftovers }},
		{"student twice", func(s *stored, _ *told) { s.records["t"] = s.records["s"] }, "have the same student", contradictoryOf},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			st, all := sound()
			test.spoil(st, &all)
			var v verdict
			(&bench{}).judgeSheet(&v, st, all, "s", 0, 1)
			judgeStudents(&v, st)
			judgeCopies(&v, st)
			judgeEvents(&v, all)
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

func doubledOf(v verdict) int { return v.doubled }

// The backend is told once of the message that is refused, on both ways; a repeat is no
// other.
func TestJudgeRejection(t *testing.T) {
	refused := func(id string) event { return event{Event: embedded.Event{ID: id, Type: eventRejected}} }
	other := event{Event: embedded.Event{ID: "evt_9", Type: eventEnd}}
	for _, test := range []struct {
		name                string
		told                told
		lost, contradictory int
	}{
		{"told", told{{other, refused("evt_1")}, {refused("evt_1")}}, 0, 0},
		{"told again", told{{refused("evt_1"), refused("evt_1")}, {refused("evt_1"), other, refused("evt_1")}}, 0, 0},
		{"not told", told{{other}, {}}, 2, 0},
		{"not on the queue", told{{refused("evt_1")}, {other}}, 1, 0},
		{"told of two", told{{refused("evt_1"), refused("evt_2")}, {refused("evt_1")}}, 0, 1},
		{"by two ids", told{{refused("evt_1")}, {refused("evt_2")}}, 0, 1},
	} {
		var v verdict
		judgeRejection(&v, test.told)
		if v.lost != test.lost || v.contradictory != test.contradictory {
			t.Errorf("%s: got %+v", test.name, v)
		}
	}
	if got := highest([]event{refused("evt_1")}, ""); got != 0 {
		t.Errorf("a refused message counts as end %d of a batch", got)
	}
}
