package synth_test

import (
	"bytes"
	"image"
	"testing"
	"unicode"

	"hakbeon/lab/synth"
)

func TestKoreanName(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(2000) {
		name := []rune(synth.KoreanName(seed))
		if len(name) < 2 || len(name) > 4 {
			t.Errorf("%q has %d syllables", string(name), len(name))
		}
		for _, c := range name {
			if !unicode.Is(unicode.Hangul, c) {
				t.Errorf("%q has %q", string(name), c)
			}
		}
		seen[string(name)] = true
	}
	if len(seen) < 1500 {
		t.Errorf("2000 people have %d names only", len(seen))
	}
}

// TestNameFamiliesAreApart finds no font with two parts.
func TestNameFamiliesAreApart(t *testing.T) {
	whose := map[string]synth.Part{}
	for _, part := range []synth.Part{synth.Training, synth.Testing, synth.Shifted} {
		for _, file := range synth.NameFonts(part) {
			if other, twice := whose[file]; twice {
				t.Errorf("%s is of part %d and of part %d", file, other, part)
			}
			whose[file] = part
		}
	}
}

func TestNameField(t *testing.T) {
	assets := load(t)
	for _, part := range []synth.Part{synth.Training, synth.Testing, synth.Shifted} {
		hands, missing, err := assets.NameHands(part)
		if err != nil {
			t.Fatal(err)
		}
		if len(missing) > 0 {
			t.Logf("SKIPPED %d fonts that are not installed", len(missing))
		}
		const fields = 24
		names := 0
		for seed := range uint64(fields) {
			f, err := hands.NameField(seed)
			if err != nil {
				t.Fatal(err)
			}
			if seed%8 == 0 {
				again, err := hands.NameField(seed)
				if err != nil || again.Text != f.Text || !bytes.Equal(again.Image.Pix, f.Image.Pix) {
					t.Errorf("seed %d gives two pictures (%v)", seed, err)
				}
			}
			if f.Text == "" {
				continue
			}
			names++
			box := image.Rect(int(f.Quad[0].X), int(f.Quad[0].Y), int(f.Quad[2].X), int(f.Quad[2].Y))
			if !box.In(f.Image.Rect) || box.Dx() < box.Dy()/2 {
				t.Errorf("seed %d: the name lies at %v of %v", seed, box, f.Image.Rect)
			}
		}
		if names < fields/2 || names == fields {
			t.Errorf("part %d: %d of %d fields have names", part, names, fields)
		}
	}
}

// TestThinned leaves one line of a thick one, and all of its length but the ends.
func TestThinned(t *testing.T) {
	bar := image.NewAlpha(image.Rect(0, 0, 60, 20))
	for y := 6; y < 13; y++ {
		for x := 5; x < 55; x++ {
			bar.Pix[y*bar.Stride+x] = 255
		}
	}
	columns := map[int]int{}
	for _, p := range synth.Thinned(bar) {
		if p[1] < 8 || p[1] > 11 {
			t.Errorf("a point at %v, off the middle", p)
		}
		columns[int(p[0])]++
	}
	if len(columns) < 40 {
		t.Errorf("%d columns of fifty are left", len(columns))
	}
	for x, n := range columns {
		if n > 2 {
			t.Errorf("%d points in column %d", n, x)
		}
	}
}

// TestWithNames draws a page whose name another hand wrote: where the name is, and
// nowhere else.
func TestWithNames(t *testing.T) {
	assets := load(t)
	hands, _, err := assets.NameHands(synth.Testing)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for seed := range uint64(6) {
		spec := synth.AnyPage(seed)
		spec.Name, spec.Blank = "김민준", false
		_, truth, err := assets.WithNames(hands).GreyPage(seed, spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range truth.Regions {
			if r.Kind == synth.NameHand {
				found++
			}
		}
	}
	if found < 2 {
		t.Errorf("%d names on six pages", found)
	}
}
