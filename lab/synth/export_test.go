package synth

import (
	"crypto/sha256"
	"fmt"
	"image"
	"io"
	"math"
)

// What the black-box tests need to reach inside.
var (
	UnpackWOFF = unpackWOFF
	ErrWOFF    = errWOFF
	ErrIDX     = errIDX
	Titles     = titles
	Words      = words
)

// With returns assets that take handwritten digits from d instead.
func (a *Assets) With(d *Digits) *Assets {
	changed := *a
	changed.digits = d
	return &changed
}

// HandFaces returns how many handwriting faces there are.
func (a *Assets) HandFaces() int { return len(a.hands) }

// Glyph draws a character with a handwriting face, 100 pixels an em.
func (a *Assets) Glyph(face int, char rune) (*image.Alpha, error) {
	o, _, err := a.hands[face].glyph(char)
	if err != nil {
		return nil, err
	}
	return o.mask(scale(100, 100)), nil
}

// OwnGlyph reports whether the face's first font has the character.
func (a *Assets) OwnGlyph(face int, char rune) bool {
	index, err := a.hands[face].fonts[0].GlyphIndex(nil, char)
	return err == nil && index != 0
}

// NotDefined draws the box that a face's first font has for missing glyphs.
func (a *Assets) NotDefined(face int) *image.Alpha {
	f := a.hands[face].fonts[0]
	segments, err := f.LoadGlyph(nil, 0, designSize<<6, nil)
	if err != nil {
		return image.NewAlpha(image.Rectangle{})
	}
	return newOutline(segments).mask(scale(100, 100))
}

// DrawForm draws one way of writing a digit, 100 pixels high with a pen of 6.
func DrawForm(digit, form int) (*image.Alpha, error) {
	s, err := parseForm(forms[digit][form])
	if err != nil {
		return nil, err
	}
	w := writer{pen: 6}
	return w.trace(stream(1, "form"), s).mask(scale(100, 100)), nil
}

// Forms returns how many ways of writing a digit the pen strokes know.
func Forms(digit int) int { return len(forms[digit]) }

// ParseForm reads a form and returns how many lines and knots it has.
func ParseForm(text string) (lines, knots int, err error) {
	s, err := parseForm(text)
	for _, line := range s {
		knots += len(line)
	}
	return len(s), knots, err
}

// DrawDigit draws a digit as a writer of a source does, 100 pixels high.
func (a *Assets) DrawDigit(seed uint64, source Source, digit int) (*image.Alpha, error) {
	w, err := a.newWriter(stream(seed, "writer"), source)
	if err != nil {
		return nil, err
	}
	s, err := w.digit(stream(seed, "digit"), digit)
	if err != nil {
		return nil, err
	}
	return s.mask(scale(100, 100)), nil
}

// AffineRoundTrip maps a point by a chain of maps and back.
func AffineRoundTrip(x, y float64) (float64, float64) {
	m := shear(0.3).then(rotate(0.2)).then(scale(2, 3)).then(translate(5, -7))
	p := m.inverse().apply(m.apply(vec{x, y}))
	return p.x, p.y
}

// AffineChain compares a composed map with its parts applied in turn.
func AffineChain(x, y float64) (composed, inTurn [2]float64) {
	m, n := rotate(0.5).then(translate(1, 2)), shear(-0.2).then(scale(3, 0.5))
	p, q := m.then(n).apply(vec{x, y}), n.apply(m.apply(vec{x, y}))
	return [2]float64{p.x, p.y}, [2]float64{q.x, q.y}
}

// StampSquare stamps a black square onto a white canvas and returns the picture
// and how many tiles are dirty.
func StampSquare(canvasArea, square image.Rectangle, darkness uint8) (*image.RGBA, int) {
	c := newCanvas(canvasArea, newGrain())
	mask := image.NewAlpha(square)
	for i := range mask.Pix {
		mask.Pix[i] = darkness
	}
	c.stamp(mask, ink{})
	n := 0
	for _, d := range c.dirty {
		if d {
			n++
		}
	}
	return c.img, n
}

// FilterSquare blurs a stamped square.
func FilterSquare(canvasArea, square image.Rectangle, kernel [5]int) *image.RGBA {
	c := newCanvas(canvasArea, newGrain())
	mask := image.NewAlpha(square)
	for i := range mask.Pix {
		mask.Pix[i] = 255
	}
	c.stamp(mask, ink{})
	return c.filter(kernel)
}

// DrawLine draws a straight stroke of a width and returns its mask.
func DrawLine(x0, y0, x1, y1, width float64) *image.Alpha {
	line := []dab{{vec{x0, y0}, 1, 1}, {vec{x1, y1}, 1, 1}}
	return newStrokes(width, line).mask(translate(0, 0))
}

// Swell draws a glyph of the first face as if with a pen broader by some pixels.
func (a *Assets) Swell(char rune, by float64) (*image.Alpha, error) {
	o, _, err := a.hands[0].glyph(char)
	if err != nil {
		return nil, err
	}
	return swollen{o, by}.mask(scale(100, 100)), nil
}

// NewAnswer invents an answer.
func NewAnswer(seed uint64) string { return newAnswer(stream(seed, "answer")) }

// Habit is what a test asks about a writer.
type Habit struct {
	Source      Source
	Height, Pen float64
	Grey        uint8
}

