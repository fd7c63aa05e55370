package synth_test

import (
	"fmt"
	"testing"

	"hakbeon/lab/synth"
)

// TestEveryPartDraws draws lines with each part's writers, in every field and with
// many labels: none may need a character that no font has.
func TestEveryPartDraws(t *testing.T) {
	for _, part := range []synth.Part{synth.Everyone, synth.Testing, synth.Shifted} {
		assets, err := load(t).Only(part)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 36 {
			spec := synth.Spec{ID: "32141837", Name: "김하늘", Title: fmt.Sprint("시험 ", i), DPI: 100, Field: synth.Field(i % 6)}
			sheet, err := assets.Line(uint64(i), spec)
			if err != nil {
				t.Fatalf("part %d, %d: %v", part, i, err)
			}
			if len(sheet.Truth.Digits) != 8 || len(sheet.Truth.Glyphs) < 12 {
				t.Errorf("part %d, %d: %d digits and %d characters", part, i, len(sheet.Truth.Digits), len(sheet.Truth.Glyphs))
			}
		}
	}
	if _, err := load(t).Only(99); err == nil {
		t.Error("an unknown part draws")
	}
}

// TestAnySpecVaries expects IDs of all lengths in all fields.
func TestAnySpecVaries(t *testing.T) {
	lengths, fields := map[int]bool{}, map[synth.Field]bool{}
	for seed := range uint64(400) {
		s := synth.AnySpec(seed)
		lengths[len(s.ID)], fields[s.Field] = true, true
	}
	for n := 4; n <= 12; n++ {
		if !lengths[n] {
			t.Errorf("no ID has %d characters", n)
		}
	}
	if len(fields) != 6 {
		t.Errorf("%d fields, want 6", len(fields))
	}
}
