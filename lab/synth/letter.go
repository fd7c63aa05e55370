package synth

import (
	"math"
	"sync"
)

// middleLines are the middle lines of fonts' characters, thinned once each. They serve
// any number of goroutines.
type middleLines struct {
	mu    sync.Mutex
	lines map[lineKey][]vec
}

type lineKey struct {
	face *face
	char rune
}

func newMiddleLines() *middleLines { return &middleLines{lines: map[lineKey][]vec{}} }

// of are the middle lines of a face's character, in ems.
func (m *middleLines) of(f *face, char rune, o *outline) []vec {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := lineKey{f, char}
	points, ok := m.lines[key]
	if !ok {
		for _, p := range thinned(o.mask(scale(thinSize, thinSize))) {
			points = append(points, p.times(1.0/thinSize))
		}
		m.lines[key] = points
	}
	return points
}

// thinSize is the size in pixels at which fonts are thinned.
const thinSize = 72

// WithLetters returns assets whose people write letters of the Latin alphabet with the
// pen and as high as their digits, in the forms of the handwriting fonts of digits, bent.
// Others take a Korean handwriting font as it is.
func (a *Assets) WithLetters() *Assets {
	changed := *a
	changed.penned = newMiddleLines()
	return &changed
}

// isLatin says whether a character is one of the letters A to Z, of either case.
func isLatin(char rune) bool { return char >= 'A' && char <= 'Z' || char >= 'a' && char <= 'z' }

// letter returns one instance of a letter, its left edge at x = 0.
func (w *writer) letter(r random, char rune) (shape, error) {
	capital, _, err := w.figures.glyph('E')
	if err != nil {
		return nil, err
	}
	o, _, err := w.figures.glyph(char)
	if err != nil {
		return nil, err
	}
	k := 1 / math.Max(capital.bounds().max.y-capital.bounds().min.y, 0.05)
	size := scale(k, k)
	m := scale(w.width, 1).then(shear(w.slant)).then(w.wobble(r))
	bend := newFlex(r, o.bounds().through(size), 0.1*w.unsteady)
	if w.source == FontSource {
		s := swollen{o.bent(func(p vec) vec { return bend.apply(size.apply(p)) }), clamp((w.pen-3.6)/2, 0, 2.5)}
		return warp(s, m.then(translate(-s.bounds().through(m).min.x, 0))), nil
	}
	var dots [][]dab
	for _, p := range w.penned.of(w.figures, char, o) {
		dots = append(dots, []dab{{bend.apply(size.apply(p)), 1, 1}})
	}
	s := newStrokes(w.pen, dots...).through(m)
	return s.through(translate(-s.bounds().min.x, 0)), nil
}
