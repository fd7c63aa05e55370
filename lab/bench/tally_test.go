package main

import (
	"math"
	"testing"

	"hakbeon/recognizer"
)

func TestNewVerdict(t *testing.T) {
	guess := []recognizer.Candidate{{StudentID: "1111", Confidence: 0.97}}
	accepted := recognizer.Decision{Status: recognizer.Matched, StudentID: "1111", Confidence: 0.97, Candidates: guess}
	review := recognizer.Decision{Status: recognizer.NeedsReview, Confidence: 0.97, Candidates: guess}
	for _, test := range []struct {
		name    string
		d       recognizer.Decision
		written string
		want    verdict
	}{
		{"right", accepted, "1111", verdict{first: true, accepted: true, confidence: 0.97}},
		{"wrong", accepted, "1112", verdict{accepted: true, wrong: true, confidence: 0.97}},
		{"blank accepted", accepted, "", verdict{accepted: true, wrong: true, confidence: 0.97}},
		{"review", review, "1111", verdict{first: true, confidence: 0.97}},
		{"nothing", recognizer.Decision{Status: recognizer.NeedsReview}, "", verdict{}},
	} {
		if got := newVerdict(test.d, test.written); got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
}

// of makes sheets of which only the decision alone matters.
func of(verdicts ...verdict) tally {
	var out tally
	for _, v := range verdicts {
		out = append(out, outcome{kind: student, alone: v})
	}
	return out
}

func TestShare(t *testing.T) {
	sheets := append(of(verdict{first: true, accepted: true}, verdict{first: true}, verdict{}), outcome{kind: near})
	if got := sheets.kind(student).share(stage(alone).first); got != (share{2, 3}) {
		t.Errorf("first right: %v, want 2 of 3", got)
	}
	if got := sheets.only(stage(alone).accepted).share(stage(alone).wrong); got != (share{0, 1}) {
		t.Errorf("wrong of accepted: %v, want 0 of 1", got)
	}
}

func TestByExam(t *testing.T) {
	first := stage(alone).first
	var alike, apart tally
	for exam := range 40 {
		for sheet := range 20 {
			alike = append(alike, outcome{exam: exam, alone: verdict{first: sheet%4 > 0}})
			apart = append(apart, outcome{exam: exam, alone: verdict{first: exam%4 > 0}})
		}
	}
	if low, high := alike.byExam(first); low != 0.75 || high != 0.75 {
		t.Errorf("exams that are alike: %g to %g, want 0.75", low, high)
	}
	// Forty independent exams, not eight hundred sheets: 0.75 and about 1.96 deviations.
	deviation := math.Sqrt(0.75 * 0.25 / 40)
	low, high := apart.byExam(first)
	if math.Abs(low-0.75+1.96*deviation) > 0.03 || math.Abs(high-0.75-1.96*deviation) > 0.03 {
		t.Errorf("exams of one kind each: %g to %g, want about %g to %g", low, high, 0.75-1.96*deviation, 0.75+1.96*deviation)
	}
	if low, high := tally(nil).byExam(first); low != 0 || high != 1 {
		t.Errorf("no sheets: %g to %g, want 0 to 1", low, high)
	}
}

func TestLogLoss(t *testing.T) {
	sheets := of(verdict{first: true, confidence: 0.5}, verdict{confidence: 0.75}, verdict{first: true, confidence: 1})
	want := (math.Log(2) + math.Log(4)) / 3
	if got := sheets.logLoss(alone); math.Abs(got-want) > 1e-12 {
		t.Errorf("got %g, want %g", got, want)
	}
	if got := of(verdict{confidence: 1}).logLoss(alone); math.IsInf(got, 0) || got < 20 {
		t.Errorf("certain and wrong: got %g, want a large number", got)
	}
	if got := tally(nil).logLoss(alone); got != 0 {
		t.Errorf("no sheets: got %g, want 0", got)
	}
}

func TestReliability(t *testing.T) {
	sheets := of(
		verdict{confidence: 0}, verdict{confidence: 0.9, first: true}, verdict{confidence: 0.96},
		verdict{confidence: 0.9999, first: true}, verdict{confidence: 1, first: true})
	bins := sheets.reliability(alone)
	total := 0
	for _, b := range bins {
		total += b.right.of
	}
	if total != len(sheets) {
		t.Errorf("%d sheets in bins, want %d", total, len(sheets))
	}
	middle, last := bins[2], bins[len(bins)-1]
	if middle.right != (share{1, 2}) || math.Abs(middle.confidence-0.93) > 1e-9 || math.Abs(middle.points()+43) > 1e-9 {
		t.Errorf("0.9 to 0.99: %+v, %+.1f points; want 1 of 2 at 0.93, -43 points", middle, middle.points())
	}
	if last.right != (share{2, 2}) {
		t.Errorf("from 0.9999 on: %v, want 2 of 2", last.right)
	}
}

// TestWorstBin has a bin of enough sheets that is off by two points, and a small one
// that is off by more.
func TestWorstBin(t *testing.T) {
	var verdicts []verdict
	for i := range sheetsOfBin {
		verdicts = append(verdicts, verdict{first: i%10 != 0, confidence: 0.92})
	}
	for range sheetsOfBin - 1 {
		verdicts = append(verdicts, verdict{confidence: 0.7})
	}
	if got := of(verdicts...).worstBin(alone).points(); math.Abs(got+2) > 1e-9 {
		t.Errorf("the worst bin is off by %g points, want -2", got)
	}
	if got := of().worstBin(alone).points(); got != 0 {
		t.Errorf("without sheets: off by %g points", got)
	}
}
