package read_test

import (
	"image"
	"reflect"
	"testing"

	"hakbeon/recognizer/read"
	"hakbeon/recognizer/read/readtest"
)

// named is a reading with a name on it.
func named(rd *read.Reading) *read.Reading {
	out := *rd
	out.Names = []read.NameLine{{
		Box: image.Rect(0, 0, 10, 5), Prob: read.Probability(8),
		Columns: []read.NameColumn{
			{Blank: 0},
			{Blank: 60, Chars: []read.NameChar{{Char: '가', Q: 1}, {Char: '각', Q: 40}}},
			{Blank: 3, Chars: []read.NameChar{{Char: 'k', Q: 20}}},
		},
	}}
	return &out
}

func TestNamesInEvidence(t *testing.T) {
	heard := *sheet("32141837")
	heard.Second = &read.Opinion{Text: "32141837", Model: "m", Mistakes: read.DefaultMistakes()}
	for name, plain := range map[string]*read.Reading{"read": sheet("32141837"), "heard": &heard} {
		rd := named(plain)
		back, data := readtest.Stored(t, rd)
		if !reflect.DeepEqual(back.Names, rd.Names) || !reflect.DeepEqual(back.Second, rd.Second) {
			t.Errorf("%s: read back it is %+v, want %+v", name, back.Names, rd.Names)
		}
		if back.Fingerprint() != rd.Fingerprint() || rd.Fingerprint() == plain.Fingerprint() {
			t.Errorf("%s: the fingerprint doesn't tell the name", name)
		}
		for i := range data {
			if err := new(read.Reading).UnmarshalBinary(data[:i]); err == nil {
				t.Fatalf("%s: %d of %d bytes are taken for a reading", name, i, len(data))
			}
		}
	}
}

func TestNamesThatEvidenceCantHold(t *testing.T) {
	for name, change := range map[string]func(*read.NameLine){
		"outside the page": func(l *read.NameLine) { l.Box.Max.X = 1 << 20 },
		"too many columns": func(l *read.NameLine) { l.Columns = make([]read.NameColumn, 129) },
		"too many characters": func(l *read.NameLine) {
			l.Columns[0].Chars = make([]read.NameChar, 25)
		},
		"no turn": func(l *read.NameLine) { l.Turn = 4 },
	} {
		rd := named(sheet("32141837"))
		change(&rd.Names[0])
		if _, err := rd.MarshalBinary(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestUpright turns places the way in which the ID was read, and leaves out those that
// stand across it.
func TestUpright(t *testing.T) {
	right := read.NamePlace{Strip: read.Between(10, 10, 60, 10, 8), Prob: 0.5}
	up := read.NamePlace{Strip: read.Between(10, 60, 10, 10, 8), Prob: 0.4}
	rd := sheet("32141837")
	for turn, want := range map[read.Turn]int{0: 0, 2: 180, 1: 90, 3: 270} {
		for i := range rd.Lines {
			rd.Lines[i].Turn = turn
		}
		got := rd.Upright([]read.NamePlace{right, up})
		if len(got) != 1 || got[0].Turn() != turn {
			t.Errorf("read at %d degrees: got %+v", want, got)
		}
	}
}
