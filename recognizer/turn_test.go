package recognizer_test

import (
	"fmt"
	"image"
	"testing"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
)

// TestEveryWayUp reads a sheet that lies on each of its sides, with a roster of near
// neighbours, and expects the header to show the ID, upright.
func TestEveryWayUp(t *testing.T) {
	r, assets := open(t), drawing(t)
	// The second ID reads as another ID upside down, which is no one's.
	for i, id := range []string{"32157264", "16091889"} {
		ro := students(t, id, "32157204", "32151264", "16091888", "16691889")
		sheet, err := assets.Sheet(uint64(5+i), synth.Spec{ID: id, Name: "김하늘", DPI: 200, Source: synth.FontSource})
		if err != nil {
			t.Fatal(err)
		}
		for turn := range recognizer.Turn(4) {
			t.Run(fmt.Sprintf("%s turned by %d quarters", id, turn), func(t *testing.T) {
				lying := turn.Apply(greyOf(sheet.Image))
				rd, err := r.Read(t.Context(), lying)
				if err != nil {
					t.Fatal(err)
				}
				d := recognizer.Decide(rd, ro, recognizer.DefaultParams())
				if len(d.Candidates) == 0 || d.Candidates[0].StudentID != id {
					t.Fatalf("got %+v, want %s first", d, id)
				}
				if back := (4 - turn) % 4; rd.Lines[d.Line].Turn != back {
					t.Errorf("the line is turned by %d quarters, want %d", rd.Lines[d.Line].Turn, back)
				}
				if h := rd.Header(lying, d.Line).Bounds(); h.Dx() < 2*h.Dy() {
					t.Errorf("the header %v doesn't lie along the ID", h)
				}
			})
		}
	}
}

func greyOf(img *image.RGBA) *image.Gray { return recognizer.Grey(img) }
