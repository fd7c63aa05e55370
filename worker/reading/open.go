package reading

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"

	"hakbeon/recognizer/imagefile"
	"hakbeon/worker/queue"
)

// opener opens files, in the decoder's process what is not safe in ours.
type opener struct {
	*Parts
	opts *Options
	// decoding are bytes of pages that are decoded and read, and apart is the decoder's
	// process, which decodes one page at a time.
	decoding, apart *semaphore.Weighted
	decoder         imagefile.Decoder
}

func newOpener(opts *Options, parts *Parts) *opener {
	o := &opener{Parts: parts, opts: opts, decoding: semaphore.NewWeighted(opts.DecodeBudget), apart: semaphore.NewWeighted(1)}
	o.decoder.Command, o.decoder.CacheDir, o.decoder.Stopped = opts.DecoderCommand, opts.DecoderCache, o.decoderStopped
	o.decoder.FilesDir = opts.Spool.Dir()
	return o
}

// openSheet is a sheet's file with the room in memory that its page takes.
type openSheet struct {
	file *imagefile.File
	// page is there already if another process decodes it.
	page  image.Image
	took  time.Duration
	close func()
}

func (o *openSheet) count() int {
	if o == nil || o.file == nil {
		return 0
	}
	return o.file.Pages()
}

// decoded is a page, counted from 1.
func (o *openSheet) decoded(page int) (image.Image, error) {
	if o.page != nil {
		return o.page, nil
	}
	return openPage(o.file, page)
}

// openPage decodes a page, counted from 1.
func openPage(file *imagefile.File, page int) (image.Image, error) {
	if page > file.Pages() {
		return nil, fmt.Errorf("%w: page %d of %d", imagefile.ErrUnreadable, page, file.Pages())
	}
	return file.Page(page - 1)
}

// open is openNow for as long as ctx lives: after that what comes of it is given
// back.
func (o *opener) open(ctx, waiting context.Context, t *task, from fetched) (*openSheet, error) {
	type answer struct {
		open *openSheet
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		open, err := o.openNow(waiting, t, from)
		done <- answer{open, err}
	}()
	select {
	case a := <-done:
		return a.open, a.err
	case <-ctx.Done():
		go func() {
			if a := <-done; a.err == nil {
				a.open.close()
			}
		}()
		return nil, fmt.Errorf("open the sheet: %w", ctx.Err())
	}
}

// openNow opens the file, and waits until there is room for its page by what its
// header says. What the decoder's process decodes is decoded now: that holds none of
// our cores, so a file that takes its time there holds up nobody but its like. Who
// has room never waits for that process again, so the two waits cannot meet. A sheet
// is returned with an error too if its pages could be counted.
func (o *opener) openNow(waiting context.Context, t *task, from fetched) (*openSheet, error) {
	apart := (from.path != "" || imagefile.Apart(from.data)) && len(o.opts.DecoderCommand) > 0
	if apart {
		if err := o.apart.Acquire(waiting, 1); err != nil {
			return nil, queue.ErrHandBack
		}
		defer o.apart.Release(1)
	}
	since := time.Now()
	file, err := o.openFile(from)
	if err != nil {
		return nil, decoderEnded(err)
	}
	sheet := &openSheet{file: file, close: func() {}}
	if t.page > file.Pages() {
		return sheet, fmt.Errorf("%w: page %d of %d", imagefile.ErrUnreadable, t.page, file.Pages())
	}
	if err := o.makeRoom(waiting, t, sheet); err != nil || !apart {
		return sheet, err
	}
	if sheet.page, err = openPage(file, t.page); err != nil {
		sheet.close()
		return sheet, decoderEnded(err)
	}
	sheet.took = time.Since(since)
	return sheet, nil
}

func (o *opener) openFile(from fetched) (*imagefile.File, error) {
	if from.path != "" {
		return o.decoder.OpenPDF(from.path, o.opts.Images)
	}
	return o.decoder.Open(from.data, o.opts.Images)
}

// readingBytes of each pixel are taken while a page is read: it in grey, and what lines
// are looked for in.
const readingBytes = 3

// makeRoom takes the page's part of the memory.
func (o *opener) makeRoom(waiting context.Context, t *task, sheet *openSheet) error {
	cost, err := sheet.file.Cost(t.page - 1)
	if err != nil {
		return decoderEnded(err)
	}
	bytes := max(cost.Decoding, cost.Page+readingBytes*cost.Pixels)
	if bytes > o.opts.DecodeBudget {
		return fmt.Errorf("%w: it takes %d MB to decode, at most %d", imagefile.ErrTooLarge, bytes>>20, o.opts.DecodeBudget>>20)
	}
	if err := o.decoding.Acquire(waiting, bytes); err != nil {
		return queue.ErrHandBack
	}
	sheet.close = func() { o.decoding.Release(bytes) }
	return nil
}

// HoldPage takes room for a page that somebody else decodes, beside those that are read;
// release gives it back. The error is that ctx has ended.
func (p *Pipeline) HoldPage(ctx context.Context, bytes int64) (release func(), err error) {
	bytes = min(bytes, p.opts.DecodeBudget)
	if err := p.opener.decoding.Acquire(ctx, bytes); err != nil {
		return nil, fmt.Errorf("wait for memory: %w", err)
	}
	return func() { p.opener.decoding.Release(bytes) }, nil
}

// decoderEnded turns the end of the decoder's process, which comes with ours, into a
// sheet that was not begun.
func decoderEnded(err error) error {
	if errors.Is(err, imagefile.ErrClosed) {
		return queue.ErrHandBack
	}
	return err
}

// warm starts the decoder's process ahead of the first file that needs it.
func (o *opener) warm() {
	since := time.Now()
	switch err := o.decoder.Warm(); {
	case errors.Is(err, imagefile.ErrClosed):
	case err != nil:
		o.Log.Error("the decoder does not start: PDF, HEIC, TIFF and WebP cannot be read", zap.Error(err))
	case len(o.opts.DecoderCommand) > 0:
		o.Log.Info("decoder started", zap.Duration("took", time.Since(since)))
	}
}

func (o *opener) decoderStopped(cause string) {
	o.Metrics.DecoderStopped(cause)
	o.Log.Warn("the decoder was stopped in the middle of a page", zap.String("cause", cause))
}
