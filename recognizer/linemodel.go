package recognizer

import (
	"context"
	"fmt"
	"image"
	"slices"

	"hakbeon/internal/onnx"
	"hakbeon/recognizer/lines"
	"hakbeon/recognizer/read"
)

// lineWidths are the widths that crops are padded to. They are few, because the
// runtime keeps memory for each shape that it has seen.
var lineWidths = [...]int{
	80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 272, 288, 304, 320, 336, 352, 368, 384,
}

// widestLine is the widest crop that the line model was trained with.
const widestLine = 384

// pixelsOfColumn is how many pixels of a crop make a column.
const pixelsOfColumn = 2

// lineModel reads one line of text.
type lineModel struct{ net *onnx.Network }

// look is how a strip is looked at.
type look struct {
	stretch float64 // makes it wider
	turned  bool    // upside down
}

// read gives a strip's columns from left to right, quantised, see read.QuantisedLine.
func (m *lineModel) read(ctx context.Context, page *image.Gray, s lines.Strip, how look) ([]uint8, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	crop := lines.Cut(page, s, how.stretch, widestLine)
	if how.turned {
		slices.Reverse(crop.Ink)
	}
	full := bucket(crop.Width)
	input := make([]float32, full*lines.Height)
	for y := range lines.Height {
		copy(input[y*full:], crop.Ink[y*crop.Width:(y+1)*crop.Width])
	}
	n := (crop.Width + pixelsOfColumn - 1) / pixelsOfColumn
	quantised := make([]uint8, n*Classes)
	err := m.net.Run(input, []int64{1, 1, lines.Height, int64(full)}, func(out []float32, shape []int64) error {
		if len(shape) != 3 || int(shape[1]) < n || shape[2] != Classes {
			return fmt.Errorf("recognizer: the line model's output has shape %v", shape)
		}
		for i := range quantised {
			quantised[i] = read.Quantise(float64(out[i]))
		}
		return nil
	})
	return quantised, err
}

// bucket is the smallest of the line widths that holds w.
func bucket(w int) int {
	for _, b := range lineWidths {
		if w <= b {
			return b
		}
	}
	return widestLine
}
