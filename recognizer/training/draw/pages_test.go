package main

import (
	"bytes"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"hakbeon/lab/synth"
)

// drawn returns the records of a few pages.
func drawn(t *testing.T, part string, n uint64) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := start(&out, part, pageCrops, options{first: 5, step: 3, n: n, people: "training"}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const recordSize = cropSide*cropSide + 3*mapSide*mapSide + 1

func TestPageRecords(t *testing.T) {
	for _, part := range []string{"training", "testing"} {
		out := drawn(t, part, 4)
		if len(out) != 4*cropsOfPage*recordSize {
			t.Fatalf("%s: %d bytes for 4 pages", part, len(out))
		}
		ids := 0
		for len(out) > 0 {
			if checkRecord(t, out[:recordSize]) {
				ids++
			}
			out = out[recordSize:]
		}
		if ids < 4 {
			t.Errorf("%s: %d of 16 crops show an ID", part, ids)
		}
	}
}

// checkRecord looks for maps that contradict each other, and says whether there is an ID.
func checkRecord(t *testing.T, r []byte) (id bool) {
	t.Helper()
	const n = mapSide * mapSide
	flags, height, back := r[cropSide*cropSide:][:n], r[cropSide*cropSide+n:][:n], r[cropSide*cropSide+2*n:][:n]
	for i, f := range flags {
		id = id || f&flagID != 0
		switch {
		case f&flagID != 0 && f&flagDigits == 0:
			t.Fatal("an ID that is no row of digits")
		case f&flagDigits != 0 && f&flagIgnore != 0:
			t.Fatal("a row of digits that is ignored")
		case (f&flagDigits != 0) != (height[i] != 0):
			t.Fatalf("flags %08b and height %d", f, height[i])
		case back[i] > 1:
			t.Fatalf("%d in the map of the back", back[i])
		}
	}
	if r[recordSize-1] > 3 {
		t.Fatalf("%d quarter turns", r[recordSize-1])
	}
	return id
}

func TestPageRecordsAreTheSameForASeed(t *testing.T) {
	if !bytes.Equal(drawn(t, "training", 1), drawn(t, "training", 1)) {
		t.Error("two runs wrote different records")
	}
}

// row is a page with one level ID, 200 pixels long and 20 high, its middle at 300, 150.
func row() *synth.Truth {
	return &synth.Truth{Regions: []synth.Region{{
		Kind: synth.IDRow, Height: 20,
		Quad: [4]synth.Point{{X: 200, Y: 140}, {X: 400, Y: 140}, {X: 400, Y: 160}, {X: 200, Y: 160}},
	}}}
}

func TestPaintedMaps(t *testing.T) {
	r := &pageRecord{grey: make([]byte, cropSide*cropSide), back: make([]byte, mapSide*mapSide)}
	r.paint(row(), window{scale: 1})
	at := func(x, y int) byte { return r.flags[y/cell*mapSide+x/cell] }
	for _, test := range []struct {
		name string
		x, y int
		want byte
	}{
		{"middle", 300, 150, flagID | flagDigits},
		{"left end", 202, 150, flagID | flagDigits | flagLeft},
		{"right end", 398, 150, flagID | flagDigits | flagRight},
		{"just above the middle half", 300, 142, flagIgnore},
		{"beyond the right end", 401, 142, flagRight | flagIgnore},
		{"above", 300, 120, 0},
		{"far left", 150, 150, 0},
	} {
		if got := at(test.x, test.y); got != test.want {
			t.Errorf("%s: flags %08b, want %08b", test.name, got, test.want)
		}
	}
	if got := r.height[150/cell*mapSide+300/cell]; got != 69 { // 16 log2(20) is 69.15
		t.Errorf("height %d", got)
	}
	r.turn(1)
	if r.flags[300/cell*mapSide+(mapSide-1-150/cell)] != flagID|flagDigits {
		t.Error("the maps didn't turn clockwise")
	}
	r.turn(3)
	if got := at(202, 150); got != flagID|flagDigits|flagLeft {
		t.Errorf("four quarter turns changed the left end to %08b", got)
	}
}

func TestReducedIsAnAverage(t *testing.T) {
	page := image.NewGray(image.Rect(0, 0, 1000, 1400))
	for i := range page.Pix {
		page.Pix[i] = byte(100 + 100*(i%2)) // columns of 100 and 200
	}
	out := reduced(page, window{scale: 0.5, x: 100, y: 600})
	if got := out[cropSide+3]; got != 150 {
		t.Errorf("the mean of 100 and 200 is %d", got)
	}
	if got := out[len(out)-1]; got != 255 {
		t.Errorf("below the page is %d, want white", got)
	}
}

// TestWindows checks that crops lie on the page and that six in ten and more show the
// ID's middle.
func TestWindows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	size, shown := image.Pt(900, 1200), 0
	const n = 2000
	for range n {
		w := anyWindow(rng, size, row())
		if long := w.scale * 1200; long < 640 || long > 900 {
			t.Fatalf("a page of %.0f pixels", long)
		}
		if w.x < -24 || w.y < -24 || w.x > w.room(900)+24 && w.room(900) > 0 || w.y > w.room(1200)+24 {
			t.Fatalf("a crop at %.0f, %.0f", w.x, w.y)
		}
		x, y := w.scale*300-w.x, w.scale*150-w.y
		if x > 0 && y > 0 && x < cropSide && y < cropSide {
			shown++
		}
	}
	if shown < 6*n/10 {
		t.Errorf("%d of %d crops show the ID", shown, n)
	}
}

func TestPreview(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "look")
	if err := start(new(bytes.Buffer), "training", pageCrops, options{n: 1, step: 1, preview: dir, people: "training"}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("%d files, error %v", len(files), err)
	}
}
