package synth

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math"
)

// wear is what happens to a picture besides paper and scanner. The zero value is
// nothing.
type wear struct {
	pale    float64 // how much lighter ink becomes, 0 to 1
	shade   float64 // how much darker one side is, 0 to 1
	soft    int     // radius of a blur, in pixels
	smear   int     // length of a movement to the right or down, in pixels
	down    bool    // the movement is downwards
	noise   float64 // deviation, in grey levels
	dust    int     // specks in a million pixels
	fold    bool    // a crease runs across
	stripes int     // dark columns that a dirty scanner draws
	bilevel bool    // black and white
	quality int     // of JPEG, 0 for none
}

func noWear(random) wear { return wear{} }

// anyWear is Training's: wide, so that what scanners do lies within it.
func anyWear(r random) wear {
	var w wear
	if r.chance(0.3) {
		w.pale = r.between(0.1, 0.6)
	}
	if r.chance(0.15) {
		w.shade = r.between(0.05, 0.4)
	}
	if r.chance(0.2) {
		w.soft = 1 + r.IntN(2)
	}
	if r.chance(0.06) {
		w.smear, w.down = 2+r.IntN(2), r.chance(0.5)
	}
	if r.chance(0.15) {
		w.noise = r.between(2, 14)
	}
	w.bilevel = r.chance(0.1)
	if r.chance(0.35) {
		w.quality = 20 + r.IntN(73)
	}
	return w
}

// usualWear is what office scanners and phones do.
func usualWear(r random) wear {
	w := wear{quality: 60 + r.IntN(36), bilevel: r.chance(0.08)}
	if r.chance(0.12) {
		w.pale = r.between(0.1, 0.45)
	}
	if r.chance(0.1) {
		w.shade = r.between(0.05, 0.25)
	}
	if r.chance(0.1) {
		w.soft = 1
	}
	return w
}

// shiftedWear has damage that anyWear doesn't know.
func shiftedWear(r random) wear {
	w := usualWear(r)
	if r.chance(0.3) {
		w.smear, w.down = 3+r.IntN(3), r.chance(0.5)
	}
	if r.chance(0.3) {
		w.dust = 50 + r.IntN(400)
	}
	w.fold = r.chance(0.25)
	if r.chance(0.2) {
		w.stripes = 1 + r.IntN(3)
	}
	return w
}

// apply returns the worn picture, which may be the same one.
func (w wear) apply(img *image.RGBA, r random) (*image.RGBA, error) {
	if w.pale > 0 || w.shade > 0 || w.noise > 0 {
		w.fade(img, r)
	}
	for range 2 * min(w.soft, 1) {
		boxBlur(img, 0, 2*w.soft+1)
		boxBlur(img, 1, 2*w.soft+1)
	}
	if w.smear > 1 {
		dy := 0
		if w.down {
			dy = 1
		}
		boxBlur(img, dy, w.smear)
	}
	w.soil(img, r)
	if w.bilevel {
		bilevel(img, 150+r.IntN(60))
	}
	if w.quality == 0 {
		return img, nil
	}
	return throughJPEG(img, w.quality)
}

// fade makes ink paler, one side darker, and adds noise.
func (w wear) fade(img *image.RGBA, r random) {
	keep := 1 - w.pale
	width := float64(max(img.Rect.Dx(), 1))
	for i := range img.Pix {
		if i&3 == 3 {
			continue
		}
		v := 255 - keep*float64(255-img.Pix[i])
		if w.shade > 0 {
			x := (i % img.Stride) / 4
			v *= 1 - w.shade*float64(x)/width
		}
		if w.noise > 0 && i&3 == 0 {
			v += w.noise * r.NormFloat64()
			u := uint8(clamp(v, 0, 255))
			img.Pix[i], img.Pix[i+1], img.Pix[i+2] = u, u, u
			continue
		}
		if w.noise == 0 {
			img.Pix[i] = uint8(clamp(v, 0, 255))
		}
	}
}

// boxBlur averages n pixels across or, with dy 1, down, with a sum that slides along.
func boxBlur(img *image.RGBA, dy, n int) {
	size := img.Rect.Size()
	length, across, step, turn := size.X, size.Y, 4, img.Stride
	if dy > 0 {
		length, across, step, turn = size.Y, size.X, img.Stride, 4
	}
	line := make([]int, length)
	for j := range across {
		for c := range 3 {
			at := j*turn + c
			for i := range line {
				line[i] = int(img.Pix[at+i*step])
			}
			sum := 0
			for k := range n {
				sum += line[min(max(k-n/2, 0), length-1)]
			}
			for i := range line {
				img.Pix[at+i*step] = uint8(sum / n)
				sum += line[min(i-n/2+n, length-1)] - line[min(max(i-n/2, 0), length-1)]
			}
		}
	}
}

// soil draws dust, a crease and stripes.
func (w wear) soil(img *image.RGBA, r random) {
	size := img.Rect.Size()
	dark := func(x, y int, keep float64) {
		if x < 0 || y < 0 || x >= size.X || y >= size.Y {
			return
		}
		for c := range 3 {
			p := &img.Pix[y*img.Stride+4*x+c]
			*p = uint8(keep * float64(*p))
		}
	}
	for range w.dust * size.X * size.Y / 1_000_000 {
		x, y, side := r.IntN(size.X), r.IntN(size.Y), 1+r.IntN(4)
		for k := range side * side {
			dark(x+k%side, y+k/side, 0.3)
		}
	}
	for range w.stripes {
		x, keep := r.IntN(size.X), r.between(0.5, 0.85)
		for y := range size.Y {
			dark(x, y, keep)
		}
	}
	if w.fold {
		at, slope := r.between(0, float64(size.Y)), r.around(0, 0.05)
		for x := range size.X {
			for k := -3; k <= 3; k++ {
				dark(x, int(at+slope*float64(x))+k, 1-0.35*math.Exp(-float64(k*k)/3))
			}
		}
	}
}

func bilevel(img *image.RGBA, threshold int) {
	for i := 0; i < len(img.Pix); i += 4 {
		var v uint8
		if int(img.Pix[i])+int(img.Pix[i+1])+int(img.Pix[i+2]) > 3*threshold {
			v = 255
		}
		img.Pix[i], img.Pix[i+1], img.Pix[i+2] = v, v, v
	}
}

// throughJPEG encodes and decodes.
func throughJPEG(img *image.RGBA, quality int) (*image.RGBA, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("wear a picture out: %w", err)
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		return nil, fmt.Errorf("wear a picture out: %w", err)
	}
	out := image.NewRGBA(img.Rect)
	draw.Draw(out, out.Rect, back, back.Bounds().Min, draw.Src)
	return out, nil
}
