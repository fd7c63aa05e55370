package synth

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"slices"
)

// Spec says what to draw. The zero value is a sheet without ID and name, all else
// chosen by the seed.
type Spec struct {
	// ID and Name are written by hand. Characters other than digits are drawn with
	// a handwriting font.
	ID, Name string
	// Title is the exam's, printed. Sheets with one Title share the printed form.
	// Defaults to a course name.
	Title string
	// Label is printed before the ID. Defaults to `학번 :` or a variant of it.
	Label string
	// DPI is the resolution, 100 to 400. Defaults to 275: 2257x3125 pixels.
	DPI float64
	// Pose is how the sheet lay on the scanner. Defaults to one chosen by the seed.
	Pose *Pose
	// Blank leaves ID and name out; the answers stay.
	Blank bool
	// Source is where the digits come from. Defaults to AnySource.
	Source Source
	// Field is what the form rules for the ID. Defaults to Plain.
	Field Field
	// Turns are quarter turns, clockwise, that the sheet lies on the scanner. Only
	// Sheet and Exam.File turn.
	Turns int
	// Family is the kind of form. Defaults to OwnForms. The others have a use for
	// ID, Name, Title, DPI, Blank and Source only: all else is settled by Title,
	// which they don't print, and seed. Without a Name they invent one.
	Family Family
	// Digits is for how many characters the form has room where it counts them.
	// Defaults to those of ID; sheets of one exam should have the same. Of no use to
	// OwnForms.
	Digits int
	// Colour is what the scanner saves. Of no use to OwnForms, which are in colour.
	Colour Colour
	// LongSide is the picture's longer side in pixels, 400 to 6000, in place of DPI.
	// Of no use to OwnForms.
	LongSide int
	// Scanner is the seed of what a scanner does to pages, in place of the page's own:
	// pages of one scan suffer alike. Of no use to OwnForms.
	Scanner uint64
	// Side is which page of the paper it is. Defaults to Front. Of no use to OwnForms.
	Side Side
}

// Side is a page of a paper of several.
type Side int

// The sides.
const (
	Front     Side = iota // with the ID's field
	Printed               // another page of the form, without the field
	Essay                 // nothing but writing, on lines at times
	Unwritten             // a blank back
)

// Field is what a form rules for the ID to be written into.
type Field int

// The fields.
const (
	Plain      Field = iota // nothing
	Underlined              // a line under ID and name
	Boxed                   // a box around the ID
	Comb                    // a box for each character
	Split                   // two boxes, half of the ID in each
	Cell                    // cells of a table around label and ID
)

// Pose is the skew in degrees, clockwise, and the shift in pixels at 275 dpi.
type Pose struct{ Skew, Right, Down float64 }

// Truth is what a sheet says and where, in pixels of its image.
type Truth struct {
	ID      string
	IDBox   image.Rectangle   // the handwritten ID; empty on a blank sheet
	Digits  []image.Rectangle // each character of the ID, in order
	NameBox image.Rectangle   // the handwritten name
	LineBox image.Rectangle   // the line from the ID's label to the end of the name
	Glyphs  []Glyph           // every character in the picture, as it was drawn; of OwnForms only
	Regions []Region          // all ink that can be seen, by kind; with OwnForms without what shines through
}

// Glyph is a character, printed or written, and the box around its ink.
type Glyph struct {
	Char rune
	Box  image.Rectangle
}

// Sheet is a drawn picture, a whole page or a part of one, and its truth.
type Sheet struct {
	Image *image.RGBA
	Truth Truth
}

// DefaultQuality gives JPEG files as large as the real scans, 0.9 to 1.4 MB.
const DefaultQuality = 95

// JPEG encodes the picture; quality 0 means DefaultQuality.
func (s *Sheet) JPEG(quality int) ([]byte, error) {
	if quality == 0 {
		quality = DefaultQuality
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, s.Image, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode sheet: %w", err)
	}
	return out.Bytes(), nil
}

// Sheet draws a whole page. It fails on a DPI out of bounds and on characters
// that no font can draw.
func (a *Assets) Sheet(seed uint64, s Spec) (*Sheet, error) {
	var sheet *Sheet
	var err error
	if s.Family == OwnForms {
		sheet, err = a.ownSheet(seed, s)
	} else {
		sheet, err = a.formSheet(seed, s)
	}
	if err != nil {
		return nil, err
	}
	for range s.Turns & 3 {
		sheet.turn()
	}
	return sheet, nil
}

// ownSheet draws a whole page of OwnForms.
func (a *Assets) ownSheet(seed uint64, s Spec) (*Sheet, error) {
	p, err := a.newPage(seed, s)
	if err != nil {
		return nil, err
	}
	return p.drawAll(p.size, topMargin{p}.draw, idLine{p}.draw, answerTable{p}.draw)
}

// page is a sheet while it is drawn.
type page struct {
	*canvas
	assets *Assets
	seed   uint64
	spec   Spec
	layout layout
	writer *writer
	unit   float64 // pixels per unit of the layout
	place  affine  // from the layout to the page
	size   image.Rectangle
	truth  Truth
}

