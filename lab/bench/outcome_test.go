package main

import (
	"slices"
	"testing"

	"hakbeon/lab/synth"
)

// small is an exam with a sheet of each kind.
func small() *synth.Exam {
	exam := &synth.Exam{}
	for _, id := range []string{"32140001", "32140022", "32150333", "32164444"} {
		exam.Roster = append(exam.Roster, synth.Person{ID: id})
	}
	for _, id := range []string{"32140001", "32140022", "32140022", "32150334", "32999999", ""} {
		exam.Sheets = append(exam.Sheets, synth.ExamSheet{ID: id})
	}
	return exam
}

func TestKindsOf(t *testing.T) {
	want := []kind{student, twin, twin, near, far, blank}
	if got := kindsOf(small()); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMarkTwins(t *testing.T) {
	for _, test := range []struct {
		accepted, held bool
	}{{false, true}, {true, false}} {
		out := make([]outcome, 6)
		for i, k := range kindsOf(small()) {
			out[i].kind = k
		}
		out[0].batch.accepted = true
		out[1].batch.accepted = test.accepted
		markTwins(small(), out)
		for i, o := range out {
			if o.second != (i == 2) || o.held != (i == 2 && test.held) {
				t.Errorf("first twin accepted %v, sheet %d: second %v, held %v", test.accepted, i, o.second, o.held)
			}
		}
	}
}

// The exams have the kinds of sheets that they are said to have.
func TestBenchExam(t *testing.T) {
	count := make(map[kind]int)
	twins := 0
	for i := range 20 {
		exam, err := benchExam(uint64(i), synth.OwnForms)
		if err != nil {
			t.Fatal(err)
		}
		if len(exam.Sheets) != sheetsOfExam {
			t.Errorf("exam %d has %d sheets", i, len(exam.Sheets))
		}
		for _, k := range kindsOf(exam) {
			count[k]++
		}
		twins = max(twins, count[twin])
	}
	if count[near] < 9*20 || count[near]+count[far] != 18*20 || count[blank] != 20 || twins == 0 {
		t.Errorf("20 exams have %v", count)
	}
}
