package read

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
	"strings"
)

// Field is a place that may hold the ID, as a finder gives it.
type Field struct {
	Strip         // around the digits, as high as they are, in the likelier direction of reading
	Prior float64 // probability that the ID stands here, 0 to 1
	// Down is the probability that the row reads in the other direction.
	Down float64
}

// A field's strip is cut out with room around it: first with as much as a finder may
// err by, then around what was read, closer. In heights of the digits.
const (
	firstBeyond, firstHeight = 0.9, 1.6
	againBeyond, againHeight = 0.8, 1.45
	// farBeyond is how far a strip reaches over an end at which digits stand.
	farBeyond = 2.5
)

// Numbers of the search through the fields.
const (
	// rest is the probability of fields that may stay unread.
	rest = 0.01
	// Where evenDigits are read, each counted by its probability, the ID is as likely to be
	// as before; e^eachDigit times as likely for each more, up to enoughDigits, and the
	// reverse for each less. training/fields -digits fits them.
	evenDigits, eachDigit, enoughDigits = 5.3, 0.76, 8
	// surely is how clearly digits must be read, each on average, not to be read once more.
	surely = 0.99
	// leastDigits is how many digits in a row make a row of digits, as the page model learnt
	// it: less isn't worth reading again.
	leastDigits = 3
)

// session reads the fields of one page.
type session struct {
	ctx   context.Context //nolint:containedctx // a session lives as long as one call
	model LineModel
	page  *image.Gray
	looks []look
	place int
}

// look is a line, and how its field was read.
type look struct {
	Line
	way
}

// way is a field in one direction.
type way struct {
	Field
	reversed bool // against the finder's direction
}

// Fields reads a page's fields, the likeliest first, until those left are unlikely to
// be the ID, by what speaks for each and by what was read in the others. Each direction
// in which a field may be read is a place of its own; what is read says which way up the
// page is, too, so that all fields' places in that direction are likelier.
// Fields that don't look like digits give lines all the same: it is the roster that
// decides.
func Fields(ctx context.Context, model LineModel, page *image.Gray, fields []Field) ([]Line, error) {
	s := &session{ctx: ctx, model: model, page: page}
	all := search{none: 1}
	for _, f := range slices.SortedStableFunc(slices.Values(fields), func(a, b Field) int { return cmp.Compare(b.Prior, a.Prior) }) {
		all.fields = append(all.fields, searched{Field: f, ways: [2]reading{{tells: 1, turns: 1}, {tells: 1, turns: 1}}})
		all.none -= f.Prior
	}
	for {
		next, reversed := all.next()
		if next == nil || s.full() {
			return s.lines(&all), nil
		}
		found, err := s.direction(next.Field, reversed)
		if err != nil {
			return nil, err
		}
		next.ways[direction(reversed)] = reading{true, found.tells(), found.turns()}
	}
}

// lines are what was read, with the priors of places by what is known of the page's
// direction.
func (s *session) lines(all *search) []Line {
	out, odds := make([]Line, len(s.looks)), all.odds()
	for i, l := range s.looks {
		out[i] = l.Line
		// Nothing that was read is impossible: a prior of 0 is one that nobody knows.
		out[i].Prior = max(share(l.Field, l.reversed, odds), Probability(unknownPrior-1))
	}
	return out
}

// tells is how much likelier it is that so many digits are read where the ID is than where
// it isn't.
func (f *found) tells() float64 {
	return math.Exp(eachDigit * (min(f.Sum, enoughDigits) - evenDigits))
}

// found is what a strip says, and where: in pixels along it.
type found struct {
	Run
	strip    Strip
	from, to float64
}

// turns is how likely what was read is where the row stands upside down, against its
// standing the right way up: 3, 4 and 7 are no digits there, so each is misread, which
// happens if not all digits of the row are read as they should be; and others take their
// place. What is no row of digits says nothing.
func (f *found) turns() float64 {
	n, out := float64(len(f.Text)), 1.0
	if n < leastDigits {
		return 1
	}
	misread := 1 - math.Pow(min(f.Sum/n, surest), n)
	for _, digit := range f.Text {
		if strings.ContainsRune("347", digit) {
			out *= misread
		}
		out /= float64(upright*misread) + 1 - upright
	}
	return out
}

// upright is the share of 3, 4 and 7 among ten digits.
const upright = 0.3

// surest is the probability of a digit of which a byte says that it is certain, the middle
// of what that stands for.
var surest = math.Exp(-1 / (4 * float64(quantSteps)))

// clear says whether the digits are read so clearly, on average, that they need not be
// read once more.
func (f *found) clear() bool { return f.Sum >= surely*float64(len(f.Text)) }

// direction reads a field in one direction, what was read there again, closer, and what
// isn't clear once more, with as much room above and below as at first.
func (s *session) direction(f Field, reversed bool) (best found, err error) {
	defer func() { s.place++ }()
	strip, w, h := f.Strip, way{f, reversed}, f.Height
	if reversed {
		strip = f.Reversed()
	}
	best, err = s.read(strip.Part(-firstBeyond*h, strip.Length+firstBeyond*h, firstHeight*h), w)
	for more := len(best.Text) >= leastDigits; more && err == nil && !s.full(); {
		next, over := best.closer(h)
		again, failed := s.read(next, w)
		more = over && len(again.Text) > len(best.Text) && s.fits(next)
		if err = failed; len(again.Text) >= len(best.Text) {
			best = again
		}
	}
	if err == nil && len(best.Text) >= leastDigits && !best.clear() && !s.full() {
		next, _ := best.closer(h)
		_, err = s.read(next.Part(0, next.Length, firstHeight*h), w)
	}
	return best, err
}

// full says that a reading holds no more lines.
func (s *session) full() bool { return len(s.looks) >= maxLines }

// fits says that the strip need not be squeezed to be read.
func (s *session) fits(strip Strip) bool {
	return strip.Length*float64(s.model.Height()) <= strip.Height*float64(s.model.Widest())
}

// closer is the strip around the digits, which are h high. It reaches far over the
// ends of the strip on which they were read if digits stand there; over says whether.
func (f *found) closer(h float64) (strip Strip, over bool) {
	left, right := f.from-againBeyond*h, f.to+againBeyond*h
	if left < 0 {
		left, over = f.from-farBeyond*h, true
	}
	if right > f.strip.Length {
		right, over = f.to+farBeyond*h, true
	}
	return f.strip.Part(left, right, againHeight*h), over
}

// read reads a strip and keeps what it says as a line.
func (s *session) read(strip Strip, w way) (found, error) {
	image := Cut(s.page, strip, s.model.Height(), 1, s.model.Widest())
	columns, err := s.model.Read(s.ctx, image)
	if err != nil {
		return found{}, err
	}
	line := QuantisedLine(strip.Bounds().Intersect(s.page.Rect), s.place, columns)
	line.Turn, line.strip = strip.Turn(), strip
	s.looks = append(s.looks, look{line, w})
	run, step := LongestRun(&line), strip.Length/float64(max(1, line.Columns()))
	return found{run, strip, float64(run.First) * step, float64(run.Last+1) * step}, nil
}
