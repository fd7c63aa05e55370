package synth

import (
	"image"
	"math"
)

// shape is something that can be drawn after an affine map.
type shape interface {
	bounds() box
	mask(m affine) *image.Alpha
}

// ink is what a shape is drawn with.
type ink struct {
	r, g, b uint8   // colour where it covers fully
	grain   float64 // how much the paper's grain shows, 0 to 1
	fade    float64 // how much the ink comes and goes over a word, 0 to 1
}

// tile is the side of the squares in which a canvas remembers what was drawn on.
const tile = 32

// canvas is a part of a white page that shapes are drawn on, in page pixels.
type canvas struct {
	img   *image.RGBA
	dirty []bool // for each tile, row by row: something was drawn there
	cols  int
	grain []uint8
}

func newCanvas(area image.Rectangle, grain []uint8) *canvas {
	img := image.NewRGBA(area)
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	cols, rows := (area.Dx()+tile-1)/tile, (area.Dy()+tile-1)/tile
	return &canvas{img: img, dirty: make([]bool, cols*rows), cols: cols, grain: grain}
}

// draw draws a shape and returns where its ink is, also outside the canvas. A
// shape outside is not drawn, and its ink is bounded by its outline's points.
func (c *canvas) draw(s shape, m affine, with ink) image.Rectangle {
	near := s.bounds().through(m).pixels(12)
	if !near.Overlaps(c.img.Rect) {
		return near.Inset(min(12, near.Dx()/2, near.Dy()/2))
	}
	mask := s.mask(m)
	c.stamp(mask, with)
	return inked(mask)
}

// stamp lays ink over the page through a mask. Ink multiplies: over a line or other
// ink it only gets darker.
func (c *canvas) stamp(mask *image.Alpha, with ink) {
	area := mask.Rect.Intersect(c.img.Rect)
	if area.Empty() {
		return
	}
	c.soil(area)
	keep := [3]int{255 - int(with.r), 255 - int(with.g), 255 - int(with.b)}
	grain, fade := int(256*with.grain), int(256*with.fade)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		from := mask.Pix[mask.PixOffset(area.Min.X, y):][:area.Dx()]
		to := c.img.Pix[c.img.PixOffset(area.Min.X, y):]
		for i, a := range from {
			if a == 0 {
				continue
			}
			x := area.Min.X + i
			loss := grain*int(c.grain[grainAt(x, y)]) + fade*int(c.grain[grainAt(x>>3+97, y>>3)])
			cover := int(a) * (65536 - min(loss, 65536)) >> 16
			for k, v := range keep {
				p := &to[4*i+k]
				*p = uint8(int(*p) * (65025 - v*cover) / 65025)
			}
		}
	}
}

// soil remembers that something was drawn in the area.
func (c *canvas) soil(area image.Rectangle) {
	area = area.Sub(c.img.Rect.Min)
	for y := area.Min.Y / tile; y <= (area.Max.Y-1)/tile; y++ {
		for x := area.Min.X / tile; x <= (area.Max.X-1)/tile; x++ {
			c.dirty[y*c.cols+x] = true
		}
	}
}

// inked returns the smallest rectangle around all that is darker than a third.
func inked(mask *image.Alpha) image.Rectangle {
	out := image.Rectangle{Min: mask.Rect.Max, Max: mask.Rect.Min}
	for y := mask.Rect.Min.Y; y < mask.Rect.Max.Y; y++ {
		row := mask.Pix[(y-mask.Rect.Min.Y)*mask.Stride:][:mask.Rect.Dx()]
		for i, a := range row {
			if a > 85 {
				x := mask.Rect.Min.X + i
				out.Min.X, out.Max.X = min(out.Min.X, x), max(out.Max.X, x+1)
				out.Min.Y, out.Max.Y = min(out.Min.Y, y), max(out.Max.Y, y+1)
			}
		}
	}
	if out.Min.X >= out.Max.X {
		return image.Rectangle{}
	}
	return out
}

// grainSize is the side of the square of grain that repeats over the page.
const grainSize = 256

func grainAt(x, y int) int { return (y&(grainSize-1))*grainSize + x&(grainSize-1) }

// newGrain returns the paper's grain: smooth spots of some two pixels.
func newGrain() []uint8 {
	r := stream(0, "grain")
	raw := make([]float64, grainSize*grainSize)
	for i := range raw {
		raw[i] = r.Float64()
	}
	out := make([]uint8, len(raw))
	for y := range grainSize {
		for x := range grainSize {
			sum := 2*raw[grainAt(x, y)] + raw[grainAt(x+1, y)] + raw[grainAt(x-1, y)] +
				raw[grainAt(x, y+1)] + raw[grainAt(x, y-1)]
			out[grainAt(x, y)] = uint8(255 * clamp(1.6*(sum/6-0.5)+0.5, 0, 1))
		}
	}
	return out
}

// noiseSize is how many random numbers the noise is taken from; a power of two.
const noiseSize = 1 << 17

// newNoise returns normally distributed numbers with deviation 32.
func newNoise() []int8 {
	r := stream(0, "noise")
	out := make([]int8, noiseSize)
	for i := range out {
		out[i] = int8(math.Round(clamp(32*r.NormFloat64(), -127, 127)))
	}
	return out
}

// erase makes the page white through a mask.
func (c *canvas) erase(mask *image.Alpha) {
	area := mask.Rect.Intersect(c.img.Rect)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		from := mask.Pix[mask.PixOffset(area.Min.X, y):][:area.Dx()]
		to := c.img.Pix[c.img.PixOffset(area.Min.X, y):]
		for i, a := range from {
			for k := range 3 {
				to[4*i+k] = max(to[4*i+k], a)
			}
		}
	}
}
