package ppocr

import (
	"context"
	"fmt"
	"image"
	"math"

	"hakbeon/internal/onnx"
	"hakbeon/recognizer"
)

// lineHeight is the line reader's fixed height in pixels.
const lineHeight = 48

// lineWidths are the widths that lines are padded to. They are few, because
// the runtime keeps memory for each shape that it has seen.
var lineWidths = [...]int{160, 240, 320, 480, 640, 960}

// ctcReader is a network that was trained with CTC on lines of any text.
type ctcReader struct {
	net     *onnx.Network
	pooling *pooling
}

func (c *ctcReader) close() error { return c.net.Close() }

// read gives the probabilities of a line's columns from left to right.
func (c *ctcReader) read(ctx context.Context, page *image.Gray, s strip) (out [][recognizer.Classes]float64, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = c.raw(page, s, func(columns [][]float32) {
		for _, column := range columns {
			var y [recognizer.Classes]float64
			for i, p := range c.pooling.pool(column) {
				y[i] = float64(p)
			}
			out = append(out, y)
		}
	})
	return out, err
}

// raw runs the network on a strip and hands the columns that the strip fills,
// with the probabilities of all classes, to use. They are gone afterwards.
func (c *ctcReader) raw(page *image.Gray, s strip, use func(columns [][]float32)) error {
	w := int(math.Ceil(s.width() * lineHeight / s.height))
	w = max(1, min(w, lineWidths[len(lineWidths)-1]))
	full := bucket(w)
	input := lineInput(straighten(page, s, w, lineHeight), w, full)
	return c.net.Run(input, []int64{1, 3, lineHeight, int64(full)}, func(out []float32, shape []int64) error {
		if len(shape) != 3 || shape[1] < 1 || int(shape[2]) < c.pooling.classes() {
			return fmt.Errorf("ppocr: line reader's output has shape %v", shape)
		}
		n, classes := int(shape[1]), int(shape[2])
		columns := make([][]float32, min((w*n+full-1)/full+1, n))
		for t := range columns {
			columns[t] = out[t*classes : (t+1)*classes]
		}
		use(columns)
		return nil
	})
}

// bucket is the smallest of the line widths that holds w.
func bucket(w int) int {
	for _, b := range lineWidths {
		if w <= b {
			return b
		}
	}
	return lineWidths[len(lineWidths)-1]
}

// lineInput maps brightness to -1 (black) ... 1 (white), three equal channels,
// with grey on the right as in the model's training.
func lineInput(pix []float32, w, full int) []float32 {
	plane := lineHeight * full
	out := make([]float32, 3*plane)
	for y := range lineHeight {
		row := out[y*full:]
		for x, v := range pix[y*w : (y+1)*w] {
			row[x] = v/127.5 - 1
		}
	}
	copy(out[plane:], out[:plane])
	copy(out[2*plane:], out[:plane])
	return out
}
