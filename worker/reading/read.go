package reading

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"

	"hakbeon/internal/report"
	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/roster"
	"hakbeon/worker/queue"
	"hakbeon/worker/rosters"
)

// errCrashed marks a sheet on which our own code panicked.
var errCrashed = errors.New("reading the sheet crashed")

// source is what a sheet is read from and matched against.
type source struct {
	file  fetched
	match rosters.Found
	// known is the reading that counts if the sheet was read before, else nil.
	known *recognizer.Reading
}

// readSheet is what the CPU stage makes of a file. The page itself stays there:
// its pixels are most of a sheet's memory, and filing takes its time.
type readSheet struct {
	pages    int // of the file
	reading  *recognizer.Reading
	decision recognizer.Decision
	scores   []byte // of the reading, for the batch's end
	crop     []byte // the part that shows the ID, as JPEG
	picture  []byte // the same, small
	// filed are the sheet's pages as JPEG where the file has several pages and
	// can't be copied as a whole.
	filed [][]byte
	// sketch is the page's, of a page that is only looked at.
	sketch recognizer.Sketch
	// look is what the second reader may see, nil if it isn't asked.
	look image.Image
}

// examiner reads pages, as many at once as there are slots.
type examiner struct {
	*Parts
	opts   *Options
	opener *opener
	cpu    *semaphore.Weighted // slots of sheets being read
	hung   atomic.Int64        // slots lost to readings that don't end
	// alone is held for reading by every sheet that is read, and for writing by one that
	// is suspected of taking the process down.
	alone sync.RWMutex
}

// readPage waits for room and for a slot of the CPU stage, and reads the sheet in it.
// A sheet that has not begun when the worker shuts down is handed back.
func (e *examiner) readPage(ctx context.Context, m *queue.Message, t *task, src source) (readSheet, error) {
	waiting, cancel := untilDraining(ctx, m)
	defer cancel()
	open, err := e.opener.open(ctx, waiting, t, src.file)
	if err != nil {
		return readSheet{pages: open.count()}, err
	}
	since := time.Now()
	if err := e.cpu.Acquire(waiting, 1); err != nil {
		open.close()
		return readSheet{}, queue.ErrHandBack
	}
	t.timed("wait", since)
	return e.bounded(ctx, t, src, open)
}

func untilDraining(ctx context.Context, m *queue.Message) (context.Context, context.CancelFunc) {
	waiting, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-m.Draining():
			cancel()
		case <-waiting.Done():
		}
	}()
	return waiting, cancel
}

// bounded reads in a goroutine of its own, which keeps the slot until it ends:
// a model call can't be interrupted, so one that hangs is abandoned.
func (e *examiner) bounded(ctx context.Context, t *task, src source, open *openSheet) (readSheet, error) {
	type answer struct {
		sheet readSheet
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, e.opts.ReadTimeout)
	defer cancel()
	done := make(chan answer, 1)
	go func() {
		sheet, err := e.readData(ctx, t, src, open)
		open.close()
		e.cpu.Release(1)
		done <- answer{sheet, err}
	}()
	select {
	case a := <-done:
		return a.sheet, a.err
	case <-ctx.Done():
		e.hung.Add(1)
		go func() { <-done; e.hung.Add(-1) }()
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			e.Log.Error("reading does not end: abandoned", t.fields(zap.Error(ctx.Err()))...)
		} else { // it ends soon, for nobody
			e.Log.Info("reading left: its message was lost, or the process ends", t.fields()...)
		}
		return readSheet{}, fmt.Errorf("read the sheet: %w", ctx.Err())
	}
}

func (e *examiner) readData(ctx context.Context, t *task, src source, open *openSheet) (out readSheet, err error) {
	defer func() {
		if v := recover(); v != nil {
			e.Log.Error("reading panicked", t.fields(zap.Any("panic", v), zap.ByteString("stack", debug.Stack()))...)
			err = fmt.Errorf("%w: %v", errCrashed, v)
		}
	}()
	since := time.Now()
	out.pages = open.count()
	page, err := open.decoded(t.page)
	if err != nil {
		return out, err
	}
	decoded := time.Now()
	t.timings["decode"] = ms(open.took + decoded.Sub(since))
	if out.reading = cmp.Or(src.known, t.looked); out.reading == nil {
		reading, span := e.span(ctx, "read lines", t)
		out.reading, err = e.readFor(reading, page, src.match.Roster)
		span.End()
		if err != nil {
			return out, fmt.Errorf("read the sheet: %w", err)
		}
	}
	read := time.Now()
	t.timings["read"] = ms(read.Sub(decoded))
	if t.looks(out.pages) {
		out.sketch = recognizer.SketchOf(page)
		imagefile.Release(page)
		return out, nil
	}
	out.decision, out.scores = e.Scorers.Of(src.match.Roster).Decide(out.reading)
	e.secondLook(page, src, &out)
	err = e.encode(t, open.file, page, &out)
	imagefile.Release(page) // what was made of it are copies
	t.timings["encode"] = ms(time.Since(read))
	return out, err
}

// readFor reads of a page what its roster has: IDs, and where there are such letters and
// names.
func (e *examiner) readFor(ctx context.Context, page image.Image, ro *roster.Roster) (*recognizer.Reading, error) {
	out, err := e.opts.Reader.Read(ctx, page)
	if letters, ok := e.opts.Reader.(LetterReader); ok && err == nil && ro.HasLetters() {
		err = letters.ReadLetters(ctx, page, out)
	}
	if names, ok := e.opts.Reader.(NameReader); ok && err == nil && !e.opts.NoNames && ro.HasNames() {
		err = names.ReadNames(ctx, page, out)
	}
	return out, err
}

// encode makes what is filed of the sheet. That fails for the same page each
// time, so it is an error of the sheet.
func (e *examiner) encode(t *task, file *imagefile.File, page image.Image, out *readSheet) (err error) {
	header := out.reading.Header(page, out.decision.Line)
	if out.crop, err = imagefile.EncodePage(header); err == nil {
		out.picture, err = report.Thumbnail(header)
	}
	if err != nil {
		return fmt.Errorf("%w: encode the header crop: %w", errCrashed, err)
	}
	if out.pages > 1 {
		out.filed, err = e.encodePages(t, file, page, out.pages)
	}
	return err
}

// encodePages makes the pages of a sheet that is part of a file.
func (e *examiner) encodePages(t *task, file *imagefile.File, first image.Image, pages int) ([][]byte, error) {
	var filed [][]byte
	for page := t.page; page <= t.last(pages); page++ {
		img := first
		if page != t.page {
			var err error
			if img, err = openPage(file, page); err != nil {
				return nil, err
			}
		}
		jpeg, err := imagefile.EncodePage(img)
		if err != nil {
			return nil, fmt.Errorf("%w: encode page %d: %w", errCrashed, page, err)
		}
		filed = append(filed, jpeg)
	}
	return filed, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
