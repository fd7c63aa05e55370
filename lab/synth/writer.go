package synth

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
)

// Source is where the shapes of handwritten digits come from.
type Source int

// The sources of digits. AnySource lets the seed choose: three in five writers
// use the pen, one each of the others.
const (
	AnySource    Source = iota
	PenSource           // our own pen strokes, the Korean hand among them
	MNISTSource         // images of MNIST
	FontSource          // handwriting fonts
	StrokeSource        // real pen strokes, see Assets.WithStrokes; never chosen by a seed
)

// String names the source.
func (s Source) String() string {
	return [...]string{"any", "pen", "mnist", "font", "strokes"}[s]
}

// SourceOf is where the digits of the sheet of a seed and Spec come from.
func SourceOf(seed uint64, s Spec) Source { return s.Source.settled(stream(seed, "writer")) }

// settled lets the writer's random numbers choose, if nothing else has.
func (s Source) settled(r random) Source {
	if s != AnySource {
		return s
	}
	return pick(r, []Source{PenSource, PenSource, PenSource, MNISTSource, FontSource})
}

// penKind is a pen: its width in pixels at 275 dpi, and its ink.
type penKind struct {
	width, spread float64
	ink           ink
}

func penKinds() []penKind {
	return []penKind{
		{3.6, 0.5, ink{r: 52, g: 50, b: 54, grain: 0.3, fade: 0.25}},  // sharp pencil
		{4.8, 0.7, ink{r: 70, g: 68, b: 70, grain: 0.4, fade: 0.25}},  // soft pencil
		{4.2, 0.6, ink{r: 88, g: 86, b: 88, grain: 0.65, fade: 0.35}}, // faint pencil
		{4.4, 0.6, ink{r: 26, g: 24, b: 28, grain: 0.1, fade: 0.25}},  // ballpoint
		{5.0, 0.6, ink{r: 30, g: 28, b: 32, grain: 0.1, fade: 0.2}},   // ballpoint, broad
		{5.4, 0.7, ink{r: 8, g: 8, b: 10, grain: 0.05, fade: 0.15}},   // gel
		{5.0, 0.7, ink{r: 34, g: 48, b: 140, grain: 0.15, fade: 0.3}}, // blue ballpoint
		{7.4, 1.1, ink{r: 6, g: 6, b: 8, grain: 0.05, fade: 0.1}},     // felt pen
	}
}

// writer is one person's hand: everything that stays the same over a sheet.
type writer struct {
	source  Source
	habits  [10][]skeleton // the ways this writer draws each digit, likeliest first
	images  [10][][]byte   // MNIST's images for each digit, likeliest first
	hand    *realHand      // a real person's digits
	figures *face          // font of the digits
	letters *face          // font of everything else
	penned  *middleLines   // of letters that are written as digits are; nil for none

	pen      float64 // width in pixels at 275 dpi
	ink      ink
	height   float64 // of the digits, in pixels at 275 dpi
	slant    float64 // tangent
	width    float64 // stretch of the digits
	gap      float64 // between digits, in heights; negative where they touch
	unsteady float64 // how much instances differ, 1 on average
	climb    float64 // rise of the line, tangent
	joins    bool    // draws 17, 77, 22 without lifting the pen
	flick    float64 // how thin and faint strokes end, 0 to 1
	nib      float64 // angle of a broad-edged pen, 0 for a round one
	spread   float64 // see variety
	bold     float64 // boldness of MNIST's images, 0 to 1
}

// newWriter invents a writer.
func (a *Assets) newWriter(r random, source Source) (*writer, error) {
	source = source.settled(r)
	v := a.variety
	kind := pick(r, v.pens)
	w := &writer{
		source: source, figures: pick(r, a.figures), letters: pick(r, a.hands), penned: a.penned,
		pen: math.Max(2.4, r.around(kind.width, v.spread*kind.spread)), ink: kind.ink,
		height: clamp(r.around(44, 8), 28, 70), slant: r.around(0.1, 0.13*v.spread),
		width: r.between(0.9-0.15*v.spread, 1+0.15*v.spread), gap: math.Max(-0.08*v.spread, r.around(0.14, 0.11)),
		unsteady: r.between(0.5, 1.5*v.spread), climb: r.around(0, 0.02*v.spread), joins: r.chance(0.35),
		flick: r.between(0, 0.8), spread: v.spread, bold: r.Float64(),
	}
	if v.nib && r.chance(0.5) {
		w.nib = r.between(0.3, 1.2)
	}
	if err := w.learnForms(r, v.forms); err != nil {
		return nil, err
	}
	switch source {
	case MNISTSource:
		w.learnImages(r, a.digits)
	case StrokeSource:
		if a.strokes == nil {
			return nil, ErrNoStrokes
		}
		w.learnHand(r, a.strokes)
		w.hand.estrange(r, v.strange)
	default:
	}
	return w, nil
}

