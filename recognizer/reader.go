package recognizer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"hakbeon/recognizer/models"
)

// Options say where a Reader finds what it needs.
type Options struct {
	// Library is the path of ONNX Runtime's shared library. Defaults to
	// lib/libonnxruntime.so.1 beside the executable, then
	// bin/lib/libonnxruntime.so.1 upwards from the working directory, then the
	// system's libonnxruntime.so.1.
	Library string
	// Lines is how many lines of a page are read at most. More lines find IDs in
	// odd places and cost 10 to 30 ms each. Defaults to 20.
	Lines int
}

// defaultLines is Options.Lines' default.
const defaultLines = 20

// ErrClosed is returned by a Reader that was closed.
var ErrClosed = errors.New("recognizer: reader is closed")

// Reader finds and reads lines. It is safe for concurrent use.
type Reader struct {
	detector detector
	lines    lineReader
	limit    int
	model    string

	mu     sync.RWMutex // held for reading while a page is read
	closed bool
}

// Open loads ONNX Runtime and the models. Opening takes about half a second and
// 100 MB: open one Reader and share it. The error is ErrLibrary if the runtime
// can't be loaded.
func Open(o Options) (*Reader, error) {
	if o.Lines <= 0 {
		o.Lines = defaultLines
	}
	if err := acquireRuntime(o.Library); err != nil {
		return nil, err
	}
	r, err := openModels(o)
	if err != nil {
		return nil, errors.Join(err, releaseRuntime())
	}
	return r, nil
}

func openModels(o Options) (*Reader, error) {
	pooling, err := newPooling(models.Keys(), models.Digits())
	if err != nil {
		return nil, err
	}
	det, err := newNetwork(models.Detector())
	if err != nil {
		return nil, err
	}
	rec, err := newNetwork(models.LineReader())
	if err != nil {
		return nil, errors.Join(err, det.close())
	}
	return &Reader{
		detector: &dbDetector{det}, lines: &ctcReader{rec, pooling},
		limit: o.Lines, model: modelName(o),
	}, nil
}

// readerVersion changes whenever the code between the models and the evidence
// changes what is read.
const readerVersion = 1

func modelName(o Options) string {
	h := sha256.New()
	h.Write(models.Detector())
	h.Write(models.LineReader())
	fmt.Fprintf(h, "reader %d, %d lines, %s", readerVersion, o.Lines, models.Digits())
	return "ppocrv4-" + hex.EncodeToString(h.Sum(nil))[:12]
}

// Model names the models and the parameters that readings come from, such as
// ppocrv4-0123456789ab.
func (r *Reader) Model() string { return r.model }

// Close waits for the pages being read and frees the models. Closing twice is
// harmless.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	return errors.Join(r.detector.close(), r.lines.close(), releaseRuntime())
}

// Read finds the lines of a page that may hold an ID and reads them. No roster
// is needed. A page without lines gives a Reading without lines, not an error;
// errors are the context's, ErrClosed, or the runtime's. One call keeps one
// core busy for about half a second.
func (r *Reader) Read(ctx context.Context, img image.Image) (*Reading, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.closed {
		return nil, ErrClosed
	}
	size := img.Bounds().Size()
	rd := &Reading{Model: r.model, Width: max(0, size.X), Height: max(0, size.Y)}
	if min(size.X, size.Y) < minPage || max(size.X, size.Y) > maxPage {
		return rd, nil
	}
	start := time.Now()
	page := grey(img)
	rd.Timings.Prepare = since(start)
	start = time.Now()
	strips, err := r.detector.detect(ctx, page)
	if err != nil {
		return nil, err
	}
	rd.Timings.Detect = since(start)
	start = time.Now()
	rd.Lines, err = r.readLines(ctx, page, strips)
	if err != nil {
		return nil, err
	}
	rd.Timings.Read = since(start)
	return rd, nil
}

// Sides of a page, in pixels, between which reading makes sense.
const (
	minPage = 16
	maxPage = 1 << 16
)

func since(start time.Time) float64 { return float64(time.Since(start)) / float64(time.Millisecond) }

// readLines reads the strips that may hold the ID.
func (r *Reader) readLines(ctx context.Context, page *image.Gray, strips []strip) ([]Line, error) {
	var lines []Line
	for _, c := range candidates(strips, float64(page.Rect.Dy()), r.limit) {
		s := c.strip.grown(0.1*c.strip.height, 1.1)
		columns, err := r.lines.read(ctx, page, s)
		if err != nil {
			return nil, err
		}
		lines = append(lines, Line{Box: s.bounds().Intersect(page.Rect), Place: c.place, columns: columns})
	}
	return lines, nil
}