// newPage prepares a page; what of it is drawn is up to drawAll.
func (a *Assets) newPage(seed uint64, s Spec) (*page, error) {
	if s.DPI == 0 {
		s.DPI = layoutDPI
	}
	if s.DPI < 100 || s.DPI > 400 {
		return nil, fmt.Errorf("draw sheet: %g dpi is not within 100 to 400", s.DPI)
	}
	if s.Title == "" {
		s.Title = pick(stream(seed, "title"), titles())
	}
	if s.Pose == nil {
		s.Pose = newPose(stream(seed, "pose"))
	}
	w, err := a.newWriter(stream(seed, "writer"), s.Source)
	if err != nil {
		return nil, err
	}
	p := &page{assets: a, seed: seed, spec: s, writer: w, unit: s.DPI / layoutDPI}
	w.pen *= p.unit
	p.layout = a.newLayout(stream(hash(s.Title), "layout"), s.Label)
	if s.Field == Cell {
		p.layout.labelAt.y -= 8
	}
	p.place = s.Pose.affine().then(scale(p.unit, p.unit))
	p.size = image.Rect(0, 0, int(math.Round(sheetWidth*p.unit)), int(math.Round(sheetHeight*p.unit)))
	return p, nil
}

// newPose invents a pose: a slight skew, and a larger shift now and then.
func newPose(r random) *Pose {
	p := &Pose{Skew: r.around(0, 0.4), Right: r.around(0, 6), Down: r.around(0, 6)}
	if r.chance(0.2) {
		p.Right, p.Down = r.between(-60, 60), r.between(0, 60)
	}
	return p
}

// affine turns around the sheet's middle, then shifts.
func (p Pose) affine() affine {
	return translate(-sheetWidth/2, -sheetHeight/2).
		then(rotate(p.Skew * math.Pi / 180)).
		then(translate(sheetWidth/2+p.Right, sheetHeight/2+p.Down))
}

// drawAll draws the parts in order, as far as they reach into the area, then the
// paper and what the scanner does.
func (p *page) drawAll(area image.Rectangle, parts ...func() error) (*Sheet, error) {
	p.canvas = newCanvas(area, p.assets.grain)
	for _, part := range parts {
		if err := part(); err != nil {
			return nil, err
		}
	}
	p.truth.clip(p.img.Rect)
	r := stream(p.seed, "wear")
	img, err := p.assets.variety.wear(r).apply(p.scan(), r)
	if err != nil {
		return nil, err
	}
	return &Sheet{img, p.truth}, nil
}

// clip keeps the boxes within the picture.
func (t *Truth) clip(area image.Rectangle) {
	for _, b := range []*image.Rectangle{&t.IDBox, &t.NameBox, &t.LineBox} {
		*b = b.Intersect(area)
	}
	for i := range t.Digits {
		t.Digits[i] = t.Digits[i].Intersect(area)
	}
	t.Glyphs = slices.DeleteFunc(t.Glyphs, func(g Glyph) bool { return !g.Box.Overlaps(area) })
}

// put draws a shape that is placed in the layout.
func (p *page) put(s shape, at affine, with ink) image.Rectangle {
	return p.draw(s, at.then(p.place), with)
}

// printInk is the laser printer's toner.
func printInk() ink { return ink{r: 12, g: 12, b: 14, grain: 0.06} }

// print sets a printed text from the left end of its baseline and returns the box
// around its ink and where it ends.
func (p *page) print(f *face, size float64, text string, at vec) (image.Rectangle, float64, error) {
	var ink image.Rectangle
	for _, char := range text {
		o, advance, err := f.glyph(char)
		if err != nil {
			return ink, 0, fmt.Errorf("print %q: %w", text, err)
		}
		box := p.put(o, scale(size, size).then(translate(at.x, at.y)), printInk())
		if !box.Empty() {
			p.truth.Glyphs = append(p.truth.Glyphs, Glyph{char, box})
		}
		ink = ink.Union(box)
		at.x += advance * size
	}
	p.truth.note(PrintedLine, text, ink)
	return ink, at.x, nil
}

// textWidth returns how far a printed text runs.
func textWidth(f *face, size float64, text string) (float64, error) {
	var sum float64
	for _, char := range text {
		_, advance, err := f.glyph(char)
		if err != nil {
			return 0, fmt.Errorf("measure %q: %w", text, err)
		}
		sum += advance * size
	}
	return sum, nil
}

// hand draws handwriting from a point of the layout and returns each mark's box.
func (p *page) hand(r random, text string, at vec, height float64) ([]image.Rectangle, error) {
	marks, _, err := p.writer.write(r, text, at, height)
	if err != nil {
		return nil, err
	}
	return p.putMarks(marks), nil
}

// putMarks draws marks and returns the box of each character, strokes between
// characters left out.
func (p *page) putMarks(marks []mark) []image.Rectangle {
	var boxes []image.Rectangle
	for _, m := range marks {
		box := p.put(m.shape, m.at, p.writer.ink)
		if m.char != 0 {
			boxes = append(boxes, box)
			p.truth.Glyphs = append(p.truth.Glyphs, Glyph{m.char, box})
		}
	}
	return boxes
}
