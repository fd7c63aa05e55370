// Package ppocr reads answer sheets as hakbeon's first version did, with PP-OCRv4's
// mobile models: a peer of the benchmark, not a part of the product. The models come
// from npm, see LoadModels.
package ppocr

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"hakbeon/internal/onnx"
	"hakbeon/recognizer"
)

// digits says which digits the line reader's signs stand for in handwriting, see
// newPooling.
//
//go:embed digits.tsv
var digits string

// linesOfPage is how many lines of a page are read.
const linesOfPage = 20

// Reader finds and reads lines.
type Reader struct {
	detector detector
	lines    *ctcReader
}

// Open loads the models from a node_modules folder.
func Open(dir string) (*Reader, error) {
	dir = filepath.Join(dir, "@gutenye", "ocr-models", "assets")
	var files [3][]byte
	for i, name := range []string{"ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx", "ppocr_keys_v1.txt"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("ppocr: %w: run make setup", err)
		}
		files[i] = data
	}
	pooling, err := newPooling(string(files[2]), digits)
	if err != nil {
		return nil, err
	}
	det, err := onnx.Open(files[0], "")
	if err != nil {
		return nil, err
	}
	rec, err := onnx.Open(files[1], "")
	if err != nil {
		return nil, errors.Join(err, det.Close())
	}
	return &Reader{&dbDetector{det}, &ctcReader{rec, pooling}}, nil
}

// Close frees the models.
func (r *Reader) Close() error { return errors.Join(r.detector.close(), r.lines.close()) }

// Read finds the lines of a page that may hold an ID and reads them.
func (r *Reader) Read(ctx context.Context, page *image.Gray) (*recognizer.Reading, error) {
	rd := &recognizer.Reading{Model: "ppocrv4", Width: page.Rect.Dx(), Height: page.Rect.Dy()}
	strips, err := r.detector.detect(ctx, page)
	if err != nil {
		return nil, err
	}
	for _, c := range candidates(strips, float64(page.Rect.Dy()), linesOfPage) {
		s := c.strip.grown(0.1*c.strip.height, 1.1)
		columns, err := r.lines.read(ctx, page, s)
		if err != nil {
			return nil, err
		}
		rd.Lines = append(rd.Lines, recognizer.NewLine(s.bounds().Intersect(page.Rect), c.place, columns))
	}
	return rd, nil
}
