package read_test

import (
	"image"
	"math"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/decide/decidetest"
	"hakbeon/recognizer/read"
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
		d := decide.Decide(page(written(0, 0.99, tt.line)), students(t, "99999999"), decide.DefaultParams())
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
		d := decide.Decide(page(written(0, sure, "_1_2_3_")), students(t, "123"), decide.DefaultParams())
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
		var y [read.Classes]float64
		for i := range y {
			y[i] = rest
		}
		y[4] = p
		line := read.NewLine(image.Rectangle{}, 0, [][read.Classes]float64{y})
		if got := line.Column(0)[4]; math.Abs(math.Log(got/p)) > 0.07 {
			t.Errorf("probability %g comes back as %g", p, got)
		}
	}
	odd := [read.Classes]float64{math.NaN(), -1, 0, 2, math.Inf(1), math.Inf(-1)}
	line := read.NewLine(image.Rect(0, 0, 9, 9), 0, [][read.Classes]float64{odd, odd, odd})
	d := decide.Decide(page(line), students(t, "22", "33"), decide.DefaultParams())
	decidetest.Sound(t, d)
}
