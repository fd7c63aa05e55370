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
	"hakbeon/recognizer/find"
	"hakbeon/recognizer/models"
	"hakbeon/recognizer/read"
)

// Options say where a Reader finds what it needs.
type Options struct {
	// Library is the path of ONNX Runtime's shared library. Defaults to
	// lib/libonnxruntime.so.1 beside the executable, then
	// bin/lib/libonnxruntime.so.1 upwards from the working directory, then the
	// system's libonnxruntime.so.1.
	Library string
	// NameModel and NameDictionary are another name model and its dictionary, see
	// read.OpenOtherNameModel. Without them our own model reads names.
	NameModel, NameDictionary []byte
}

// ErrClosed is returned by a Reader that was closed.
var ErrClosed = errors.New("recognizer: reader is closed")

// ErrLibrary says that ONNX Runtime's shared library could not be loaded.
var ErrLibrary = onnx.ErrLibrary

// Reader finds and reads IDs. It is safe for concurrent use.
type Reader struct {
	finder  *find.Finder
	line    read.LineModel
	name    read.NameModel
	model   string
	library string

	opening sync.Mutex
	letter  read.LetterModel // nil until somebody asks for letters

	mu     sync.RWMutex // held for reading while a page is read
	closed bool
}

// Open loads ONNX Runtime and the models. The error is ErrLibrary if the runtime
// can't be loaded. Open one Reader and share it.
func Open(o Options) (*Reader, error) {
	finder, err := find.Open(o.Library)
	if err != nil {
		return nil, fmt.Errorf("recognizer: %w", err)
	}
	line, err := read.OpenLineModel(o.Library)
	if err != nil {
		return nil, fmt.Errorf("recognizer: %w", errors.Join(err, finder.Close()))
	}
	name, err := openNameModel(o)
	if err != nil {
		return nil, fmt.Errorf("recognizer: %w", errors.Join(err, finder.Close(), line.Close()))
	}
	return &Reader{finder: finder, line: line, name: name, model: modelName(name.ID()), library: o.Library}, nil
}

func openNameModel(o Options) (read.NameModel, error) {
	if len(o.NameModel) > 0 {
		return read.OpenOtherNameModel(o.NameModel, o.NameDictionary, o.Library)
	}
	return read.OpenNameModel(models.Name(), o.Library)
}

// readerVersion changes whenever the code between the page and the evidence
// changes what is read.
const readerVersion = 15

func modelName(name string) string {
	h := sha256.New()
	h.Write(models.Page())
	h.Write(models.Line())
	h.Write(models.Letter())
	fmt.Fprintf(h, "reader %d names %s", readerVersion, name)
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
	err := errors.Join(r.finder.Close(), r.line.Close(), r.name.Close())
	if r.letter != nil {
		err = errors.Join(err, r.letter.Close())
	}
	return err
}

// Read finds the fields of a page that may hold an ID, whichever way up it lies, and
// reads them. No roster is needed. A page without fields gives a Reading without
// lines, not an error; errors are the context's, ErrClosed, or the runtime's. One call
// keeps one core busy for some fifteen milliseconds, up to ten times that if nothing is sure.
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
	rd.Timings.Prepare, start = since(start), time.Now()
	fields, names, err := r.finder.FindBoth(ctx, page)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		rd.Places = append(rd.Places, read.NamePlace{Strip: read.Between(n.Start.X, n.Start.Y, n.End.X, n.End.Y, n.Height), Prob: n.Prob})
	}
	rd.Timings.Detect, start = since(start), time.Now()
	rd.Lines, err = read.Fields(ctx, r.line, page, directed(fields))
	rd.Timings.Read = since(start)
	return rd, err
}

// ReadNames reads the name where Read saw that it may stand, into the reading that Read
// made of the same image. Only who has a roster with names needs it. One call keeps
// one core busy for about five milliseconds. Errors are Read's.
func (r *Reader) ReadNames(ctx context.Context, img image.Image, rd *Reading) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.closed {
		return ErrClosed
	}
	if len(rd.Places) == 0 {
		return ctx.Err()
	}
	names, err := read.Names(ctx, r.name, grey(img), rd.Upright(rd.Places))
	if err == nil {
		rd.Names = names
	}
	return err
}

// ReadLetters reads which letters stand among the digits that Read found, into the
// reading that Read made of the same image. Only who has a roster of IDs with letters
// needs it: the first call opens the model. One call keeps one core busy for some
// milliseconds. Errors are Read's.
func (r *Reader) ReadLetters(ctx context.Context, img image.Image, rd *Reading) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	model, err := r.letterModel()
	if err != nil {
		return fmt.Errorf("recognizer: %w", err)
	}
	return read.TellLetters(ctx, model, grey(img), rd)
}

// letterModel opens the letter model when it is first needed: most schools have no letters.
func (r *Reader) letterModel() (_ read.LetterModel, err error) {
	r.opening.Lock()
	defer r.opening.Unlock()
	if r.letter == nil {
		r.letter, err = read.OpenLetterModel(models.Letter(), r.library)
	}
	return r.letter, err
}

// upsideDown is how many pages are scanned upside down, of those that don't lie on
// their side: there it is one in two.
const upsideDown = 0.03

// directed are fields as they are read: which way the page is up is not known.
func directed(fields []find.Field) []read.Field {
	out := make([]read.Field, len(fields))
	for i, f := range fields {
		out[i] = read.Field{Strip: read.Between(f.Start.X, f.Start.Y, f.End.X, f.End.Y, f.Height), Prior: f.Prior, Down: upsideDown}
		if f.Lying {
			out[i].Down = 0.5
		}
	}
	return out
}

// Sides of a page, in pixels, between which reading makes sense.
const (
	minPage = 16
	maxPage = 1 << 16
)

func since(start time.Time) float64 { return float64(time.Since(start)) / float64(time.Millisecond) }
