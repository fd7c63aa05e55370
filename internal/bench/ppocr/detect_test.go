package ppocr_test

import (
	"math"
	"testing"

	"hakbeon/internal/bench/ppocr"
)

// probabilities is a detector's output in which slanted bars stand for lines.
type probabilities struct {
	w, h int
	p    []float32
}

func newProbabilities(w, h int) *probabilities { return &probabilities{w, h, make([]float32, w*h)} }

// bar fills a core of the given size from its left end's middle on.
func (m *probabilities) bar(left, middle, width, height int, slope float64, p float32) {
	for x := left; x < left+width; x++ {
		mid := float64(middle) + slope*float64(x-left)
		for y := range m.h {
			if math.Abs(float64(y)+0.5-mid) < float64(height)/2 {
				m.p[y*m.w+x] = p
			}
		}
	}
}

func (m *probabilities) find() []ppocr.Strip { return ppocr.Cores(m.p, m.w, m.h) }

func TestCoresFindLinesInSkewedPages(t *testing.T) {
	for _, degrees := range []float64{-5, -1, 0, 0.5, 5} {
		slope := math.Tan(degrees * math.Pi / 180)
		m := newProbabilities(400, 300)
		m.bar(50, 80, 200, 8, slope, 0.9)  // long: has a slope of its own
		m.bar(60, 160, 12, 8, slope, 0.9)  // short: takes the page's
		m.bar(60, 220, 150, 8, slope, 0.8) // another long one
		found := m.find()
		if len(found) != 3 {
			t.Fatalf("%g degrees: found %d lines, want 3", degrees, len(found))
		}
		for i, s := range found {
			if math.Abs(s.Slope-slope) > 0.01 {
				t.Errorf("%g degrees: line %d has slope %.4f, want %.4f", degrees, i, s.Slope, slope)
			}
		}
		top := found[0]
		if i := nearest(found, 80); i >= 0 {
			top = found[i]
		}
		if top.Left > 50 || top.Left < 35 || top.Right < 250 || top.Right > 265 || top.Height < 12 || top.Height > 28 {
			t.Errorf("%g degrees: %+v, want the bar with a margin", degrees, top)
		}
	}
}

// nearest is the strip whose left end's middle is nearest to y.
func nearest(strips []ppocr.Strip, y float64) int {
	best, least := -1, math.Inf(1)
	for i, s := range strips {
		if d := math.Abs(s.Middle - y); d < least {
			best, least = i, d
		}
	}
	return best
}

func TestCoresIgnoreWhatIsNoLine(t *testing.T) {
	tests := map[string]func(m *probabilities){
		"nothing":         func(*probabilities) {},
		"a speck":         func(m *probabilities) { m.bar(50, 50, 2, 2, 0, 1) },
		"a hair":          func(m *probabilities) { m.bar(50, 50, 100, 1, 0, 1) },
		"something faint": func(m *probabilities) { m.bar(50, 50, 100, 10, 0, 0.4) },
		"below threshold": func(m *probabilities) { m.bar(50, 50, 100, 10, 0, 0.2) },
	}
	for name, draw := range tests {
		m := newProbabilities(200, 100)
		draw(m)
		if found := m.find(); len(found) > 0 {
			t.Errorf("%s: found %+v", name, found)
		}
	}
}

func TestCoresOfAFullPage(t *testing.T) {
	m := newProbabilities(64, 96)
	for i := range m.p {
		m.p[i] = 1
	}
	if found := m.find(); len(found) != 1 {
		t.Errorf("found %d lines on a page that is all core, want 1", len(found))
	}
}

// line is a strip of a page 3000 high.
func line(left, right, middle, height float64) ppocr.Strip {
	return ppocr.Strip{Left: left, Right: right, Middle: middle, Height: height}
}

func TestCandidatesJoinNeighbours(t *testing.T) {
	label, id := line(300, 420, 500, 60), line(450, 750, 510, 80)
	far := line(1500, 1900, 500, 60)
	chosen, places := ppocr.Candidates([]ppocr.Strip{far, id, label}, 3000, 20)
	var whole, alone bool
	place := make(map[bool]int) // of the far line, of the others
	for i, c := range chosen {
		place[c.Left == 1500] = places[i]
		whole = whole || c.Left == 300 && c.Right == 750 && c.Height >= 80 && c.Height < 120
		alone = alone || c.Left == 450 && c.Right == 750
	}
	if !whole || !alone || place[true] == place[false] {
		t.Errorf("got %+v in places %v, want the ID alone, with its label, and the far line elsewhere", chosen, places)
	}
}

