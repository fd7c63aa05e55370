package recognizer_test

import (
	"image"
	"math"
	"testing"

	"hakbeon/recognizer"
)

// TestText reads lines without a roster's help: the longest run of digits.
func TestText(t *testing.T) {
	tests := []struct{ line, want string }{
		{"", ""},
		{"_#_##_", ""},
		{"_1_2_3_", "123"},
		{"123", "123"},
		{"1112223", "123"},           // a sign may take several columns
		{"11_1", "11"},               // and comes twice only with a blank between
		{"3_2_1_4____1_8", "321418"}, // a gap doesn't end a run
		{"1_2_#_3_4_5_#_6", "345"},   // anything else does
		{"1_2_#_3_4", "12"},          // the first of equals
	}
	for _, tt := range tests {
		d := recognizer.Decide(page(written(0, 0.99, tt.line)), students(t, "99999999"), recognizer.DefaultParams())
		if d.Text != tt.want {
			t.Errorf("%q: text %q, want %q", tt.line, d.Text, tt.want)
		}
		if (d.Text == "") != (d.TextConf == 0) || d.TextConf > 1 {
			t.Errorf("%q: text %q has the confidence %g", tt.line, d.Text, d.TextConf)
		}
	}
}

func TestTextConfidence(t *testing.T) {
	for _, sure := range []float64{0.5, 0.8, 0.95} {
		d := recognizer.Decide(page(written(0, sure, "_1_2_3_")), students(t, "123"), recognizer.DefaultParams())
		if math.Abs(d.TextConf-sure) > 0.04 {
			t.Errorf("digits of %g give the confidence %g", sure, d.TextConf)
		}
	}
}

// TestQuantising checks that probabilities survive storage to within a step,
// and that impossible ones do no harm.
func TestQuantising(t *testing.T) {
	for _, p := range []float64{1, 0.9, 0.5, 0.1, 1e-3, 1e-6} {
		rest := (1 - p) / 11
		var y [recognizer.Classes]float64
		for i := range y {
			y[i] = rest
		}
		y[4] = p
		c := recognizer.Soften(recognizer.NewLine(image.Rectangle{}, 0, [][recognizer.Classes]float64{y}), recognizer.Params{Noise: 1e-12})
		if got := c.Digits[0][3]; math.Abs(math.Log(got/p)) > 0.07 {
			t.Errorf("probability %g comes back as %g", p, got)
		}
	}
	odd := [recognizer.Classes]float64{math.NaN(), -1, 0, 2, math.Inf(1), math.Inf(-1)}
	line := recognizer.NewLine(image.Rect(0, 0, 9, 9), 0, [][recognizer.Classes]float64{odd, odd, odd})
	d := recognizer.Decide(page(line), students(t, "22", "33"), recognizer.DefaultParams())
	checkSound(t, d)
}

// TestTemperature checks that a higher one trusts the line model less, and keeps
// what it says likeliest.
func TestTemperature(t *testing.T) {
	rd, ro := page(written(0, 0.97, spaced("32141837"))), students(t, "32141837", "32141831", "32157264")
	last := 1.0
	for _, temperature := range []float64{0.7, 1, 1.5, 2, 4} {
		d := recognizer.Decide(rd, ro, recognizer.Params{Temperature: temperature})
		if d.Candidates[0].StudentID != "32141837" || d.Confidence > last {
			t.Errorf("at %g: %s with %g, before %g", temperature, d.Candidates[0].StudentID, d.Confidence, last)
		}
		last = d.Confidence
	}
}

// TestPriors checks that a student's confidence falls with the share of sheets
// that are no student's.
func TestPriors(t *testing.T) {
	rd, ro := page(written(0, 0.9, spaced("32141897"))), students(t, "32141837", "32157264")
	low := recognizer.Decide(rd, ro, recognizer.Params{Stranger: 0.001, Missing: 0.001})
	high := recognizer.Decide(rd, ro, recognizer.Params{Stranger: 0.4, Missing: 0.1})
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
		d := recognizer.Decide(page(written(0, 0.9999, text)), ro, recognizer.DefaultParams())
		checkSound(t, d)
		if d.Candidates[0].StudentID != "32141837" {
			t.Errorf("%s: %v, want 32141837 first", name, d.Candidates)
		}
	}
}

// TestDates tells what a printed date leaves from an ID.
func TestDates(t *testing.T) {
	for text, want := range map[string]bool{
		"2031": true, "203106": true, "20310614": true, "2031061410": true, "199912": true,
		"20311": true, "20222": false, "203113": false, "20": false, "20311399": false, "32141837": false, "2022561234": false, "1410": false, "41022": false, "": false,
	} {
		if got := recognizer.IsDate(text); got != want {
			t.Errorf("%q: taken for a date: %v, want %v", text, got, want)
		}
	}
}
