package read

import (
	"context"
	"fmt"

	"hakbeon/internal/onnx"
)

// columnModel is a network that reads a crop and says something of every few pixels
// from left to right: a column. It is safe for concurrent use.
type columnModel struct {
	net  *onnx.Network
	what string // the model's name in errors
	// height is that of crops in pixels, widest how wide they may be. They are padded
	// to least at least, and to a multiple, for the runtime keeps memory for each shape.
	height, widest, least, multiple int
	pixels                          int // of a column
}

// Height is how many pixels high crops must be.
func (m *columnModel) Height() int { return m.height }

// Widest is how many pixels wide crops may be.
func (m *columnModel) Widest() int { return m.widest }

// Close frees the model.
func (m *columnModel) Close() error { return m.net.Close() }

// run has the crop, padded with paper, read, and take what is said of its columns:
// classes values for each. lay makes the network's planes of ink, which is 0 on paper.
// Errors are the context's, the runtime's and take's.
func (m *columnModel) run(ctx context.Context, c LineImage, lay func(ink []float32) []float32, take func(out []float32, classes int) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.Height != m.height || c.Width > m.widest {
		return fmt.Errorf("read: a crop of %d x %d pixels for the %s, want %d high and at most %d wide", c.Width, c.Height, m.what, m.height, m.widest)
	}
	full := max(m.least, (c.Width+m.multiple-1)/m.multiple*m.multiple)
	ink := make([]float32, full*m.height)
	for y := range m.height {
		copy(ink[y*full:], c.Ink[y*c.Width:(y+1)*c.Width])
	}
	input, n := lay(ink), m.columns(c)
	planes := int64(len(input) / len(ink))
	return m.net.Run(input, []int64{1, planes, int64(m.height), int64(full)}, func(out []float32, shape []int64) error {
		if len(shape) != 3 || int(shape[1]) < n || len(out) != int(shape[1]*shape[2]) {
			return fmt.Errorf("read: the %s's output has shape %v", m.what, shape)
		}
		classes := int(shape[2])
		return take(out[:n*classes], classes)
	})
}

// columns is how many a crop has.
func (m *columnModel) columns(c LineImage) int { return (c.Width + m.pixels - 1) / m.pixels }

// asInk is one plane, of ink.
func asInk(ink []float32) []float32 { return ink }
