package imagefile

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hakbeon/recognizer/imagefile/sandbox"
)

const (
	// pageCPU and photoCPU are the processor time of one page, or of opening a file: a
	// scan takes 0.01 s, another page of a PDF 0.2 s, a photo of 48 megapixels 5 s.
	pageCPU  = 5 * time.Second
	photoCPU = 10 * time.Second
	// pageTime is the same by the clock, on a machine that is busy or of a process that
	// was stopped.
	pageTime = 20 * time.Second
	// warmTime is for compiling PDFium, which takes 4 s of a core, on a machine that is
	// very busy.
	warmTime = 5 * time.Minute
	// childMemory is what the child may have beyond what it begins with: PDFium's
	// memory and code, a page, and what is left of pages before. A page may take what
	// it says beforehand.
	childMemory = 1 << 30
	// childFile is the most that is sent to the child.
	childFile = 256 << 20
)

// child is the process that decodes in our place, and the file that it has.
type child struct {
	mu      sync.Mutex // one request at a time
	process atomic.Pointer[sandbox.Process]
	has     [sha256.Size]byte // of the file that the process has open
	closed  atomic.Bool
	// compiler is the process that fills the cache, for as long as compiling is locked.
	compiler  atomic.Pointer[sandbox.Process]
	compiling sync.Mutex
}

// childFileSource is a file that the child decodes.
type childFileSource struct {
	d     *Decoder
	id    [sha256.Size]byte
	lim   Limits
	data  []byte
	path  string // in place of data
	pages int
}

func openInChild(d *Decoder, data []byte, lim Limits) (source, error) {
	if len(data) > childFile {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLarge, len(data), childFile)
	}
	f := &childFileSource{d: d, id: sha256.Sum256(data), lim: lim, data: data}
	var err error
	f.pages, err = d.child.open(f)
	return f, err
}

// openPathInChild has the child read the file from disk.
func openPathInChild(d *Decoder, path string, lim Limits) (source, error) {
	f := &childFileSource{d: d, id: sha256.Sum256([]byte(path)), lim: lim, path: path}
	var err error
	f.pages, err = d.child.open(f)
	return f, err
}

func (f *childFileSource) count() int { return f.pages }

func (f *childFileSource) page(i int) (img image.Image, err error) {
	var canvas pixels
	err = f.d.child.ask(f, request{Do: doPage, Page: i}, func(a *answer, _ int64) (_ []byte, err error) {
		canvas, err = newCanvas(a, f.lim)
		return canvas.bytes, err
	})
	return canvas.image, err
}

// newCanvas makes room for the page that the child says it has, within the limits.
func newCanvas(a *answer, lim Limits) (pixels, error) {
	if err := lim.checkPixels(a.Width, a.Height); err != nil {
		return pixels{}, err
	}
	return newPixels(a.picture)
}

// cost is of both processes: the page is in the child, and then here.
func (f *childFileSource) cost(i int) (c Cost, err error) {
	err = f.d.child.ask(f, request{Do: doCost, Page: i}, func(a *answer, _ int64) (_ []byte, err error) {
		c, err = a.Cost.withPage()
		return nil, err
	})
	return c, err
}

// withPage adds the page to what decoding it takes. What a process says that a file
// may have taken over is not believed beyond what can be.
func (c Cost) withPage() (Cost, error) {
	const most = 1 << 40
	if min(c.Decoding, c.Page, c.Pixels) < 0 || max(c.Decoding, c.Page, c.Pixels) > most {
		return Cost{}, fmt.Errorf("%w: the decoder says that a page takes %d bytes", ErrUnreadable, c.Decoding)
	}
	c.Decoding += c.Page
	return c, nil
}

func noBody(*answer, int64) ([]byte, error) { return nil, nil }

func (c *child) open(f *childFileSource) (pages int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.send(f)
	if err == nil && a.Pages < 1 {
		err = fmt.Errorf("%w: it has no pages", ErrUnreadable)
	}
	return a.Pages, errors.Join(err, f.lim.checkPages(a.Pages))
}

// ask sends the file first if the child hasn't it.
func (c *child) ask(f *childFileSource, r request, accept func(*answer, int64) ([]byte, error)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.process.Load(); p == nil || c.has != f.id {
		if _, err := c.send(f); err != nil {
			return err
		}
	}
	within := pageTime
	if r.Do != doPage {
		within /= 2
	}
	_, err := c.warmly(f.d, r, nil, within, accept)
	return err
}

func (c *child) send(f *childFileSource) (answer, error) {
	c.has = [sha256.Size]byte{}
	a, err := c.warmly(f.d, request{Do: doOpen, Limits: f.lim, Path: f.path}, f.data, pageTime/2, noBody)
	if err == nil {
		c.has = f.id
	}
	return a, err
}

