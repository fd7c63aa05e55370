package worker

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"hakbeon/recognizer/imagefile"
	"hakbeon/worker/queue"
)

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

// openSheet is openNow for as long as ctx lives: after that what comes of it is given
// back.
func (w *Worker) openSheet(ctx, waiting context.Context, t *task, data []byte) (*openSheet, error) {
	type answer struct {
		open *openSheet
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		open, err := w.openNow(waiting, t, data)
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
func (w *Worker) openNow(waiting context.Context, t *task, data []byte) (*openSheet, error) {
	apart := imagefile.Apart(data) && len(w.opts.DecoderCommand) > 0
	if apart {
		if err := w.apart.Acquire(waiting, 1); err != nil {
			return nil, queue.ErrHandBack
		}
		defer w.apart.Release(1)
	}
	since := time.Now()
	file, err := w.decoder.Open(data, w.opts.Images)
	if err != nil {
		return nil, decoderEnded(err)
	}
	o := &openSheet{file: file, close: func() {}}
	if t.page > file.Pages() {
		return o, fmt.Errorf("%w: page %d of %d", imagefile.ErrUnreadable, t.page, file.Pages())
	}
	if err := w.makeRoom(waiting, t, o); err != nil || !apart {
		return o, err
	}
	if o.page, err = openPage(file, t.page); err != nil {
		o.close()
		return o, decoderEnded(err)
	}
	o.took = time.Since(since)
	return o, nil
}

// readingBytes of each pixel are taken while a page is read: it in grey, and what lines
// are looked for in.
const readingBytes = 3

// makeRoom takes the page's part of the memory.
func (w *Worker) makeRoom(waiting context.Context, t *task, o *openSheet) error {
	cost, err := o.file.Cost(t.page - 1)
	if err != nil {
		return decoderEnded(err)
	}
	bytes := max(cost.Decoding, cost.Page+readingBytes*cost.Pixels)
	if bytes > w.opts.DecodeBudget {
		return fmt.Errorf("%w: it takes %d MB to decode, at most %d", imagefile.ErrTooLarge, bytes>>20, w.opts.DecodeBudget>>20)
	}
	if err := w.decoding.Acquire(waiting, bytes); err != nil {
		return queue.ErrHandBack
	}
	o.close = func() { w.decoding.Release(bytes) }
	return nil
}

// decoderEnded turns the end of the decoder's process, which comes with ours, into a
// sheet that was not begun.
func decoderEnded(err error) error {
	if errors.Is(err, imagefile.ErrClosed) {
		return queue.ErrHandBack
	}
	return err
}
