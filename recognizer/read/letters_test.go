package read_test

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"hakbeon/recognizer/read"
	"hakbeon/recognizer/read/readtest"
)

// abc has a line's columns say A, B, C and so on, each with a probability of 0.9.
func abc(l *read.Line) {
	columns := make([][read.Letters]float64, l.Columns())
	for t := range columns {
		columns[t][t%read.Letters] = 0.9
	}
	l.SetLetters(columns)
}

func TestSigns(t *testing.T) {
	for id, want := range map[string][]int8{"": {}, "09": {0, 9}, "A-1z": {10, 1, 35}, "aZ": {10, 35}, "-": {}} {
		if got := read.Signs(id); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, want %v", id, got, want)
		}
	}
}

// TestLetterColumns keeps letters where something may stand that is no digit.
func TestLetterColumns(t *testing.T) {
	line := written(0, 0.999999, "_#_1#2")
	abc(&line)
	for column, char := range "_#_1#2" {
		of, ok := line.Letters(column)
		if ok != (char == '#') {
			t.Errorf("column %d: letters are kept: %t", column, ok)
		}
		if ok && (math.Abs(of[column]-0.9) > 0.04 || of[25] > 1e-6) {
			t.Errorf("column %d: got %v", column, of)
		}
	}
}

func TestLettersInEvidence(t *testing.T) {
	line := written(0, 0.9, "_#_1_#_2")
	abc(&line)
	for name, rd := range map[string]*read.Reading{
		"lines":      page(line, written(1, 0.9, "12"), line),
		"nothing":    page(),
		"an opinion": {Lines: []read.Line{line}, Width: 1e4, Height: 1e4, Second: &read.Opinion{Text: "A1", Mistakes: read.DefaultMistakes()}},
		"a name": {Lines: []read.Line{line}, Width: 1e4, Height: 1e4, Second: &read.Opinion{Mistakes: read.DefaultMistakes()}, Names: []read.NameLine{
			{Prob: 1, Columns: []read.NameColumn{{Chars: []read.NameChar{{Char: 'a'}}}}},
		}},
	} {
		plain := rd.Fingerprint()
		rd.Lettered = true
		if rd.Fingerprint() == plain {
			t.Errorf("%s: the fingerprint is that of no letters", name)
		}
		back, data := readtest.Stored(t, rd)
		if back.Fingerprint() != rd.Fingerprint() || !back.Lettered {
			t.Errorf("%s: got %+v", name, back)
		}
		for n := range len(data) {
			if err := new(read.Reading).UnmarshalBinary(data[:n]); !errors.Is(err, read.ErrEvidence) {
				t.Errorf("%s: the first %d bytes of %d: %v, want ErrEvidence", name, n, len(data), err)
			}
		}
	}
}

// TestLettersRefused has columns that the line lacks, and some twice.
func TestLettersRefused(t *testing.T) {
	line := written(0, 0.9, "#1")
	abc(&line)
	rd := page(line)
	rd.Lettered = true
	data, err := rd.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	at := len(data) - 1 - read.Letters
	for _, column := range []byte{2, 200} {
		data[at] = column
		if err := new(read.Reading).UnmarshalBinary(data); !errors.Is(err, read.ErrEvidence) {
			t.Errorf("letters of column %d of two: %v, want ErrEvidence", column, err)
		}
	}
}
