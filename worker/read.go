package worker

import (
	"context"
	"errors"
	"fmt"
	"image"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
	"hakbeon/worker/queue"
)

// errCrashed marks a sheet on which our own code panicked.
var errCrashed = errors.New("reading the sheet crashed")

// readSheet is what the CPU stage makes of a file.
type readSheet struct {
	pages   int // of the file
	image   image.Image
	reading *recognizer.Reading
	// filed are the sheet's pages as JPEG where the file has several pages and
	// can't be copied as a whole.
	filed [][]byte
}

// readPage waits for a slot of the CPU stage and reads the sheet in it. A sheet
// that has not begun when the worker shuts down is handed back.
func (w *Worker) readPage(ctx context.Context, m *queue.Message, t *task, data []byte) (readSheet, error) {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-m.Draining():
			cancel()
		case <-waiting.Done():
		}
	}()
	since := time.Now()
	if err := w.cpu.Acquire(waiting, 1); err != nil {
		return readSheet{}, queue.ErrHandBack
	}
	t.timed("wait", since)
	return w.bounded(ctx, t, data)
}

// bounded reads in a goroutine of its own, which keeps the slot until it ends:
// a model call can't be interrupted, so one that hangs is abandoned.
func (w *Worker) bounded(ctx context.Context, t *task, data []byte) (readSheet, error) {
	type answer struct {
		sheet readSheet
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, w.opts.ReadTimeout)
	defer cancel()
	done := make(chan answer, 1)
	go func() {
		sheet, err := w.readData(ctx, t, data)
		w.cpu.Release(1)
		done <- answer{sheet, err}
	}()
	select {
	case a := <-done:
		return a.sheet, a.err
	case <-ctx.Done():
		w.hung.Add(1)
		go func() { <-done; w.hung.Add(-1) }()
		w.log.Error("reading does not end: abandoned", t.fields(zap.Error(ctx.Err()))...)
		return readSheet{}, fmt.Errorf("read the sheet: %w", ctx.Err())
	}
}

func (w *Worker) readData(ctx context.Context, t *task, data []byte) (out readSheet, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("reading panicked", t.fields(zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))...)
			err = fmt.Errorf("%w: %v", errCrashed, p)
		}
	}()
	since := time.Now()
	file, err := w.decoder.Open(data, w.opts.Images)
	if err != nil {
		return out, err
	}
	defer file.Close()
	out.pages = file.Pages()
	if t.page > out.pages {
		return out, fmt.Errorf("%w: page %d of %d", imagefile.ErrUnreadable, t.page, out.pages)
	}
	if out.image, err = file.Page(t.page - 1); err != nil {
		return out, err
	}
	decoded := time.Now()
	t.timings["decode"] = ms(decoded.Sub(since))
	if out.reading, err = w.opts.Reader.Read(ctx, out.image); err != nil {
		return out, fmt.Errorf("read the sheet: %w", err)
	}
	t.timings["read"] = ms(time.Since(decoded))
	if out.pages > 1 {
		out.filed, err = w.encodePages(t, file, out)
	}
	return out, err
}

// encodePages makes the pages of a sheet that is part of a file.
func (w *Worker) encodePages(t *task, file *imagefile.File, sheet readSheet) ([][]byte, error) {
	var filed [][]byte
	for page := t.page; page < t.page+t.job.PagesPerSheet && page <= sheet.pages; page++ {
		img := sheet.image
		if page != t.page {
			var err error
			if img, err = file.Page(page - 1); err != nil {
				return nil, err
			}
		}
		jpeg, err := imagefile.EncodePage(img)
		if err != nil {
			return nil, fmt.Errorf("encode page %d: %w", page, err)
		}
		filed = append(filed, jpeg)
	}
	return filed, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
