package find

import (
	"context"
	"fmt"
	"image"
	"math"

	"hakbeon/internal/onnx"
	"hakbeon/recognizer/models"
)

// The maps that the network gives, in this order; recognizer/training/find.py makes it.
const (
	mapID     = iota // the ID's row of digits
	mapDigits        // any handwritten row of digits
	mapName          // handwriting in the name's field
	mapHand          // other handwriting
	mapLeft          // the left end of the ID
	mapRight         // the right end
	mapHeight        // of a row's digits: the logarithm to base 2 of pixels
	mapLying         // text runs down or up
	mapBack          // ink of the back that shines through
	mapCount
)

const (
	// cell is the side of a map's cell, in pixels of the reduced page.
	cell = 4
	// multiple is what both sides of the network's input are multiples of. It sees
	// halves of halves; 64 rather than 32 keeps the shapes few, for which ONNX
	// Runtime keeps memory. No level of a pyramid is smaller.
	multiple = 64
)

// maps are what the network says of a page. All but the heights are probabilities. The
// ends and the back only helped the network to learn, and are left empty.
type maps struct {
	rows, columns int
	of            [mapCount][]float32
}

// Finder finds fields. It is safe for concurrent use.
type Finder struct {
	net *onnx.Network
	ink [256]float32 // how dark each brightness is, 0 to 1
}

// Open prepares the network, see onnx.Open.
func Open(library string) (*Finder, error) {
	net, err := onnx.Open(models.Page(), library)
	if err != nil {
		return nil, err
	}
	f := &Finder{net: net}
	for v := range f.ink {
		f.ink[v] = 1 - float32(v)/255
	}
	return f, nil
}

// Close frees the network.
func (f *Finder) Close() error { return f.net.Close() }

// look runs the network over a reduced page.
func (f *Finder) look(ctx context.Context, small *image.Gray) (*maps, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w, h := upTo(small.Rect.Dx(), multiple), upTo(small.Rect.Dy(), multiple)
	input := make([]float32, w*h)
	for y := range small.Rect.Dy() {
		row := input[y*w:]
		for x, v := range small.Pix[y*small.Stride:][:small.Rect.Dx()] {
			row[x] = f.ink[v]
		}
	}
	m := &maps{rows: h / cell, columns: w / cell}
	err := f.net.Run(input, []int64{1, 1, int64(h), int64(w)}, func(out []float32, shape []int64) error {
		if len(shape) != 4 || shape[1] != mapCount || len(out) != mapCount*m.rows*m.columns {
			return fmt.Errorf("find: the page model's output has shape %v", shape)
		}
		m.take(out)
		return nil
	})
	return m, err
}

// take copies what is read of the network's output and makes probabilities of it. Most
// of a page is unlikely to be any of it, counts as nothing, and is spared the exponential.
func (m *maps) take(out []float32) {
	n := m.rows * m.columns
	unlikely := float32(logit(leastDigits))
	for _, k := range [...]int{mapID, mapDigits, mapName, mapHand, mapHeight, mapLying} {
		plane := append([]float32(nil), out[k*n:(k+1)*n]...)
		if k != mapHeight {
			for i, v := range plane {
				if v < unlikely {
					plane[i] = 0
				} else {
					plane[i] = float32(1 / (1 + math.Exp(-float64(v))))
				}
			}
		}
		m.of[k] = plane
	}
}

func upTo(n, of int) int { return (n + of - 1) / of * of }

// lying is the mean probability over what is written that its text runs down or up.
func (m *maps) lying() float64 {
	var sum, weight float64
	for i, v := range m.of[mapLying] {
		w := m.of[mapDigits][i] + m.of[mapHand][i] + m.of[mapName][i] + m.of[mapID][i]
		sum, weight = sum+float64(v*w), weight+float64(w)
	}
	if weight == 0 {
		return 0
	}
	return sum / weight
}

// quarterTurn turns a page clockwise: a row that ran up runs to the right.
func quarterTurn(page *image.Gray) *image.Gray {
	w, h := page.Rect.Dx(), page.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x, v := range page.Pix[y*page.Stride:][:w] {
			out.Pix[x*out.Stride+h-1-y] = v
		}
	}
	return out
}
