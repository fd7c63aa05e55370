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
	lineLeast      = 80
	lineMultiple   = 16
	pixelsOfColumn = 2
)

// network is our own line model.
type network struct{ columnModel }

// OpenLineModel prepares the line model that is compiled in, see onnx.Open for the
// library and the error.
func OpenLineModel(library string) (LineModel, error) {
	net, err := onnx.Open(models.Line(), library)
	if err != nil {
		return nil, err
	}
	return &network{columnModel{net, "line model", lineHeight, lineWidest, lineLeast, lineMultiple, pixelsOfColumn}}, nil
}

func (m *network) Read(ctx context.Context, c LineImage) ([]uint8, error) {
	quantised := make([]uint8, m.columns(c)*Classes)
	err := m.run(ctx, c, asInk, func(out []float32, classes int) error {
		if classes != Classes {
			return fmt.Errorf("read: the line model has %d classes, want %d", classes, Classes)
		}
		for i, v := range out {
			quantised[i] = Quantise(float64(v))
		}
		return nil
	})
	return quantised, err
}
