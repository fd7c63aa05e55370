package synth

import (
	"fmt"
	"image"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// face is a typeface made of several font files: the first that has a glyph draws
// it, so a missing glyph falls back to another font and is never an empty box.
type face struct {
	name  string
	fonts []*sfnt.Font
}

// designSize is the size at which outlines are loaded; they are then scaled to 1 em.
const designSize = 1000

// glyph returns the outline of a character in em units with the baseline at y = 0,
// and how far it moves the pen. A space has an outline without points.
func (f *face) glyph(char rune) (*outline, float64, error) {
	var buf sfnt.Buffer
	for _, ft := range f.fonts {
		index, err := ft.GlyphIndex(&buf, char)
		if err != nil || index == 0 {
			continue
		}
		segments, err := ft.LoadGlyph(&buf, index, fixed.I(designSize), nil)
		if err != nil || (len(segments) == 0 && char != ' ') {
			continue
		}
		shape := newOutline(segments)
		advance, err := ft.GlyphAdvance(&buf, index, fixed.I(designSize), font.HintingNone)
		if err != nil {
			return nil, 0, fmt.Errorf("advance of %q in %s: %w", char, f.name, err)
		}
		return shape, em(advance), nil
	}
	return nil, 0, fmt.Errorf("no font behind %s has a glyph for %q", f.name, char)
}

func em(v fixed.Int26_6) float64 { return float64(v) / (64 * designSize) }

// outline is a filled shape bounded by lines and Bézier curves.
type outline struct {
	ops    []sfnt.SegmentOp
	points []vec // one, two or three for each operation
	extent box
}

func newOutline(segments sfnt.Segments) *outline {
	o := &outline{extent: emptyBox()}
	for _, s := range segments {
		o.ops = append(o.ops, s.Op)
		for _, p := range s.Args[:pointsOf(s.Op)] {
			v := vec{em(p.X), em(p.Y)}
			o.points = append(o.points, v)
			o.extent = o.extent.with(v)
		}
	}
	return o
}

func pointsOf(op sfnt.SegmentOp) int {
	switch op {
	case sfnt.SegmentOpQuadTo:
		return 2
	case sfnt.SegmentOpCubeTo:
		return 3
	default:
		return 1
	}
}

func (o *outline) bounds() box { return o.extent }

// mask fills the outline after m, antialiased.
func (o *outline) mask(m affine) *image.Alpha {
	mapped := make([]float32, 0, 2*len(o.points))
	extent := emptyBox()
	for _, p := range o.points {
		q := m.apply(p)
		extent = extent.with(q)
		mapped = append(mapped, float32(q.x), float32(q.y))
	}
	area := extent.pixels(1)
	if area.Empty() {
		return image.NewAlpha(area)
	}
	for i := 0; i < len(mapped); i += 2 {
		mapped[i] -= float32(area.Min.X)
		mapped[i+1] -= float32(area.Min.Y)
	}
	z := vector.NewRasterizer(area.Dx(), area.Dy())
	o.trace(z, mapped)
	out := image.NewAlpha(area)
	z.Draw(out, area, image.Opaque, image.Point{})
	return out
}

// trace hands the outline, given by its mapped points, to the rasterizer.
func (o *outline) trace(z *vector.Rasterizer, p []float32) {
	for i, op := range o.ops {
		switch op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				z.ClosePath()
			}
			z.MoveTo(p[0], p[1])
		case sfnt.SegmentOpLineTo:
			z.LineTo(p[0], p[1])
		case sfnt.SegmentOpQuadTo:
			z.QuadTo(p[0], p[1], p[2], p[3])
		case sfnt.SegmentOpCubeTo:
			z.CubeTo(p[0], p[1], p[2], p[3], p[4], p[5])
		}
		p = p[2*pointsOf(op):]
	}
	z.ClosePath()
}
