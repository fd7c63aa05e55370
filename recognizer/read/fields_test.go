package read_test

import (
	"context"
	"errors"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"hakbeon/recognizer/read"
)

// reader is a line model that says what it is told, column by column; it keeps the
// sizes of what it was shown.
type reader struct {
	says  []string // one text a call, "_" for blank; the last one again and again
	shown []read.LineImage
	err   error
}

func (*reader) Height() int  { return 32 }
func (*reader) Widest() int  { return 384 }
func (*reader) Close() error { return nil }

func (r *reader) Read(_ context.Context, im read.LineImage) ([]uint8, error) {
	text := r.says[min(len(r.shown), len(r.says)-1)]
	r.shown = append(r.shown, im)
	var out []uint8
	for _, c := range text {
		class := read.Blank
		switch {
		case c >= '0' && c <= '9':
			class = read.Zero + int(c-'0')
		case c == '#':
			class = read.Other
		}
		for i := range read.Classes {
			q := read.Quantise(0.001)
			if i == class {
				q = read.Quantise(0.989)
			}
			out = append(out, q)
		}
	}
	return out, r.err
}

func field(x, prior, down float64) read.Field {
	return read.Field{Strip: read.Between(x, 500, x+200, 500, 30), Prior: prior, Down: down}
}

// fieldsOf reads fields with a model that says this.
func fieldsOf(t *testing.T, says []string, fields ...read.Field) []read.Line {
	t.Helper()
	lines, err := read.Fields(t.Context(), &reader{says: says}, image.NewGray(image.Rect(0, 0, 1000, 1000)), fields)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// places are the first lines of each place.
func places(lines []read.Line) []read.Line {
	return slices.CompactFunc(slices.Clone(lines), func(a, b read.Line) bool { return a.Place == b.Place })
}

// TestFields reads what a finder may give and expects as many places and lines as
// that asks for.
func TestFields(t *testing.T) {
	const clear, faint, turnable = "__3_2_1_4_1_8_3_7__", "____#__#___", "__1_6_0_9_1_8_8_9__"
	for _, c := range []struct {
		name   string
		fields []read.Field
		says   []string
		turns  []read.Turn // of each place
		lines  int
	}{
		{"one that is clear", []read.Field{field(300, 0.99, 0.03)}, []string{clear}, []read.Turn{0}, 2},
		{"the others are unlikely", []read.Field{field(300, 0.98, 0.03), field(100, 0.02, 0.03)}, []string{clear}, []read.Turn{0}, 2},
		{"the likelier one first", []read.Field{field(100, 0.2, 0.03), field(300, 0.7, 0.03)}, []string{clear}, []read.Turn{0, 0}, 4},
		{"digits make the others unlikely", []read.Field{field(300, 0.6, 0.03), field(100, 0.05, 0.03)}, []string{clear}, []read.Turn{0}, 2},
		{"and their want likely", []read.Field{field(300, 0.97, 0.03), field(100, 0.015, 0.03)}, []string{faint}, []read.Turn{0, 2, 0, 2}, 4},
		{"digits that may be upside down", []read.Field{field(300, 0.99, 0.03)}, []string{turnable}, []read.Turn{0, 2}, 4},
		{"nothing legible", []read.Field{field(300, 0.99, 0.03)}, []string{faint}, []read.Turn{0, 2}, 2},
		{"upside down", []read.Field{field(300, 0.6, 0.5), field(100, 0.3, 0.5)}, []string{faint, clear}, []read.Turn{0, 2, 2}, 5},
		{"none", nil, []string{faint}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := fieldsOf(t, c.says, c.fields...)
			if len(lines) != c.lines {
				t.Fatalf("%d lines, want %d", len(lines), c.lines)
			}
			var turns []read.Turn
			for _, l := range places(lines) {
				turns = append(turns, l.Turn)
			}
			if !slices.Equal(turns, c.turns) {
				t.Errorf("turns %v, want %v", turns, c.turns)
			}
		})
	}
}

// TestSettledPriors expects a place to have next to all of its field's prior once digits
// that are none upside down say which way up the page is, be it those of another field.
func TestSettledPriors(t *testing.T) {
	const clear, faint = "__3_2_1_4_1_8_3_7__", "____#__#___"
	for _, c := range []struct {
		name string
		down float64
		says []string
		want []float64 // of each place
	}{
		{"not settled", 0.25, []string{faint}, []float64{0.45, 0.15, 0.225, 0.075}},
		{"at once", 0.5, []string{clear, clear, faint}, []float64{0.6, 0.3}},
		{"upside down", 0.4, []string{faint, clear, clear, faint}, []float64{0, 0.6, 0.3}},
		{"by the second", 0.03, []string{faint, clear, clear}, []float64{0.6, 0.3}},
		{"by the second, after both ways of the first", 0.4, []string{faint, faint, clear}, []float64{0.6, 0, 0.3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []float64
			for _, l := range places(fieldsOf(t, c.says, field(300, 0.6, c.down), field(100, 0.3, c.down))) {
				got = append(got, l.Prior)
			}
			if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 3e-3 }) {
				t.Errorf("priors %v, want %v", got, c.want)
			}
		})
	}
}