func TestCandidatesJoinAGapAfterTheFourthDigit(t *testing.T) {
	chosen, places := ppocr.Candidates([]ppocr.Strip{line(450, 600, 500, 70), line(720, 880, 490, 70)}, 3000, 20)
	for i, c := range chosen {
		if c.Left == 450 && c.Right == 880 && places[i] == places[0] {
			return
		}
	}
	t.Errorf("got %+v, want both halves together", chosen)
}

func TestCandidatesLeaveOut(t *testing.T) {
	tests := map[string]ppocr.Strip{
		"a single sign": line(100, 150, 500, 50),
		"a sentence":    line(100, 2000, 500, 50),
	}
	for name, s := range tests {
		if chosen, _ := ppocr.Candidates([]ppocr.Strip{s}, 3000, 20); len(chosen) > 0 {
			t.Errorf("%s: chosen as %+v", name, chosen)
		}
	}
}

// TestCandidatesAreFew fills a page with a table and expects the ID's line among
// the chosen ones.
func TestCandidatesAreFew(t *testing.T) {
	id := line(450, 1000, 500, 70)
	page := []ppocr.Strip{id}
	for row := range 30 {
		y := 700 + 75*float64(row)
		page = append(page, line(150, 230, y, 45), line(300, 330, y, 45), line(600, 800, y, 60))
	}
	chosen, places := ppocr.Candidates(page, 3000, 12)
	if len(chosen) != 12 || len(places) != 12 {
		t.Fatalf("chose %d lines, want 12", len(chosen))
	}
	if i := nearest(chosen, 500); chosen[i] != id {
		t.Errorf("the ID's line isn't among %+v", chosen)
	}
	for i := 1; i < len(places); i++ {
		if places[i] < places[i-1] || places[i] > places[i-1]+1 {
			t.Errorf("places %v are not numbered in order", places)
		}
	}
}

func TestPool(t *testing.T) {
	const keys = "n\n7\n가" // classes 1 to 3; 0 is blank, 4 the space
	const table = "7\t0\t0\t0\t0\t0\t0\t0\t0\t0.8\t0\t0.1\n" +
		"7\t1\t0\t0\t0\t0\t0\t0\t0\t0.9\t0\t0\n" +
		"n\t0\t0\t0\t0\t0\t0\t0\t0\t0.5\t0\t0\n"
	tests := []struct {
		name   string
		column []float32
		want   map[int]float32
	}{
		{"blank and space", []float32{0.5, 0, 0, 0, 0.5}, map[int]float32{0: 1}},
		{"an unsure digit", []float32{0.2, 0, 0.8, 0, 0}, map[int]float32{0: 0.2, 8: 0.64, 10: 0.08, 11: 0.08}},
		{"a surer digit", []float32{0.05, 0, 0.95, 0, 0}, map[int]float32{0: 0.05, 8: 0.855, 11: 0.095}},
		{"a look-alike", []float32{0, 0.6, 0, 0.4, 0}, map[int]float32{8: 0.3, 11: 0.7}},
		{"something else", []float32{0, 0, 0, 1, 0}, map[int]float32{11: 1}},
	}
	for _, tt := range tests {
		got, err := ppocr.Pool(keys, table, tt.column)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			if math.Abs(float64(v-tt.want[i])) > 1e-6 {
				t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
				break
			}
		}
	}
}

func TestPoolRefusesBadTables(t *testing.T) {
	for name, table := range map[string]string{
		"too few fields":   "7\t0\t1",
		"an unknown sign":  "Q\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0",
		"a bad certainty":  "7\t3\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0",
		"a weight above 1": "7\t0\t2\t0\t0\t0\t0\t0\t0\t0\t0\t0",
		"not a number":     "7\t0\tx\t0\t0\t0\t0\t0\t0\t0\t0\t0",
	} {
		if _, err := ppocr.Pool("7", table, []float32{1, 0, 0}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
