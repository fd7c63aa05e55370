package recognizer

import (
	"context"
	"image"
	"slices"
	"time"

	"hakbeon/recognizer/lines"
)

// search looks for the ID on a page, one way up.
type search struct {
	reader *Reader
	ctx    context.Context //nolint:containedctx // a search lives as long as one call
	page   *image.Gray     // upright
	turn   Turn
	rd     *Reading

	looks int
	read  []row // the text lines looked at, in that order
}

// row is a text line of the page and what was read there.
type row struct {
	number int // lines.Candidate.Row
	place  int
	best   run
	tries  int
}

// Numbers of the search.
const (
	rowsBeforeStop = 3 // so many text lines are read before a sure one ends the search
	triesOfRow     = 2 // so many candidates of a text line are read
	leastRun       = 3 // so many digits in a row make a text line worth a closer look
	sureDigits     = 6 // so many digits in a row, this clearly read, are taken for the ID
	sureness       = 0.9
)

// run reads the candidates, the likeliest first, and looks again at those that say
// digits. It reports whether one of them is surely an ID.
func (s *search) run() (sure bool, err error) {
	start := time.Now()
	candidates := lines.Find(s.page)
	s.rd.Timings.Detect += since(start)
	start = time.Now()
	defer func() { s.rd.Timings.Read += since(start) }()
	for i := range candidates {
		c := &candidates[i]
		if s.looks >= s.reader.looks || sure && len(s.read) >= rowsBeforeStop {
			break
		}
		r := s.rowOf(c)
		if r.tries >= triesOfRow || r.best.sure() || sure && r.tries > 0 {
			continue
		}
		r.tries++
		if err := s.look(r, c); err != nil {
			return false, err
		}
		sure = sure || r.best.sure()
	}
	slices.SortStableFunc(s.rd.Lines, func(a, b Line) int { return a.Place - b.Place })
	return sure, nil
}

// rowOf is the text line of a candidate.
func (s *search) rowOf(c *lines.Candidate) *row {
	for i := range s.read {
		if s.read[i].number == c.Row {
			return &s.read[i]
		}
	}
	place := 0
	for _, l := range s.rd.Lines {
		place = max(place, l.Place+1)
	}
	s.read = append(s.read, row{number: c.Row, place: place})
	return &s.read[len(s.read)-1]
}

// look reads a candidate, then, if there are digits, just the digits, twice: once as
// they are and once a little wider and with more room around them.
func (s *search) look(r *row, c *lines.Candidate) error {
	found, err := s.readStrip(r, margin(c.Strip, 0.2, 1.1), 1)
	if err != nil || found.digits() < leastRun || found.digits() <= r.best.digits() && r.best.sure() {
		return err
	}
	if !r.best.better(found) {
		r.best = found
	}
	tight := c.Trim(found.left, found.right)
	for _, again := range []struct{ across, height, stretch float64 }{{0.15, 1.06, 1}, {0.3, 1.25, 1.2}} {
		next, err := s.readStrip(r, margin(tight, again.across, again.height), again.stretch)
		if err != nil {
			return err
		}
		if !r.best.better(next) {
			r.best = next
		}
	}
	return nil
}

// margin makes a strip longer at both ends by a share of its height, and higher by
// a factor.
func margin(s lines.Strip, across, height float64) lines.Strip {
	across *= s.Height
	s.Middle -= s.Slope * across
	s.Left, s.Right, s.Height = s.Left-across, s.Right+across, s.Height*height
	return s
}

// readStrip reads a strip and keeps what it says as a line of the reading.
func (s *search) readStrip(r *row, strip lines.Strip, stretch float64) (run, error) {
	columns, err := s.reader.lines.read(s.ctx, s.page, strip, stretch)
	if err != nil {
		return run{}, err
	}
	s.looks++
	box := s.turn.back(strip.Bounds().Intersect(s.page.Rect), image.Pt(s.rd.Width, s.rd.Height))
	s.rd.Lines = append(s.rd.Lines, Line{Box: box, Place: r.place, Turn: s.turn, columns: columns})
	return longestRun(columns, &s.reader.probability).on(strip, len(columns)/Classes), nil
}

func (r run) digits() int { return len(r.text) }

// sure says whether the run must be an ID, as far as shape can tell.
func (r run) sure() bool {
	return r.digits() >= sureDigits && r.sum >= sureness*float64(r.digits())
}

// better says whether r says more digits more clearly than other.
func (r run) better(other run) bool { return r.sum >= other.sum }

// on says where on the page the run's digits are, given the strip they were read on.
func (r run) on(s lines.Strip, columns int) run {
	step := s.Width() / float64(max(columns, 1))
	r.left = s.Left + (float64(r.first)-0.5)*step
	r.right = s.Left + (float64(r.last)+1.5)*step
	return r
}