// learnHand takes a real person's digits. They have a slant and proportions of
// their own, so little is added to them.
func (w *writer) learnHand(r random, s *Strokes) {
	w.hand = s.newHand(r)
	w.slant, w.width = r.around(0, 0.07*w.spread), math.Exp(r.around(0, 0.08*w.spread))
	w.gap = quantileOf(gapQuantiles, r.Float64())
}

// learnForms settles how the pen writes each digit: one way mostly, another at times.
func (w *writer) learnForms(r random, forms [10][]string) error {
	for digit := range 10 {
		first := r.IntN(len(forms[digit]))
		for _, i := range []int{first, first, first, r.IntN(len(forms[digit]))} {
			form, err := parseForm(forms[digit][i])
			if err != nil {
				return err
			}
			form = form.bent(math.Exp(r.around(0, 0.16*w.spread)), r.around(0, 0.06*w.spread), math.Exp(r.around(0, 0.1*w.spread)))
			w.habits[digit] = append(w.habits[digit], form.shaken(r, 0.03*w.spread))
		}
	}
	return nil
}

// learnImages settles on images of digits that one pen could have drawn. They keep
// a margin of their own, so they are set a little closer.
func (w *writer) learnImages(r random, d *Digits) {
	strength := r.between(0.45, 0.85)
	w.gap -= 0.06
	for digit := range 10 {
		for range 3 {
			w.images[digit] = append(w.images[digit], d.like(r, digit, strength))
		}
	}
}

// leastAdvance keeps digits that overlap from hiding each other.
const leastAdvance = 0.17

// glyph returns a character drawn by the hand, the baseline at y = 0, one unit the
// height of its digits, and how far it moves the pen.
func (w *writer) glyph(r random, char rune) (shape, float64, error) {
	spaced := func(s shape, err error) (shape, float64, error) {
		if err != nil {
			return nil, 0, err
		}
		return s, math.Max(leastAdvance, s.bounds().max.x+w.gap+r.around(0, w.unevenness())), nil
	}
	switch {
	case char >= '0' && char <= '9':
		return spaced(w.digit(r, int(char-'0')))
	case w.penned != nil && isLatin(char):
		return spaced(w.letter(r, char))
	}
	o, advance, err := w.letters.glyph(char)
	if err != nil {
		return nil, 0, err
	}
	m := scale(1.35, 1.35).then(w.wobble(r))
	return warped{swollen{o, clamp((w.pen-3.6)/2, 0, 2.5)}, m}, 1.35*advance + 0.05 + 0.3*math.Max(0, w.gap), nil
}

// unevenness is the deviation of the gaps between digits.
func (w *writer) unevenness() float64 {
	if w.hand != nil {
		return w.hand.uneven
	}
	return 0.05 * w.unsteady
}

// digit returns one instance of a digit, its left edge at x = 0.
func (w *writer) digit(r random, digit int) (shape, error) {
	var s shape
	switch w.source {
	case MNISTSource:
		s = newBitmap(w.images[digit][likely(r, len(w.images[digit]))], w.bold)
	case FontSource:
		o, _, err := w.figures.glyph(rune('0' + digit))
		if err != nil {
			return nil, err
		}
		zero, _, err := w.figures.glyph('0')
		if err != nil {
			return nil, err
		}
		k := 1 / -zero.bounds().min.y
		s = warped{o, scale(k, k)}
	case StrokeSource:
		s = w.real(r, digit)
	default:
		s = w.trace(r, w.habits[digit][likely(r, len(w.habits[digit]))])
	}
	m := scale(w.width, 1).then(shear(w.slant)).then(w.wobble(r))
	left := s.bounds().through(m).min.x
	return warp(s, m.then(translate(-left, 0))), nil
}

// likely returns an index, mostly 0.
func likely(r random, n int) int {
	if r.chance(0.75) {
		return 0
	}
	return r.IntN(n)
}

