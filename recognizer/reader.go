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

	"hakbeon/internal/onnx"
	"hakbeon/recognizer/models"
)

// Options say where a Reader finds what it needs.
type Options struct {
	// Library is the path of ONNX Runtime's shared library. Defaults to
	// lib/libonnxruntime.so.1 beside the executable, then
	// bin/lib/libonnxruntime.so.1 upwards from the working directory, then the
	// system's libonnxruntime.so.1.
	Library string
	// Looks is how many parts of a page get a look at most, each way up; what may be
	// the ID is then read again. A part costs one to two milliseconds; most pages need
	// six in all. Defaults to 14.
	Looks int
}

// defaultLooks is Options.Looks' default.
const defaultLooks = 14

// ErrClosed is returned by a Reader that was closed.
var ErrClosed = errors.New("recognizer: reader is closed")

// ErrLibrary says that ONNX Runtime's shared library could not be loaded.
var ErrLibrary = onnx.ErrLibrary

// Reader finds and reads lines. It is safe for concurrent use.
type Reader struct {
	lines *lineModel
	looks int
	model string

	mu     sync.RWMutex // held for reading while a page is read
	closed bool
}

// Open loads ONNX Runtime and the line model. The error is ErrLibrary if the
// runtime can't be loaded. Open one Reader and share it.
func Open(o Options) (*Reader, error) {
	if o.Looks <= 0 {
		o.Looks = defaultLooks
	}
	net, err := onnx.Open(models.Line(), o.Library)
	if err != nil {
		return nil, fmt.Errorf("recognizer: %w", err)
	}
	return &Reader{
		lines: &lineModel{net}, looks: o.Looks, model: modelName(o),
	}, nil
}

// readerVersion changes whenever the code between the page and the evidence
// changes what is read.
const readerVersion = 7

func modelName(o Options) string {
	h := sha256.New()
	h.Write(models.Line())
	fmt.Fprintf(h, "reader %d, %d looks", readerVersion, o.Looks)
	return "hakbeon-" + hex.EncodeToString(h.Sum(nil))[:12]
}

// Model names the models and the parameters that readings come from, such as
// hakbeon-0123456789ab.
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
	return r.lines.net.Close()
}

// Read finds the lines of a page that may hold an ID and reads them. No roster
// is needed. A page that shows no ID upright is read the other three ways up, too.
// A page without lines gives a Reading without lines, not an error; errors are the
// context's, ErrClosed, or the runtime's. One call keeps one core busy for about
// ten milliseconds, several times that if the page isn't upright.
func (r *Reader) Read(ctx context.Context, img image.Image) (*Reading, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.closed {
		return nil, ErrClosed
	}
	size := img.Bounds().Size()
	rd := &Reading{Model: r.model, Width: max(0, size.X), Height: max(0, size.Y)}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if min(size.X, size.Y) < minPage || max(size.X, size.Y) > maxPage {
		return rd, nil
	}
	start := time.Now()
	page := grey(img)
	rd.Timings.Prepare = since(start)
	for _, turns := range [...][2]Turn{{0, 2}, {1, 3}} {
		found, err := r.readTurned(ctx, page, rd, turns)
		if err != nil {
			return nil, err
		}
		if found {
			break
		}
	}
	return rd, nil
}

// readTurned reads a page one way up and, unless that surely shows an ID and shows
// it the right way up, the other way up. Where both ways stay possible, the roster
// will decide.
func (r *Reader) readTurned(ctx context.Context, page *image.Gray, rd *Reading, turns [2]Turn) (found bool, err error) {
	for _, turn := range turns {
		s := &search{reader: r, ctx: ctx, page: turn.Apply(page), rd: rd, turn: turn}
		if err := s.run(); err != nil {
			return false, err
		}
		best := s.surest()
		if best == nil {
			if s.dated() {
				return true, nil
			}
			continue
		}
		found = true
		if either, err := s.eitherWayUp(best); err != nil || !either {
			return found, err
		}
	}
	return found, nil
}

// Sides of a page, in pixels, between which reading makes sense.
const (
	minPage = 16
	maxPage = 1 << 16
)

func since(start time.Time) float64 { return float64(time.Since(start)) / float64(time.Millisecond) }
