package ppocr

import (
	"image"
	"math"
)

// shrink resizes a grey image to w x h pixels by averaging areas. It also
// enlarges, without smoothing. The result has w*h brightnesses, 0 to 255.
func shrink(src *image.Gray, w, h int) []float32 {
	size := src.Rect.Size()
	across := spans(size.X, w)
	down := spans(size.Y, h)
	out := make([]float32, w*h)
	row := make([]float32, w)
	for y, s := range down {
		dst := out[y*w : (y+1)*w]
		for i, weight := range s.weights {
			averageRow(row, src.Pix[(s.first+i)*src.Stride:], across)
			for x, v := range row {
				dst[x] += weight * v
			}
		}
	}
	return out
}

// span is the run of source pixels that make one target pixel.
type span struct {
	first   int
	weights []float32 // sum 1
}

// spans divides from source pixels among to target pixels.
func spans(from, to int) []span {
	out := make([]span, to)
	step := float64(from) / float64(to)
	for i := range out {
		lo, hi := float64(i)*step, float64(i+1)*step
		first := min(int(lo), from-1)
		last := min(max(int(math.Ceil(hi))-1, first), from-1)
		weights := make([]float32, last-first+1)
		for j := range weights {
			left, right := max(lo, float64(first+j)), min(hi, float64(first+j+1))
			weights[j] = float32(max(right-left, 1e-6) / step)
		}
		out[i] = span{first, weights}
	}
	return out
}

func averageRow(dst []float32, src []uint8, across []span) {
	for x, s := range across {
		var sum float32
		for i, v := range src[s.first : s.first+len(s.weights)] {
			sum += s.weights[i] * float32(v)
		}
		dst[x] = sum
	}
}

// straighten cuts a slanted strip out of the page and makes it w x h pixels of
// brightness 0 to 255. What lies off the page is white.
func straighten(src *image.Gray, s strip, w, h int) []float32 {
	out := make([]float32, w*h)
	stepX, stepY := s.width()/float64(w), s.height/float64(h)
	nx, ny := samples(stepX), samples(stepY)
	for y := range h {
		for x := range w {
			var sum float32
			for j := range ny {
				v := (float64(y) + (float64(j)+0.5)/float64(ny)) * stepY
				for i := range nx {
					u := (float64(x) + (float64(i)+0.5)/float64(nx)) * stepX
					px, py := s.at(u, v)
					sum += bilinear(src, px-0.5, py-0.5)
				}
			}
			out[y*w+x] = sum / float32(nx*ny)
		}
	}
	return out
}

// samples is how many points a direction are averaged for a target pixel.
func samples(step float64) int { return min(max(int(math.Round(step)), 1), 4) }

func bilinear(src *image.Gray, x, y float64) float32 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	if ix < 0 || iy < 0 || ix+1 >= src.Rect.Dx() || iy+1 >= src.Rect.Dy() {
		return 255
	}
	dx, dy := float32(x-fx), float32(y-fy)
	p := src.Pix[iy*src.Stride+ix:]
	q := src.Pix[(iy+1)*src.Stride+ix:]
	top := float32(p[0])*(1-dx) + float32(p[1])*dx
	bottom := float32(q[0])*(1-dx) + float32(q[1])*dx
	return top*(1-dy) + bottom*dy
}