// wobble is how one instance of a character differs from the next.
func (w *writer) wobble(r random) affine {
	u := w.unsteady
	return scale(r.around(1, 0.05*u), r.around(1, 0.05*u)).
		then(shear(r.around(0, 0.03*u))).
		then(rotate(r.around(0, 0.03*u))).
		then(translate(0, r.around(0, 0.03*u)))
}

// trace draws a skeleton with the pen.
func (w *writer) trace(r random, s skeleton) *strokes {
	var lines [][]dab
	for _, knots := range s.shaken(r, 0.012*w.unsteady) {
		lines = append(lines, w.dabs(r, curve(knots)))
	}
	return newStrokes(w.pen, lines...)
}

// dabs are a line along a path: pressure varies, ends taper.
func (w *writer) dabs(r random, points []vec) []dab {
	line := make([]dab, len(points))
	phase, wave := r.between(0, 6), r.between(0.2, 0.5)
	for i, p := range points {
		pressure := 1 + 0.1*math.Sin(phase+wave*float64(i))
		end := clamp(float64(len(points)-1-i)/6, 0, 1)
		start := clamp(0.7+float64(i)/5, 0, 1)
		fade := 1 - w.flick*(1-end)
		if w.nib > 0 && i > 0 {
			along := p.sub(points[i-1])
			pressure *= 0.5 + math.Abs(math.Sin(math.Atan2(along.y, along.x)-w.nib))
		}
		line[i] = dab{p, pressure * start * (0.5 + 0.5*fade), start * (0.35 + 0.65*fade)}
	}
	return line
}

// warped is a shape with a map of its own applied first.
type warped struct {
	shape
	m affine
}

func (w warped) bounds() box                { return w.shape.bounds().through(w.m) }
func (w warped) mask(m affine) *image.Alpha { return w.shape.mask(w.m.then(m)) }

// warp maps a shape; of strokes it maps the points themselves, so that bounds are tight.
func warp(s shape, m affine) shape {
	switch s := s.(type) {
	case *strokes:
		return s.through(m)
	case warped:
		return warped{s.shape, s.m.then(m)}
	default:
		return warped{s, m}
	}
}

// mark is a shape at its place on the sheet, in units of the layout.
type mark struct {
	shape shape
	at    affine
	char  rune
}

// write sets out a text from a starting point on the baseline, at a height of the
// digits, and returns its marks and where the pen ends up.
func (w *writer) write(r random, text string, start vec, height float64) ([]mark, vec, error) {
	var marks []mark
	pen := start
	chars := []rune(text)
	for i := 0; i < len(chars); i++ {
		if chars[i] == ' ' {
			pen.x += height * r.between(0.35, 0.6)
			continue
		}
		here := scale(height, height).then(translate(pen.x, pen.y))
		digits, advance := w.whole(r, chars[i:])
		for k, s := range digits {
			marks = append(marks, mark{s, here, chars[i+k]})
		}
		if i += max(len(digits)-1, 0); digits == nil {
			s, step, err := w.glyph(r, chars[i])
			if err != nil {
				return nil, vec{}, fmt.Errorf("write %q: %w", text, err)
			}
			marks, advance = w.linked(r, marks, mark{s, here, chars[i]}), step
		}
		pen = pen.add(vec{1, -w.climb}.times(height * advance))
	}
	return marks, pen, nil
}

// linked adds a mark, and where the hand does so the stroke to it.
func (w *writer) linked(r random, marks []mark, next mark) []mark {
	if w.joins && len(marks) > 0 {
		marks = w.join(r, marks, next)
	}
	return append(marks, next)
}

// join links two digits drawn by the pen, where this pair invites it.
func (w *writer) join(r random, marks []mark, next mark) []mark {
	last := marks[len(marks)-1]
	from, ok := last.shape.(*strokes)
	to, ok2 := next.shape.(*strokes)
	if !ok || !ok2 || !slices.Contains(strings.Fields("17 77 22 21 12 20 27 72"), string([]rune{last.char, next.char})) || r.chance(0.4) {
		return marks
	}
	p, q := last.at.apply(from.last()), next.at.apply(to.first())
	middle := p.add(q).times(0.5).add(vec{r.around(0, 2), r.around(2, 2)})
	line := []dab{{p, 0.6, 0.8}, {middle, 0.4, 0.6}, {q, 0.6, 0.8}}
	return append(marks, mark{newStrokes(w.pen, line), translate(0, 0), 0})
}
