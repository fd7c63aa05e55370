package recognizer

import (
	"cmp"
	"context"
	"image"
	"slices"
	"strings"
	"time"

	"hakbeon/recognizer/lines"
)

// search looks for the ID on a page, one way up. It reads candidates, the likeliest
// first, until one says enough digits and a few other text lines have been read, too;
// then it reads just the digits of the best text lines again.
type search struct {
	reader *Reader
	ctx    context.Context //nolint:containedctx // a search lives as long as one call
	page   *image.Gray     // upright
	turn   Turn
	rd     *Reading

	looks int
	read  []*row // the text lines looked at, in that order
}

// row is a text line of the page and what was read there.
type row struct {
	number int // lines.Candidate.Row
	place  int
	tries  int
	best   run
	from   lines.Candidate // that said it
}

// Numbers of the search.
const (
	rowsEnough = 3    // so many text lines are read at least
	unlikely   = 1e-3 // a candidate's rank, of that of a sure one, from which it is read
	triesOfRow = 2    // so many candidates of a text line are read
	leastRun   = 3    // so many digits in a row make a text line worth a closer look
	sureDigits = 5    // so many digits in a row, this clearly read, are taken for the ID
	sureness   = 0.9
	closest    = 2 // so many text lines are looked at more closely
	// turnedSureness is how clearly a line must be read upside down to be doubted.
	turnedSureness = 0.75
)

// run searches.
func (s *search) run() error {
	start := time.Now()
	candidates := lines.Find(s.page)
	s.rd.Timings.Detect += since(start)
	start = time.Now()
	defer func() { s.rd.Timings.Read += since(start) }()
	for i := range candidates {
		c := &candidates[i]
		if s.looks >= s.reader.looks || s.settled(c) {
			break
		}
		if s.below(c) {
			continue
		}
		if r := s.rowOf(c); r.tries < triesOfRow && !r.best.sure() {
			r.tries++
			if err := s.look(r, c); err != nil {
				return err
			}
		}
	}
	if err := s.lookCloser(); err != nil {
		return err
	}
	slices.SortStableFunc(s.rd.Lines, func(a, b Line) int { return a.Place - b.Place })
	return nil
}

// surest is the text line that most surely is an ID, nil if none is.
func (s *search) surest() *row {
	var best *row
	for _, r := range s.read {
		if r.best.sure() && (best == nil || r.from.Middle < best.from.Middle) {
			best = r
		}
	}
	return best
}

// settled says whether neither a candidate nor those after it need to be read.
func (s *search) settled(c *lines.Candidate) bool {
	r := s.surest()
	return r != nil && len(s.read) >= rowsEnough && c.Rank < unlikely*r.from.Rank
}

// below says whether a candidate lies below a line that is surely an ID: answers are
// written below the ID, so only what is above may still be the ID in its place.
func (s *search) below(c *lines.Candidate) bool {
	r := s.surest()
	return r != nil && len(s.read) >= rowsEnough && c.Middle >= r.from.Middle-r.from.Height/2
}

// rowOf is the text line of a candidate.
func (s *search) rowOf(c *lines.Candidate) *row {
	for _, r := range s.read {
		if r.number == c.Row {
			return r
		}
	}
	place := 0
	for _, l := range s.rd.Lines {
		place = max(place, l.Place+1)
	}
	r := &row{number: c.Row, place: place}
	s.read = append(s.read, r)
	return r
}

// look reads a candidate.
func (s *search) look(r *row, c *lines.Candidate) error {
	found, err := s.readStrip(r, margin(c.Strip, 0.2, 1.1), 1)
	if err == nil && (r.tries == 1 || found.sum > r.best.sum) {
		r.best, r.from = found, *c
	}
	return err
}

// closeLook is a way to read digits again: with what adjoins them within reach, with
// room across and above, wider. In shares of the line's height.
type closeLook struct{ reach, across, height, stretch float64 }

// closeLooks are first the digits alone, then with what may be cut off of them: digits
// after a gap or in another box.
var closeLooks = [...]closeLook{
	{0, 0.15, 1.06, 1}, {1.8, 0.3, 1.2, 1.15},
}

// lookCloser reads the digits of the best text lines again.
func (s *search) lookCloser() error {
	best := slices.Clone(s.read)
	slices.SortStableFunc(best, func(a, b *row) int { return cmp.Compare(b.best.sum, a.best.sum) })
	for _, r := range best[:min(len(best), closest)] {
		if r.best.digits() < leastRun || r != best[0] && !r.best.sure() && best[0].best.sure() {
			continue
		}
		found := r.best
		for _, how := range closeLooks {
			if err := s.lookAgain(r, found, how); err != nil {
				return err
			}
		}
		if r.best.digits() > found.digits() { // the first look had cut some off
			if err := s.lookAgain(r, r.best, closeLooks[0]); err != nil {
				return err
			}
		}
	}
	return nil
}

// lookAgain reads what was found on a text line more closely.
func (s *search) lookAgain(r *row, found run, how closeLook) error {
	h := r.from.Height
	strip := r.from.Trim(found.left-0.2*h, found.right+0.3*h, how.reach*h)
	next, err := s.readStrip(r, margin(strip, how.across, how.height), how.stretch)
	if err == nil && next.sum > r.best.sum {
		r.best = next
	}
	return err
}

// eitherWayUp says whether a line reads as an ID upside down, too. Two digits that
// don't look like digits then settle it.
func (s *search) eitherWayUp(r *row) (bool, error) {
	upright := 0
	for _, digit := range r.best.text {
		if strings.ContainsRune("347", digit) {
			upright++
		}
	}
	if upright >= 2 {
		return false, nil
	}
	strip := margin(r.from.Trim(r.best.left, r.best.right, 0), 0.15, 1.06)
	columns, err := s.reader.lines.read(s.ctx, s.page, strip, look{stretch: 1, turned: true})
	other := longestRun(columns, &s.reader.probability)
	return other.digits() >= r.best.digits()-1 && other.sum >= turnedSureness*float64(other.digits()), err
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
	columns, err := s.reader.lines.read(s.ctx, s.page, strip, look{stretch: stretch})
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

// on says where on the page the run's digits are, given the strip they were read on.
func (r run) on(s lines.Strip, columns int) run {
	step := s.Width() / float64(max(columns, 1))
	r.left = s.Left + (float64(r.first)-0.5)*step
	r.right = s.Left + (float64(r.last)+1.5)*step
	return r
}
