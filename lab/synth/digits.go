package synth

import (
	"bytes"
	"fmt"
	"image"
	"math"
)

// digitSide is the side of an MNIST image; the digit fills 20 of the 28 pixels.
const (
	digitSide   = 28
	digitHeight = 20
)

// Digits are images of single handwritten digits, 28x28 pixels each, sorted by digit.
type Digits struct{ of [10][][]byte }

// NewDigits reads a pair of MNIST files, images and labels, as stored by ReadIDX's format.
func NewDigits(images, labels []byte) (*Digits, error) {
	im, err := ReadIDX(bytes.NewReader(images))
	if err != nil {
		return nil, fmt.Errorf("images: %w", err)
	}
	la, err := ReadIDX(bytes.NewReader(labels))
	if err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	if len(im.Dims) != 3 || im.Dims[1] != digitSide || im.Dims[2] != digitSide || len(la.Dims) != 1 || la.Dims[0] != im.Dims[0] {
		return nil, fmt.Errorf("%w: sizes %v of the images and %v of the labels", errIDX, im.Dims, la.Dims)
	}
	d := new(Digits)
	for i, label := range la.Data {
		if label > 9 {
			return nil, fmt.Errorf("%w: label %d", errIDX, label)
		}
		d.of[label] = append(d.of[label], im.Data[i*digitSide*digitSide:][:digitSide*digitSide])
	}
	for digit, set := range d.of {
		if len(set) == 0 {
			return nil, fmt.Errorf("%w: no image of a %d", errIDX, digit)
		}
	}
	return d, nil
}

// like picks, of a few images of a digit, the one whose strokes are nearest to a
// strength, 0 to 1, so that one writer's digits look drawn with one pen.
func (d *Digits) like(r random, digit int, strength float64) []byte {
	var best []byte
	least := math.Inf(1)
	for range 8 {
		pix := pick(r, d.of[digit])
		off := math.Abs((&bitmap{pix: pix}).level() - strength)
		if off < least {
			best, least = pix, off
		}
	}
	return best
}

// bitmap is a digit from a small grey image, drawn with a smooth, sharp edge.
type bitmap struct {
	pix       []byte
	threshold float64 // where the edge lies, 0 to 1
	frame     affine  // from image pixels to units of one digit's height
	extent    box
}

// newBitmap sets an image upright on the baseline, its left edge at 0, so that one
// unit is the height of an MNIST digit. Boldness runs from 0 to 1.
func newBitmap(pix []byte, boldness float64) *bitmap {
	b := &bitmap{pix: pix}
	b.threshold = lerp(0.45, 0.26, boldness) * b.level()
	ink := emptyBox()
	for i := range pix {
		if b.at(i) > b.threshold {
			ink = ink.with(vec{float64(i % digitSide), float64(i / digitSide)})
			ink = ink.with(vec{float64(i%digitSide + 1), float64(i/digitSide + 1)})
		}
	}
	upright := shear(slantOf(pix)).inverse()
	b.frame = upright.then(scale(1.0/digitHeight, 1.0/digitHeight))
	placed := ink.through(b.frame)
	b.frame = b.frame.then(translate(-placed.min.x, -placed.max.y))
	b.extent = ink.through(b.frame)
	return b
}

// at returns the smoothed value in the middle of pixel i, where the spline's
// weights are 1/6, 4/6, 1/6 in each direction.
func (b *bitmap) at(i int) float64 {
	x, y := i%digitSide, i/digitSide
	sum := 0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if nx, ny := x+dx, y+dy; nx >= 0 && ny >= 0 && nx < digitSide && ny < digitSide {
				sum += (4 - 3*dx*dx) * (4 - 3*dy*dy) * int(b.pix[ny*digitSide+nx])
			}
		}
	}
	return float64(sum) / (36 * 255)
}

// level returns how dark the image's strokes are once smoothed: thin strokes pale.
func (b *bitmap) level() float64 {
	var sum, count float64
	for i, v := range b.pix {
		if v > 150 {
			sum, count = sum+b.at(i), count+1
		}
	}
	return sum / max(count, 1)
}

// slantOf estimates the lean of an image from its second moments, as a tangent.
func slantOf(pix []byte) float64 {
	var sum, sx, sy float64
	for i, v := range pix {
		w := float64(v)
		sum, sx, sy = sum+w, sx+w*float64(i%digitSide), sy+w*float64(i/digitSide)
	}
	var xy, yy float64
	for i, v := range pix {
		x, y := float64(i%digitSide)-sx/sum, float64(i/digitSide)-sy/sum
		xy, yy = xy+float64(v)*x*y, yy+float64(v)*y*y
	}
	if yy == 0 {
		return 0
	}
	return clamp(-xy/yy, -0.6, 0.6)
}

func (b *bitmap) bounds() box { return b.extent }

// mask samples the image through a cubic B-spline and cuts it at the threshold.
func (b *bitmap) mask(m affine) *image.Alpha {
	whole := b.frame.then(m)
	area := b.extent.through(m).pixels(2)
	out := image.NewAlpha(area)
	// The edge is a pixel wide, and never so wide that paper turns grey.
	back, sharp := whole.inverse(), max(1.6*whole.size(), 0.6/b.threshold)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := out.Pix[(y-area.Min.Y)*out.Stride:]
		for x := area.Min.X; x < area.Max.X; x++ {
			v := b.sample(back.apply(vec{float64(x) + 0.5, float64(y) + 0.5}))
			row[x-area.Min.X] = uint8(255 * clamp((v-b.threshold)*sharp+0.5, 0, 1))
		}
	}
	return out
}

// sample returns the smoothed grey value, 0 to 1, at a place in the image.
func (b *bitmap) sample(p vec) float64 {
	px, py := p.x-0.5, p.y-0.5
	x0, y0 := math.Floor(px), math.Floor(py)
	if x0 < -2 || y0 < -2 || x0 > digitSide+1 || y0 > digitSide+1 {
		return 0
	}
	wx, wy := spline(px-x0), spline(py-y0)
	var sum float64
	for j, w := range wy {
		y := int(y0) + j - 1
		if y < 0 || y >= digitSide {
			continue
		}
		for i, v := range wx {
			if x := int(x0) + i - 1; x >= 0 && x < digitSide {
				sum += w * v * float64(b.pix[y*digitSide+x])
			}
		}
	}
	return sum / 255
}

// spline returns the weights of the uniform cubic B-spline for a fraction t.
func spline(t float64) [4]float64 {
	u := 1 - t
	return [4]float64{
		u * u * u / 6, (3*t*t*t - 6*t*t + 4) / 6, (3*u*u*u - 6*u*u + 4) / 6, t * t * t / 6,
	}
}
