package read

import (
	"context"
	"fmt"

	"hakbeon/internal/onnx"
	"hakbeon/recognizer/models"
)

// LineModel reads a level crop of one line of text. It is safe for concurrent use.
type LineModel interface {
	// Read gives, for each column of the crop from left to right, the quantised
	// log-probabilities of its Classes, see Quantise. Errors are the context's and
	// the runtime's.
	Read(ctx context.Context, c LineImage) (columns []uint8, err error)
	// Height is how many pixels high crops must be, Widest how wide they may be.
	Height() int
	Widest() int
	// Close frees the model.
	Close() error
}

// Sizes of our own line model, see models/README.md.
const (
	lineHeight     = 32
	lineWidest     = 384
	lineMultiple   = 16 // crops are padded, for the runtime keeps memory for each shape
	pixelsOfColumn = 2
)

// network is our own line model.
type network struct{ net *onnx.Network }

// OpenLineModel prepares the line model that is compiled in, see onnx.Open for the
// library and the error.
func OpenLineModel(library string) (LineModel, error) {
	net, err := onnx.Open(models.Line(), library)
	if err != nil {
		return nil, err
	}
	return &network{net}, nil
}

func (*network) Height() int { return lineHeight }

func (*network) Widest() int { return lineWidest }

func (m *network) Close() error { return m.net.Close() }

func (m *network) Read(ctx context.Context, c LineImage) ([]uint8, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.Height != lineHeight || c.Width > lineWidest {
		return nil, fmt.Errorf("read: a crop of %d x %d pixels, want %d high and at most %d wide", c.Width, c.Height, lineHeight, lineWidest)
	}
	full := max(80, (c.Width+lineMultiple-1)/lineMultiple*lineMultiple)
	input := make([]float32, full*lineHeight)
	for y := range lineHeight {
		copy(input[y*full:], c.Ink[y*c.Width:(y+1)*c.Width])
	}
	n := (c.Width + pixelsOfColumn - 1) / pixelsOfColumn
	quantised := make([]uint8, n*Classes)
	err := m.net.Run(input, []int64{1, 1, lineHeight, int64(full)}, func(out []float32, shape []int64) error {
		if len(shape) != 3 || int(shape[1]) < n || shape[2] != Classes {
			return fmt.Errorf("read: the line model's output has shape %v", shape)
		}
		for i := range quantised {
			quantised[i] = Quantise(float64(out[i]))
		}
		return nil
	})
	return quantised, err
}