// TestPriorsAreKnown has all rows but one say that the page lies the other way: what was
// read in the first one is next to impossible, but no prior is 0, which is an unknown one.
func TestPriorsAreKnown(t *testing.T) {
	var fields []read.Field
	for i := range 6 {
		fields = append(fields, field(100+10*float64(i), 0.15, 0.5))
	}
	lines := fieldsOf(t, []string{"_#_", "__3_7_4_3_4_7_3_7__"}, fields...)
	if turns := lines[0].Turn + lines[1].Turn; turns != 2 {
		t.Fatalf("the first row was not read both ways")
	}
	for i, l := range lines {
		if l.PlacePrior() <= 0 || i == 0 && l.Prior > 1e-6 || i > 0 && l.Prior < 0.14 {
			t.Errorf("line %d: prior %g, %g as decisions take it", i, l.Prior, l.PlacePrior())
		}
	}
}

// TestLoneDigitsSayNothing reads rows of one 7 each, as other writing looks upside down.
func TestLoneDigitsSayNothing(t *testing.T) {
	fields := []read.Field{field(100, 0.2, 0.5), field(200, 0.2, 0.5), field(300, 0.2, 0.5), field(400, 0.2, 0.5)}
	if n := len(places(fieldsOf(t, []string{"__7__"}, fields...))); n != 8 {
		t.Errorf("%d places are read, want all 8", n)
	}
}

// TestLinesHaveABound reads a page full of rows of which each look shows more.
func TestLinesHaveABound(t *testing.T) {
	r := &reader{}
	for n := range 60 {
		r.says = append(r.says, strings.Repeat("1_2_", 5+n%40))
	}
	r.says = slices.Concat(r.says, r.says, r.says, r.says, r.says)
	var fields []read.Field
	for i := range 40 {
		fields = append(fields, field(10*float64(i), 0.9/40, 0.5))
	}
	lines, err := read.Fields(t.Context(), r, image.NewGray(image.Rect(0, 0, 9000, 1000)), fields)
	if err != nil {
		t.Fatal(err)
	}
	most, looks := 0, map[int]int{}
	for _, l := range lines {
		looks[l.Place]++
		most = max(most, looks[l.Place])
	}
	if most < 3 || most > 10 {
		t.Errorf("a place is looked at %d times, want some and not many", most)
	}
	if _, err := (&read.Reading{Lines: lines, Width: 9000, Height: 1000}).MarshalBinary(); err != nil {
		t.Errorf("%d lines: %v", len(lines), err)
	}
}

// TestWhichWayUp reads rows that show digits one way alone, all of which are digits upside
// down, too: their places are likelier in that direction.
func TestWhichWayUp(t *testing.T) {
	const faint, turnable = "____#__#___", "__1_6_0_9_1_8_8_9__"
	var got []float64
	for _, l := range places(fieldsOf(t, []string{faint, faint, turnable, turnable, faint}, field(300, 0.6, 0.03), field(100, 0.3, 0.03))) {
		got = append(got, l.Prior)
	}
	if len(got) < 3 || got[2] < 3*0.03*0.6 {
		t.Errorf("priors %v of the first row, the second and the first upside down, want the last to be likelier than before", got)
	}
}

// TestCutShort expects a strip that ends in the midst of digits to be made longer.
func TestCutShort(t *testing.T) {
	r := &reader{says: []string{"3_2_1_4_1_8", "__3_2_1_4_1_8_3_7__"}}
	lines, err := read.Fields(t.Context(), r, image.NewGray(image.Rect(0, 0, 1000, 1000)), []read.Field{field(300, 0.99, 0.03)})
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if first, second := lines[0].Box.Dx(), lines[1].Box.Dx(); second < first+60 {
		t.Errorf("the strip of %d pixels is read again over %d", first, second)
	}
}

func TestFieldsFail(t *testing.T) {
	broken := errors.New("broken")
	_, err := read.Fields(t.Context(), &reader{says: []string{"_"}, err: broken}, image.NewGray(image.Rect(0, 0, 1000, 1000)), []read.Field{field(300, 0.99, 0.03)})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
