package recognizer_test

import (
	"bytes"
	"errors"
	"image"
	"reflect"
	"testing"

	"hakbeon/recognizer"
)

func TestEvidenceGivesTheSameDecision(t *testing.T) {
	ro := students(t, "32141837", "32157264", "32169902", "32141897")
	for _, rd := range []*recognizer.Reading{
		page(),
		sheet("32141837"),
		page(written(0, 0.6, "3_2_1#4_1_8_#_7"), written(0, 0.3, "1#23#"), written(7, 0.97, "32157264")),
	} {
		data, err := rd.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back recognizer.Reading
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		want := recognizer.Decide(rd, ro, recognizer.DefaultParams())
		got := recognizer.Decide(&back, ro, recognizer.DefaultParams())
		if !reflect.DeepEqual(got, want) {
			t.Errorf("from the evidence %+v, from the reading %+v", got, want)
		}
		again, err := back.MarshalBinary()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("evidence changes when it is written again (%v)", err)
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
			rd := recognizer.Reading{Model: "before"}
			if err := rd.UnmarshalBinary(data); !errors.Is(err, recognizer.ErrEvidence) {
				t.Errorf("got %v, want ErrEvidence", err)
			}
			if rd.Model != "before" {
				t.Error("the reading was changed")
			}
		})
	}
}

func TestMarshalRefuses(t *testing.T) {
	wide := make([][recognizer.Classes]float64, 2000)
	tests := map[string]*recognizer.Reading{
		"a long model":     {Model: string(make([]byte, 65))},
		"a negative page":  {Width: -1},
		"too many lines":   {Width: 9, Height: 9, Lines: make([]recognizer.Line, 300)},
		"a box outside":    {Width: 9, Height: 9, Lines: []recognizer.Line{{Box: image.Rect(0, 0, 10, 9)}}},
		"a negative place": {Width: 9, Height: 9, Lines: []recognizer.Line{{Place: -1}}},
		"too many columns": {Width: 9, Height: 9, Lines: []recognizer.Line{recognizer.NewLine(image.Rectangle{}, 0, wide)}},
	}
	for name, rd := range tests {
		if _, err := rd.MarshalBinary(); !errors.Is(err, recognizer.ErrEvidence) {
			t.Errorf("%s: got %v, want ErrEvidence", name, err)
		}
	}
}

// FuzzUnmarshalBinary checks that hostile evidence is refused or is usable, and
// that what is usable is written back unchanged.
func FuzzUnmarshalBinary(f *testing.F) {
	for _, rd := range []*recognizer.Reading{page(), sheet("32141837"), page(written(3, 0.5, "12"), written(3, 0.5, ""))} {
		data, err := rd.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	ro := students(f, "32141837", "A1")
	f.Fuzz(func(t *testing.T, data []byte) {
		var rd recognizer.Reading
		if err := rd.UnmarshalBinary(data); err != nil {
			return
		}
		again, err := rd.MarshalBinary()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("written back it differs (%v)", err)
		}
		d := recognizer.Decide(&rd, ro, recognizer.DefaultParams())
		checkSound(t, d)
		if r := rd.HeaderRect(d); !r.In(image.Rect(0, 0, rd.Width, rd.Height)) {
			t.Fatalf("header %v is outside the page", r)
		}
	})
}
