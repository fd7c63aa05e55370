package recognizer

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
	"strings"
	"time"

	"hakbeon/recognizer/lines"
	"hakbeon/recognizer/read"
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

	looks  int    // at candidates
	closer int    // text lines looked at more closely at once
	read   []*row // the text lines looked at, in that order
}

// row is a text line of the page and what was read there.
type row struct {
	number int // lines.Candidate.Row
	place  int
	tries  int
	best   run
	from   lines.Candidate // that said it
	closer bool            // was looked at more closely
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
	// Where nothing is surely an ID, more text lines are, and such with fewer digits: of
	// an ID in two boxes one may have been read.
	closestUnsure  = 4
	leastRunUnsure = 2
	// widestBetween is how many heights of the line the halves of an ID are apart at most.
	widestBetween = 6.0
	// agreed is how clearly digits must be read, each on average, for a second look
	// that says the same to be enough.
	agreed = 0.98
	// confirmed is how clearly a closer look must read an ID's digits for the first one
	// to be believed that they are an ID.
	confirmed = 0.8
	// mostConfirmed and mostAcross bound the looks at a page on which everything looks
	// like an ID: so many such text lines are looked at closely at once, and so many
	// pairs of them as one.
	mostConfirmed = 4
	mostAcross    = 2
	// The first look is narrower than the closer ones, for it only has to find digits: a
	// strip that would be wider than this, in pixels of the crop, down to such a share.
	roomy     = 160.0
	narrowest = 0.75
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

// dated says whether a text line is surely a date, which shows that this way up is right.
func (s *search) dated() bool {
	return slices.ContainsFunc(s.read, func(r *row) bool {
		return r.best.digits() >= sureDigits && r.best.clear(sureness) && r.best.date()
	})
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

// look reads a candidate, and if it is an ID by that, once more and closer.
func (s *search) look(r *row, c *lines.Candidate) error {
	s.looks++
	r.tries++
	strip := margin(c.Strip, 0.2, 1.1)
	found, err := s.readStrip(r, strip, max(narrowest, min(1, roomy*strip.Height/(lines.Height*strip.Width()))))
	if err != nil || r.tries > 1 && found.Sum <= r.best.Sum {
		return err
	}
	r.best, r.from = found, *c
	if found.sure() && s.closer < mostConfirmed {
		s.closer++
		return s.lookCloserAt(r)
	}
	return nil
}

// closeLook is a way to read digits again: with what adjoins them within reach, with
// room across and above, wider. In shares of the line's height.
type closeLook struct{ reach, across, height, stretch float64 }

var (
	// alone is the digits alone.
	alone = closeLook{0, 0.15, 1.06, 1}
	// adjoining is with what may be cut off of them: digits after a gap or in another
	// box.
	adjoining = closeLook{1.8, 0.3, 1.2, 1.15}
)

// lookCloser reads the digits of the best text lines again.
func (s *search) lookCloser() error {
	most, least := closest, leastRun
	unsure := s.surest() == nil
	if unsure {
		most, least = closestUnsure, leastRunUnsure
	}
	best := slices.DeleteFunc(slices.Clone(s.read), func(r *row) bool {
		return r.best.digits() < least || !unsure && r.best.date()
	})
	dated := func(r *row) int { // dates are looked at last
		if unsure && r.best.date() {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(best, func(a, b *row) int {
		return cmp.Or(cmp.Compare(dated(a), dated(b)), cmp.Compare(b.best.Sum, a.best.Sum))
	})
	if err := s.lookAcross(); err != nil {
		return err
	}
	for _, r := range best[:min(len(best), most)] {
		if r.closer || r != best[0] && !r.best.sure() && best[0].best.sure() {
			continue
		}
		if err := s.lookCloserAt(r); err != nil {
			return err
		}
	}
	return nil
}

// lookAcross reads what stands on two text lines beside each other as one: an ID whose
// digits are written far apart, or in two boxes.
func (s *search) lookAcross() error {
	pairs := 0
	for _, a := range s.read {
		for _, b := range s.read {
			if pairs >= mostAcross || !s.apart(a, b) {
				continue
			}
			pairs++
			both := run{left: a.best.left, right: b.best.right}
			for _, how := range [...]closeLook{alone, adjoining} {
				if _, err := s.lookAgain(a, both, how); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// apart says whether the digits of two text lines may be the two halves of an ID.
func (s *search) apart(a, b *row) bool {
	least := leastRun
	if s.surest() == nil {
		least = leastRunUnsure
	} else if a.best.date() {
		return false
	}
	if a.best.sure() || b.best.sure() || min(a.best.digits(), b.best.digits()) == 0 || a.best.digits()+b.best.digits() < least {
		return false
	}
	h := max(a.from.Height, b.from.Height)
	gap := b.best.left - a.best.right
	level := math.Abs(a.from.MiddleAt(a.best.right) - b.from.MiddleAt(b.best.left))
	return gap > 0 && gap < widestBetween*h && level < 0.5*h
}

// lookCloserAt reads a text line's digits both ways, first the one that shows more. If
// that clearly says what was read already, it is enough.
func (s *search) lookCloserAt(r *row) error {
	found := r.best
	ways := [...]closeLook{adjoining, alone}
	if r.trim(found, adjoining).Width() == r.trim(found, alone).Width() { // nothing adjoins
		ways = [...]closeLook{alone, adjoining}
	}
	r.closer = true
	sure, clearest := false, run{}
	for _, how := range ways {
		again, err := s.lookAgain(r, found, how)
		if err != nil {
			return err
		}
		if again.Sum > clearest.Sum {
			clearest = again
		}
		sure = sure || again.digits() >= sureDigits && again.clear(confirmed)
		if again.Text == found.Text && again.clear(agreed) {
			break
		}
	}
	if found.sure() && !sure {
		r.best = clearest
	}
	if r.best.digits() > found.digits() { // the first look had cut some off
		_, err := s.lookAgain(r, r.best, alone)
		return err
	}
	return nil
}

// lookAgain reads what was found on a text line more closely.
func (s *search) lookAgain(r *row, found run, how closeLook) (run, error) {
	next, err := s.readStrip(r, margin(r.trim(found, how), how.across, how.height), how.stretch)
	if err == nil && next.Sum > r.best.Sum {
		r.best = next
	}
	return next, err
}

// trim is the strip around what was found on a text line.
func (r *row) trim(found run, how closeLook) lines.Strip {
	h := r.from.Height
	return r.from.Trim(found.left-0.2*h, found.right+0.3*h, how.reach*h)
}

// eitherWayUp says whether a line reads as an ID upside down, too. Two digits that
// don't look like digits then settle it.
func (s *search) eitherWayUp(r *row) (bool, error) {
	upright := 0
	for _, digit := range r.best.Text {
		if strings.ContainsRune("347", digit) {
			upright++
		}
	}
	if upright >= 2 {
		return false, nil
	}
	strip := margin(r.from.Trim(r.best.left, r.best.right, 0), 0.15, 1.06)
	columns, err := s.reader.lines.read(s.ctx, s.page, strip, look{stretch: 1, turned: true})
	upsideDown := read.QuantisedLine(image.Rectangle{}, 0, columns)
	other := run{Run: read.LongestRun(&upsideDown)}
	return other.digits() >= r.best.digits()-1 && other.Sum >= turnedSureness*float64(other.digits()), err
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
	box := s.turn.Back(strip.Bounds().Intersect(s.page.Rect), image.Pt(s.rd.Width, s.rd.Height))
	line := read.QuantisedLine(box, r.place, columns)
	line.Turn = s.turn
	s.rd.Lines = append(s.rd.Lines, line)
	return run{Run: read.LongestRun(&line)}.on(strip, line.Columns()), nil
}

// run is a string of digits, and where on the page it is.
type run struct {
	read.Run

	left, right float64
}

func (r run) digits() int { return len(r.Text) }

// sure says whether the run must be an ID, as far as shape can tell.
func (r run) sure() bool {
	return r.digits() >= sureDigits && r.clear(sureness) && !r.date()
}

// clear says whether the digits are read this clearly, on average.
func (r run) clear(each float64) bool { return r.Sum >= each*float64(r.digits()) }

// date says whether the run may begin with a date, as papers have it at the top, of
// which month and day may be cut off. It may still be an ID, too, so more is read.
func (r run) date() bool {
	const layout, rest = "20060102", "20060101"
	if r.digits() < len("2006") || !strings.HasPrefix(r.Text, "20") && !strings.HasPrefix(r.Text, "19") {
		return false
	}
	text := r.Text + rest[min(r.digits(), len(rest)):]
	_, err := time.Parse(layout, text[:len(layout)])
	return err == nil
}

// on says where on the page the run's digits are, given the strip they were read on.
func (r run) on(s lines.Strip, columns int) run {
	step := s.Width() / float64(max(columns, 1))
	r.left = s.Left + (float64(r.First)-0.5)*step
	r.right = s.Left + (float64(r.Last)+1.5)*step
	return r
}