// NewWriter invents a writer.
func (a *Assets) NewWriter(seed uint64) (Habit, error) {
	w, err := a.newWriter(stream(seed, "writer"), AnySource)
	if err != nil {
		return Habit{}, err
	}
	return Habit{w.source, w.height, w.pen, w.ink.g}, nil
}

// NewPoses invents poses.
func NewPoses(n uint64) []Pose {
	var out []Pose
	for seed := range n {
		out = append(out, *newPose(stream(seed, "pose")))
	}
	return out
}

// Squeezed writes an ID into a line and returns where it starts and ends; name is
// where the name's label begins.
func (a *Assets) Squeezed(seed uint64, id string) (end, name float64, err error) {
	p, err := a.newPage(seed, Spec{ID: id, Pose: &Pose{}})
	if err != nil {
		return 0, 0, err
	}
	p.canvas = newCanvas(image.Rect(0, 0, 1, 1), a.grain)
	if err := (idLine{p}).draw(); err != nil {
		return 0, 0, err
	}
	return float64(p.truth.IDBox.Max.X), p.layout.nameAt, nil
}
func (a *Assets) FigureFaces() int        { return len(a.figures) }
func (a *Assets) FigureName(i int) string { return a.figures[i].name }
func (a *Assets) FigureGlyph(face int, char rune) (*image.Alpha, error) {
	o, _, err := a.figures[face].glyph(char)
	if err != nil {
		return nil, err
	}
	return o.mask(scale(80, 80)), nil
}

// WriterSource is where the writer of a sheet takes digits from.
func (a *Assets) WriterSource(seed uint64, s Spec) (Source, error) {
	p, err := a.newPage(seed, s)
	if err != nil {
		return AnySource, err
	}
	return p.writer.source, nil
}

// GroupOf is groupOf.
func GroupOf(name string) Group { return groupOf(name) }

// ReadStrokes reads one list.
func ReadStrokes(from io.Reader) error { return readStrokes(from, make(map[string]*scribe)) }

// WritersSpacing is what writers of StrokeSource space digits by.
func WritersSpacing() Spacing {
	return Spacing{Gaps: gapQuantiles, Uneven: unevenQuantiles, Sizes: sizes, Drops: drops}
}

// FormDigest sums up everything printed on a form and where people write on it,
// rounded to hundredths of a millimetre.
func (a *Assets) FormDigest(s Spec) (string, error) {
	types, err := a.typefacesOf(s.Family)
	if err != nil {
		return "", err
	}
	f, language := types.compose(s, newPress(types.last...))
	h := sha256.New()
	fmt.Fprintf(h, "%v %.2f %.2f %d %d", language, f.width, f.height, len(f.items), len(f.slots))
	for _, i := range f.items {
		if t, ok := i.(text); ok {
			fmt.Fprintf(h, "%s %s %.2f %.2f %.2f\n", t.face.name, t.chars, t.size, t.at.c, t.at.f)
		}
	}
	for _, s := range f.slots {
		fmt.Fprintf(h, "%d %.2f %.2f %.2f %.2f\n", s.kind, s.at.c, s.at.f, s.width, s.height)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:6]), nil
}

// Labels are all labels of ID and name that a family's forms have.
func Labels(f Family) []string {
	scripts, say := []script{korean, english, chinese, japanese, russian, german, french, spanish}, tongueOf
	if f == HeldOutForms {
		scripts, say = []script{korean, english, taiwanese, italian, portuguese, dutch, ukrainian}, heldOutTongue
	}
	var out []string
	for _, s := range scripts {
		t := say(s)
		out = append(append(out, t.ids...), t.names...)
	}
	return out
}

// BendAndBack maps a place in a page to the picture and back.
func BendAndBack(seed uint64, x, y float64) (float64, float64) {
	r := stream(seed, "damage")
	d := worldDamage(r, FullColour)
	b := d.bendOf(r, image.Pt(1000, 1400), 5)
	p := b.source(b.target(vec{x, y}))
	return p.x, p.y
}

// Runs divides a text as the truth does and names each part by its kind and characters.
func Runs(s string, kind RegionKind) []string {
	var out []string
	for _, r := range runs([]rune(s), kind) {
		out = append(out, fmt.Sprint(r.kind, " ", string([]rune(s)[r.from:r.to])))
	}
	return out
}

// NameFonts are the files of the fonts that a part writes names with.
func NameFonts(part Part) (files []string) {
	for _, f := range nameFamilies(part) {
		files = append(files, f.files...)
	}
	return files
}

// Thinned are the points of a mask's middle lines.
func Thinned(m *image.Alpha) (points [][2]float64) {
	for _, p := range thinned(m) {
		points = append(points, [2]float64{p.x, p.y})
	}
	return points
}

// Estranged draws a path as somebody else might. It returns how far its points moved, by
// the root of the mean square and once both paths have one height, and how high it is.
func Estranged(seed uint64, strength float64) (moved, height float64) {
	r := stream(seed, "estranged")
	var path []vec
	for i := range 51 {
		a := 2 * math.Pi * float64(i) / 50
		path = append(path, vec{0.3 - 0.3*math.Cos(a), -0.5 - 0.5*math.Sin(a)})
	}
	was := tracing{path}.alone()
	bent := tracing{path}.estranged(r, strength, newElastic(r, strength))
	n := min(len(was[0]), len(bent[0]))
	for i := range n {
		moved += math.Pow(bent[0][i].sub(was[0][i]).length(), 2) / float64(n)
	}
	b := bent.bounds()
	return math.Sqrt(moved), b.max.y - b.min.y
}
