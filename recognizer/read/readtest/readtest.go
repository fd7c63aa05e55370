// Package readtest writes readings for tests, as a good line model sees them.
package readtest

import (
	"bytes"
	"image"
	"strings"
	"testing"

	"hakbeon/recognizer/read"
)

// Written is a line in which each character of text takes one column; a digit is
// read with the probability sure, '#' is something else, '_' is blank. What remains
// of a column's probability is spread evenly.
func Written(place int, sure float64, text string) read.Line {
	var columns [][read.Classes]float64
	for _, c := range text {
		var y [read.Classes]float64
		for i := range y {
			y[i] = (1 - sure) / (read.Classes - 1)
		}
		switch {
		case c >= '0' && c <= '9':
			y[read.Zero+c-'0'] = sure
		case c == '#':
			y[read.Other] = sure
		default:
			y[read.Blank] = sure
		}
		columns = append(columns, y)
	}
	top := 100 + 100*place
	return read.NewLine(image.Rect(100, top, 100+8*len(text), top+48), place, columns)
}

// Page is a reading of these lines, on a page of 1000 x 2000 pixels.
func Page(lines ...read.Line) *read.Reading {
	return &read.Reading{Model: "test", Width: 1000, Height: 2000, Lines: lines}
}

// Sheet is a page that shows one ID, sharply.
func Sheet(id string) *read.Reading { return Page(Written(0, 0.999999, Spaced(id))) }

// Spaced puts blanks around the characters of an ID, and text before them.
func Spaced(id string) string {
	var out strings.Builder
	out.WriteString("###_")
	for _, c := range id {
		out.WriteString(string(c) + "_")
	}
	return out.String()
}

// Stored is the reading as it comes back from its evidence, and the evidence, which must
// not change when it is written again.
func Stored(tb testing.TB, rd *read.Reading) (back *read.Reading, data []byte) {
	tb.Helper()
	data, err := rd.MarshalBinary()
	if err != nil {
		tb.Fatal(err)
	}
	back = new(read.Reading)
	if err := back.UnmarshalBinary(data); err != nil {
		tb.Fatal(err)
	}
	if again, err := back.MarshalBinary(); err != nil || !bytes.Equal(again, data) {
		tb.Errorf("evidence changes when it is written again (%v)", err)
	}
	return back, data
}
