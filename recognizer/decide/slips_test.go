package decide_test

import (
	"testing"

	"hakbeon/recognizer/decide"
)

// TestPriors checks that a student's confidence falls with the share of sheets
// that are no student's.
func TestPriors(t *testing.T) {
	rd, ro := page(written(0, 0.9, spaced("32141897"))), students(t, "32141837", "32157264")
	low := decide.Decide(rd, ro, decide.Params{Stranger: 0.001, Missing: 0.001})
	high := decide.Decide(rd, ro, decide.Params{Stranger: 0.4, Missing: 0.1})
	if low.Confidence <= high.Confidence {
		t.Errorf("confidence %g with few strangers, %g with many", low.Confidence, high.Confidence)
	}
}

// TestSlips checks that a misread and a missing digit leave the right student
// first, whatever is read instead and however wide.
func TestSlips(t *testing.T) {
	ro := students(t, "32141837", "32157264", "32169902", "32170418")
	for name, text := range map[string]string{
		"a digit misread":         "3_2_1_4_9_8_3_7",
		"a wide digit misread":    "3_2_1_4_9999_8_3_7",
		"something else instead":  "3_2_1_4_###_8_3_7",
		"a digit missing":         "3_2_1_4_8_3_7",
		"the first digit missing": "2_1_4_1_8_3_7",
		"the last digit missing":  "3_2_1_4_1_8_3",
		"two of a kind joined":    "3_2_144_18_3_7",
		"a speck in between":      "3_2_1_4_#_1_8_3_7",
	} {
		d := decide.Decide(page(written(0, 0.9999, text)), ro, decide.DefaultParams())
		checkSound(t, d)
		if d.Candidates[0].StudentID != "32141837" {
			t.Errorf("%s: %v, want 32141837 first", name, d.Candidates)
		}
	}
}
