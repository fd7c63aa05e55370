package recognizer_test

import (
	"image"
	"testing"

	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// written is a line as a good line model sees it: each character of text takes
// one column; a digit is read with the probability sure, '#' is something else,
// '_' is blank. What remains of a column's probability is spread evenly.
func written(place int, sure float64, text string) recognizer.Line {
	var columns [][recognizer.Classes]float64
	for _, c := range text {
		var y [recognizer.Classes]float64
		for i := range y {
			y[i] = (1 - sure) / (recognizer.Classes - 1)
		}
		switch {
		case c >= '0' && c <= '9':
			y[1+c-'0'] = sure
		case c == '#':
			y[recognizer.Classes-1] = sure
		default:
			y[0] = sure
		}
		columns = append(columns, y)
	}
	top := 100 + 100*place
	return recognizer.NewLine(image.Rect(100, top, 100+8*len(text), top+48), place, columns)
}

// page is a reading with a line in each place.
func page(lines ...recognizer.Line) *recognizer.Reading {
	return &recognizer.Reading{Model: "test", Width: 1000, Height: 2000, Lines: lines}
}

// sheet is a page that shows one ID, sharply.
func sheet(id string) *recognizer.Reading { return page(written(0, 0.999999, spaced(id))) }

// spaced puts blanks around the characters of an ID, and text before them.
func spaced(id string) string {
	out := "###_"
	for _, c := range id {
		out += string(c) + "_"
	}
	return out
}

func students(t testing.TB, ids ...string) *roster.Roster {
	t.Helper()
	ro, err := roster.New(ids...)
	if err != nil {
		t.Fatal(err)
	}
	return ro
}
