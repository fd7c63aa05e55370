package read_test

import (
	"bytes"
	"errors"
	"image"
	"reflect"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/decide/decidetest"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/read/readtest"
)

func TestEvidenceGivesTheSameDecision(t *testing.T) {
	ro := students(t, "32141837", "32157264", "32169902", "32141897")
	for _, rd := range []*read.Reading{
		page(),
		sheet("32141837"),
		page(written(0, 0.6, "3_2_1#4_1_8_#_7"), written(0, 0.3, "1#23#"), written(7, 0.97, "32157264")),
	} {
		back, _ := readtest.Stored(t, rd)
		want := decide.Decide(rd, ro, decide.DefaultParams())
		got := decide.Decide(back, ro, decide.DefaultParams())
		if !reflect.DeepEqual(got, want) {
			t.Errorf("from the evidence %+v, from the reading %+v", got, want)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	good, err := sheet("32141837").MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	change := func(at int, to byte) []byte {
		b := bytes.Clone(good)
		b[at] = to
		return b
	}
	tests := map[string][]byte{
		"nothing":         nil,
		"other bytes":     []byte("PNG\x01 and so on"),
		"another version": change(3, 9),
		"the end missing": good[:len(good)-1],
		"more at the end": append(bytes.Clone(good), 0),
		"a longer model":  change(4, 255),
		"a negative page": change(12, 0xff),
		"too many lines":  change(18, 2),
		"a box outside":   change(22, 0x7f),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			rd := read.Reading{Model: "before"}
			if err := rd.UnmarshalBinary(data); !errors.Is(err, read.ErrEvidence) {
				t.Errorf("got %v, want ErrEvidence", err)
			}
			if rd.Model != "before" {
				t.Error("the reading was changed")
			}
		})
	}
}

func TestMarshalRefuses(t *testing.T) {
	wide := make([][read.Classes]float64, 2000)
	tests := map[string]*read.Reading{
		"a long model":     {Model: string(make([]byte, 65))},
		"a negative page":  {Width: -1},
		"too many lines":   {Width: 9, Height: 9, Lines: make([]read.Line, 300)},
		"a box outside":    {Width: 9, Height: 9, Lines: []read.Line{{Box: image.Rect(0, 0, 10, 9)}}},
		"a negative place": {Width: 9, Height: 9, Lines: []read.Line{{Place: -1}}},
		"too many columns": {Width: 9, Height: 9, Lines: []read.Line{read.NewLine(image.Rectangle{}, 0, wide)}},
	}
	for name, rd := range tests {
		if _, err := rd.MarshalBinary(); !errors.Is(err, read.ErrEvidence) {
			t.Errorf("%s: got %v, want ErrEvidence", name, err)
		}
	}
}

// FuzzUnmarshalBinary checks that hostile evidence is refused or is usable, and
// that what is usable is written back unchanged.
func FuzzUnmarshalBinary(f *testing.F) {
	for _, rd := range []*read.Reading{page(), sheet("32141837"), page(written(3, 0.5, "12"), written(3, 0.5, ""))} {
		data, err := rd.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	line := written(0, 0.9, "_#_1")
	abc(&line)
	lettered := page(line)
	lettered.Lettered = true
	if data, err := lettered.MarshalBinary(); err != nil {
		f.Fatal(err)
	} else {
		f.Add(data)
	}
	ro := students(f, "32141837", "A1")
	f.Fuzz(func(t *testing.T, data []byte) {
		var rd read.Reading
		if err := rd.UnmarshalBinary(data); err != nil {
			return
		}
		again, err := rd.MarshalBinary()
		if err != nil || data[3] >= 4 && !bytes.Equal(again, data) {
			t.Fatalf("written back it differs (%v)", err)
		}
		var back read.Reading
		if err := back.UnmarshalBinary(again); err != nil || !reflect.DeepEqual(back, rd) {
			t.Fatalf("written back and read it differs (%v)", err)
		}
		d := decide.Decide(&rd, ro, decide.DefaultParams())
		decidetest.Sound(t, d)
		if r := rd.HeaderRect(d.Line); !r.In(image.Rect(0, 0, rd.Width, rd.Height)) {
			t.Fatalf("header %v is outside the page", r)
		}
	})
}

// TestPriors writes priors of places and reads them back as decisions take them, and
// finds none in evidence of 0.x.
func TestPriors(t *testing.T) {
	lines := []read.Line{written(0, 0.9, "12"), written(1, 0.9, "12"), written(2, 0.9, "12"), written(3, 0.9, "12")}
	for i, prior := range []float64{0, 1, 0.123, 1e-12} {
		lines[i].Prior = prior
	}
	rd := page(lines...)
	back, _ := readtest.Stored(t, rd)
	for i := range lines {
		if got, want := back.Lines[i].Prior, lines[i].PlacePrior(); got != want || back.Lines[i].PlacePrior() != want {
			t.Errorf("line %d: prior %g, want %g", i, got, want)
		}
	}
	if back.Fingerprint() != rd.Fingerprint() {
		t.Error("the fingerprint changes when evidence is stored")
	}
	if p := lines[3].PlacePrior(); lines[0].PlacePrior() != 0 || lines[1].PlacePrior() != 1 || !(p > 0 && p < 2e-7) {
		t.Errorf("priors %g, %g and %g, want none, 1 and little", lines[0].PlacePrior(), lines[1].PlacePrior(), p)
	}
}

// TestEvidenceOf0x reads evidence as 0.x wrote it.
func TestEvidenceOf0x(t *testing.T) {
	old := []byte("hkb\x02\x04test\xe8\x03\x00\x00\xd0\x07\x00\x00\x01\x00" + // the page, 1 line
		"\x64\x00\x00\x00\x64\x00\x00\x00\x6c\x00\x00\x00\x94\x00\x00\x00" + // its box
		"\x03\x00\x01\x01\x00" + // place 3, turned, 1 column
		"\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff")
	var rd read.Reading
	if err := rd.UnmarshalBinary(old); err != nil {
		t.Fatal(err)
	}
	l := &rd.Lines[0]
	if text, _ := read.FreeText(l); text != "3" || l.Place != 3 || l.Turn != 1 || l.Prior != 0 || rd.Model != "test" {
		t.Errorf("got %+v with the text %q", rd, text)
	}
}
