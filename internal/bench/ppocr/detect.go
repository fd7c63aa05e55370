package ppocr

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"

	"hakbeon/internal/onnx"
)

// detector finds text lines on a page.
type detector interface {
	// detect returns the lines in pixels of the page, in no order.
	detect(ctx context.Context, page *image.Gray) ([]strip, error)
	close() error
}

// The text detector's numbers. They are PP-OCR's own, except that the height
// is grown more than the width: handwriting reaches above and below its core.
const (
	detectSide    = 960  // the page's longer side as the detector sees it
	detectStep    = 32   // sides are multiples of this
	coreThreshold = 0.3  // from here a pixel belongs to a line's core
	boxThreshold  = 0.5  // mean probability from which a core is a line
	unclipRatio   = 1.6  // how much a core is smaller than its line
	minCore       = 3    // a core's shorter side, in the detector's pixels
	longCore      = 5    // width over height from which a core has a slope of its own
	maxSlope      = 0.12 // tangent of 7 degrees
)

// The means and deviations that the detector was trained with, per channel.
var (
	detectMean = [3]float32{0.485, 0.456, 0.406}
	detectStd  = [3]float32{0.229, 0.224, 0.225}
)

// dbDetector is a network of the kind "differentiable binarization": its output
// is the probability of each pixel to lie in the shrunken core of a line.
type dbDetector struct{ net *onnx.Network }

func (d *dbDetector) close() error { return d.net.Close() }

func (d *dbDetector) detect(ctx context.Context, page *image.Gray) ([]strip, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	size := page.Rect.Size()
	scale := min(1, detectSide/float64(max(size.X, size.Y)))
	w, h := max(1, int(float64(size.X)*scale)), max(1, int(float64(size.Y)*scale))
	fullW, fullH := roundUp(w, detectStep), roundUp(h, detectStep)
	input := detectInput(shrink(page, w, h), w, h, fullW, fullH)
	var found []strip
	err := d.net.Run(input, []int64{1, 3, int64(fullH), int64(fullW)}, func(out []float32, shape []int64) error {
		if len(out) != fullW*fullH {
			return fmt.Errorf("ppocr: detector's output has shape %v, want %d x %d", shape, fullH, fullW)
		}
		found = cores(out, fullW, fullH)
		return nil
	})
	for i := range found {
		found[i] = found[i].scaled(float64(size.X) / float64(w))
	}
	return found, err
}

func roundUp(n, step int) int { return (n + step - 1) / step * step }

// detectInput normalises brightness, three equal channels, with white paper
// around.
func detectInput(pix []float32, w, h, fullW, fullH int) []float32 {
	plane := fullW * fullH
	out := make([]float32, 3*plane)
	for c := range 3 {
		scale, shift := 1/(255*detectStd[c]), detectMean[c]/detectStd[c]
		dst := out[c*plane : (c+1)*plane]
		white := 255*scale - shift
		for i := range dst {
			dst[i] = white
		}
		for y := range h {
			row := dst[y*fullW:]
			for x, v := range pix[y*w : (y+1)*w] {
				row[x] = v*scale - shift
			}
		}
	}
	return out
}

// cores finds the connected regions of a probability map and grows each to the
// line around it.
func cores(prob []float32, w, h int) []strip {
	regions := regionsOf(prob, w, h)
	skew := pageSkew(regions)
	var out []strip
	for _, r := range regions {
		if s, ok := r.fit(skew); ok {
			out = append(out, s)
		}
	}
	return out
}

func regionsOf(prob []float32, w, h int) []*region {
	var out []*region
	seen := make([]bool, len(prob))
	var stack []int32
	for i, p := range prob {
		if p < coreThreshold || seen[i] {
			continue
		}
		r := &region{stride: w}
		stack = r.flood(prob, seen, h, int32(i), stack)
		out = append(out, r)
	}
	return out
}

// region is a set of connected core pixels with its moments.
type region struct {
	stride                 int
	pixels                 []int32
	sx, sy, sxx, sxy, prob float64
}

// flood collects the core pixels connected with start, diagonals included. It
// returns its stack for the next call.
func (r *region) flood(prob []float32, seen []bool, h int, start int32, stack []int32) []int32 {
	stack = append(stack[:0], start)
	seen[start] = true
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		x, y := r.add(i, prob[i])
		for ny := max(y-1, 0); ny <= min(y+1, h-1); ny++ {
			for nx := max(x-1, 0); nx <= min(x+1, r.stride-1); nx++ {
				if n := ny*r.stride + nx; !seen[n] && prob[n] >= coreThreshold {
					seen[n] = true
					stack = append(stack, int32(n))
				}
			}
		}
	}
	return stack
}

func (r *region) add(i int32, p float32) (x, y int) {
	x, y = int(i)%r.stride, int(i)/r.stride
	fx, fy := float64(x), float64(y)
	r.pixels = append(r.pixels, i)
	r.sx, r.sy, r.sxx, r.sxy = r.sx+fx, r.sy+fy, r.sxx+fx*fx, r.sxy+fx*fy
	r.prob += float64(p)
	return x, y
}

// slope is the regression line's, clamped.
func (r *region) slope() float64 {
	n := float64(len(r.pixels))
	mx, my := r.sx/n, r.sy/n
	variance := r.sxx/n - mx*mx
	if variance <= 0 {
		return 0
	}
	return max(-maxSlope, min(maxSlope, (r.sxy/n-mx*my)/variance))
}

// pageSkew is the median slope of the regions long enough to tell, 0 if there
// are none.
func pageSkew(regions []*region) float64 {
	var slopes []float64
	for _, r := range regions {
		if s := r.around(r.slope()); s.width() > longCore*s.height {
			slopes = append(slopes, s.slope)
		}
	}
	if len(slopes) == 0 {
		return 0
	}
	slices.Sort(slopes)
	return slopes[len(slopes)/2]
}

// fit lays the line around the region: along its own slope if it is long enough
// to have one, else along the page's.
func (r *region) fit(skew float64) (strip, bool) {
	s := r.around(r.slope())
	if s.width() <= longCore*s.height {
		s = r.around(skew)
	}
	mean := r.prob / float64(len(r.pixels))
	if min(s.width(), s.height) < minCore || mean < boxThreshold {
		return strip{}, false
	}
	grow := s.width() * s.height * unclipRatio / (2 * (s.width() + s.height))
	return s.grown(grow, (s.height+2*grow)/s.height), true
}

// around is the smallest strip of a slope that holds the region.
func (r *region) around(slope float64) strip {
	left, right := math.Inf(1), math.Inf(-1)
	top, bottom := math.Inf(1), math.Inf(-1)
	for _, i := range r.pixels {
		x, y := float64(int(i)%r.stride), float64(int(i)/r.stride)
		off := y - slope*x
		left, right = min(left, x), max(right, x+1)
		top, bottom = min(top, off), max(bottom, off+1)
	}
	return strip{
		left: left, right: right, slope: slope,
		middle: (top+bottom)/2 + slope*left, height: bottom - top,
	}
}
