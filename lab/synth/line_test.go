package synth_test

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"hakbeon/lab/synth"
)

func drawLine(t testing.TB, seed uint64, s synth.Spec) *synth.Sheet {
	t.Helper()
	line, err := load(t).Line(seed, s)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// darkest returns the darkest green value within a rectangle.
func darkest(m *image.RGBA, area image.Rectangle) uint8 {
	least := uint8(255)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			least = min(least, m.RGBAAt(x, y).G)
		}
	}
	return least
}

func TestLineIsDeterministic(t *testing.T) {
	spec := synth.Spec{ID: "32141837", Name: "한가온"}
	one, same, other := drawLine(t, 5, spec), drawLine(t, 5, spec), drawLine(t, 6, spec)
	if !slices.Equal(one.Image.Pix, same.Image.Pix) {
		t.Error("the same seed draws other pixels")
	}
	if slices.Equal(one.Image.Pix, other.Image.Pix) {
		t.Error("another seed draws the same pixels")
	}
}

func TestBoxesHoldTheInk(t *testing.T) {
	for _, source := range []synth.Source{synth.PenSource, synth.MNISTSource, synth.FontSource} {
		for seed := range uint64(6) {
			t.Run(fmt.Sprintf("%v/%d", source, seed), func(t *testing.T) {
				s := drawLine(t, seed, synth.Spec{ID: "32171720", Name: "오누리", Source: source})
				checkBoxes(t, s)
			})
		}
	}
}

// checkBoxes checks the truth of a line with an ID of eight digits and a name.
func checkBoxes(t *testing.T, s *synth.Sheet) {
	t.Helper()
	truth, area := s.Truth, s.Image.Bounds()
	if truth.ID != "32171720" || len(truth.Digits) != 8 {
		t.Fatalf("ID %q with %d boxes", truth.ID, len(truth.Digits))
	}
	for i, box := range append([]image.Rectangle{truth.NameBox}, truth.Digits...) {
		if box.Empty() || !box.In(area) || !box.In(truth.LineBox) {
			t.Errorf("box %d is %v in the line %v of %v", i, box, truth.LineBox, area)
		}
		if got := darkest(s.Image, box); got > 200 {
			t.Errorf("box %d, %v: nothing there is darker than %d", i, box, got)
		}
		if i > 0 && !box.In(truth.IDBox) {
			t.Errorf("digit %d, %v, lies outside the ID %v", i, box, truth.IDBox)
		}
		if i > 1 && box.Min.X+box.Max.X <= truth.Digits[i-2].Min.X+truth.Digits[i-2].Max.X {
			t.Errorf("digit %d is not right of the one before", i)
		}
	}
	if h := truth.IDBox.Dy(); h < 25 || h > 120 {
		t.Errorf("ID is %d pixels high", h)
	}
	if truth.IDBox.Max.X > truth.NameBox.Min.X {
		t.Errorf("ID %v reaches into the name %v", truth.IDBox, truth.NameBox)
	}
}

func TestLineVaries(t *testing.T) {
	heights, tints := map[int]bool{}, map[bool]bool{}
	for seed := range uint64(14) {
		s := drawLine(t, seed, synth.Spec{ID: "32190090"})
		heights[s.Truth.IDBox.Dy()/8] = true
		tints[s.Image.RGBAAt(3, 3).B > 250] = true
	}
	if len(heights) < 4 || len(tints) != 2 {
		t.Errorf("heights (by eight pixels) %v, white paper %v", heights, tints)
	}
}

func TestBlankLine(t *testing.T) {
	for name, spec := range map[string]synth.Spec{
		"told to be":    {ID: "32190090", Name: "서다온", Blank: true},
		"of no content": {},
	} {
		s := drawLine(t, 3, spec)
		if s.Truth.ID != "" || !s.Truth.IDBox.Empty() || len(s.Truth.Digits) != 0 || !s.Truth.NameBox.Empty() {
			t.Errorf("%s: truth of a blank line is %+v", name, s.Truth)
		}
		if s.Truth.LineBox.Empty() {
			t.Errorf("%s: no box around the printed labels", name)
		}
	}
}

func TestLabelAndUnderline(t *testing.T) {
	plain := drawLine(t, 9, synth.Spec{ID: "32190090"})
	label := drawLine(t, 9, synth.Spec{ID: "32190090", Label: "수험번호 :"})
	if label.Truth.IDBox.Min.X <= plain.Truth.IDBox.Min.X {
		t.Errorf("a longer label leaves the ID at %v, before at %v", label.Truth.IDBox, plain.Truth.IDBox)
	}
	ruled := drawLine(t, 9, synth.Spec{ID: "32190090", Field: synth.Underlined})
	if slices.Equal(plain.Image.Pix, ruled.Image.Pix) {
		t.Error("no line is drawn under the ID")
	}
}

func TestIDsOfOtherForms(t *testing.T) {
	for _, id := range []string{"7", "2017-12345", "A1b2C3", "32190090321900903219009032190090"} {
		s := drawLine(t, 2, synth.Spec{ID: id, Name: "안시내"})
		if s.Truth.ID != id || len(s.Truth.Digits) != len(id) {
			t.Errorf("%q: truth is %q with %d boxes", id, s.Truth.ID, len(s.Truth.Digits))
		}
		if s.Truth.IDBox.Max.X > s.Truth.NameBox.Min.X {
			t.Errorf("%q: the ID reaches into the name", id)
		}
	}
}

func BenchmarkLine(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		drawLine(b, uint64(i), synth.Spec{ID: "32141837", Name: "김하늘"})
	}
}
