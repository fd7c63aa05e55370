package recognizer

import (
	"context"
	"fmt"
	"image"
	"math"
)

// lineReader reads one line of text.
type lineReader interface {
	// read returns the line's columns from left to right, quantised, see
	// Line.columns.
	read(ctx context.Context, page *image.Gray, s strip) ([]uint8, error)
	close() error
}

// lineHeight is the line reader's fixed height in pixels.
const lineHeight = 48

// lineWidths are the widths that lines are padded to. They are few, because
// the runtime keeps memory for each shape that it has seen.
var lineWidths = [...]int{160, 240, 320, 480, 640, 960}

// ctcReader is a network that was trained with CTC on lines of any text.
type ctcReader struct {
	net     *network
	pooling *pooling
}

func (c *ctcReader) close() error { return c.net.close() }

func (c *ctcReader) read(ctx context.Context, page *image.Gray, s strip) ([]uint8, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := int(math.Ceil(s.width() * lineHeight / s.height))
	w = max(1, min(w, lineWidths[len(lineWidths)-1]))
	full := bucket(w)
	input := lineInput(straighten(page, s, w, lineHeight), w, full)
	var columns []uint8
	err := c.net.run(input, []int64{1, 3, lineHeight, int64(full)}, func(out []float32, shape []int64) error {
		if len(shape) != 3 || shape[1] < 1 || int(shape[2]) < c.pooling.classes() {
			return fmt.Errorf("recognizer: line reader's output has shape %v", shape)
		}
		used := (w*int(shape[1]) + full - 1) / full
		columns = c.quantised(out, int(shape[2]), min(used+1, int(shape[1])))
		return nil
	})
	return columns, err
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

// quantised pools the first columns of the network's output.
func (c *ctcReader) quantised(out []float32, classes, columns int) []uint8 {
	q := make([]uint8, 0, columns*Classes)
	for t := range columns {
		for _, p := range c.pooling.pool(out[t*classes : (t+1)*classes]) {
			q = append(q, quantise(float64(p)))
		}
	}
	return q
}
