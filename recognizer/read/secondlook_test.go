package read_test

import (
	"image"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
)

// Where it isn't sure where the ID is, nothing is shown.
func TestSecondLookShowsNothing(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 1000, 2000))
	ro := students(t, "32141837", "32157264")
	for name, rd := range map[string]*read.Reading{
		"no line":           page(),
		"no digits":         page(written(0, 0.99, "#_##_#_##__##_#")),
		"few digits":        page(written(0, 0.99, "#_3_2_1_#")),
		"apart":             page(written(0, 0.99, "3_2_1_4_1_8_####################################_3_7")),
		"at the page's end": {Model: "test", Width: 300, Height: 2000, Lines: sheet("32141837").Lines},
	} {
		d := decide.Decide(rd, ro, decide.DefaultParams())
		if name == "at the page's end" {
			rd.Lines[0].Box = image.Rect(0, 100, 300, 150)
		}
		if _, ok := rd.SecondLook(img, d.Line, d.Shown()); ok {
			t.Errorf("%s: something is shown", name)
		}
	}
}