// warmly is call, and once more if PDFium had to be started for it: that takes
// seconds, which are not the page's.
func (c *child) warmly(d *Decoder, r request, body []byte, within time.Duration, accept func(*answer, int64) ([]byte, error)) (answer, error) {
	a, err := c.call(d, r, body, within, accept)
	if !a.Cold {
		return a, err
	}
	if err := c.warm(d); err != nil {
		return a, err
	}
	return c.call(d, r, body, within, accept)
}

// warm has the child start PDFium, after whoever compiles it already: twice at once takes
// twice as long.
func (c *child) warm(d *Decoder) error {
	c.compiling.Lock()
	defer c.compiling.Unlock()
	_, err := c.call(d, request{Do: doWarm}, nil, warmTime, noBody)
	return err
}

// call starts the child if there is none, and turns what it says into an error.
func (c *child) call(d *Decoder, r request, body []byte, within time.Duration, accept func(*answer, int64) ([]byte, error)) (a answer, err error) {
	p, err := c.running(d)
	if err != nil {
		return a, err
	}
	err = p.Call(r, body, within, &a, func(size int64) ([]byte, error) {
		if a.Error != "" {
			return nil, nil
		}
		return accept(&a, size)
	})
	if err == nil {
		return a, a.err()
	}
	c.process.Store(nil)
	c.has = [sha256.Size]byte{}
	return a, c.stopped(d, err)
}

// stopped blames the file: nothing else was in the child.
func (c *child) stopped(d *Decoder, err error) error {
	stop, ok := errors.AsType[*sandbox.StoppedError](err)
	if !ok {
		return err
	}
	if stop.Cause == sandbox.Closed || c.closed.Load() {
		return ErrClosed
	}
	if d.Stopped != nil {
		d.Stopped(string(stop.Cause))
	}
	if stop.Cause == sandbox.Memory {
		return fmt.Errorf("%w: decoding: %w", ErrTooLarge, stop)
	}
	if stop.Cause == sandbox.Starved {
		return fmt.Errorf("%w: %w: decoding: %w", ErrUnreadable, ErrStarved, stop)
	}
	return fmt.Errorf("%w: decoding: %w", ErrUnreadable, stop)
}

func (c *child) running(d *Decoder) (*sandbox.Process, error) {
	if c.closed.Load() {
		return nil, ErrClosed
	}
	if p := c.process.Load(); p != nil {
		select {
		case <-p.Exited():
		default:
			return p, nil
		}
	}
	c.has = [sha256.Size]byte{}
	p, err := d.startChild()
	if err != nil {
		return nil, err
	}
	c.process.Store(p)
	if c.closed.Load() { // closed meanwhile, and saw no process
		p.Kill()
		return nil, ErrClosed
	}
	return p, nil
}

// close ends the child, also amid a page.
func (c *child) close() {
	c.closed.Store(true)
	for _, p := range []*sandbox.Process{c.process.Load(), c.compiler.Load()} {
		if p != nil {
			p.Kill()
		}
	}
}

// Warm starts the child and what it needs to render PDFs, so that the first file
// need not wait for it: 0.2 s, or 4 s of one core where CacheDir does not have the
// compiled code yet. Scans are decoded meanwhile. It is for a program that runs for
// long; without a Command it does nothing.
func (d *Decoder) Warm() error {
	if len(d.Command) == 0 {
		return nil
	}
	if d.CacheDir != "" && !hasCode(d.CacheDir) {
		if err := d.child.compile(d); err != nil {
			return err
		}
	}
	d.child.mu.Lock()
	defer d.child.mu.Unlock()
	return d.child.warm(d)
}

// hasCode reports whether a folder has compiled code of PDFium's size in it. It may be
// another version's, or another kind of processor's: then the child compiles, and whoever
// comes meanwhile waits.
func hasCode(folder string) (found bool) {
	const least = 8 << 20
	_ = filepath.WalkDir(folder, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil //nolint:nilerr // what cannot be looked at has no code
		}
		if info, err := e.Info(); err == nil && info.Size() >= least {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// compile fills CacheDir by a process of its own, which nobody has to wait for but a
// page that is rendered.
func (c *child) compile(d *Decoder) error {
	c.compiling.Lock()
	defer c.compiling.Unlock()
	p, err := d.startChild()
	if err != nil {
		return err
	}
	defer p.Kill()
	c.compiler.Store(p)
	if c.closed.Load() {
		return ErrClosed
	}
	var a answer
	err = p.Call(request{Do: doWarm}, nil, warmTime, &a, func(int64) ([]byte, error) { return nil, nil })
	if c.closed.Load() {
		return ErrClosed
	}
	return errors.Join(err, a.err())
}

// startChild has the cache be there: the child, once confined, can make no folder
// beside its own.
func (d *Decoder) startChild() (*sandbox.Process, error) {
	if d.CacheDir != "" {
		if err := os.MkdirAll(d.CacheDir, 0o700); err != nil {
			return nil, fmt.Errorf("make the decoder's cache: %w", err)
		}
	}
	return sandbox.Start(append(slices.Clone(d.Command), d.CacheDir, d.FilesDir))
}
