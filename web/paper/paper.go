// Package paper shows a sheet's paper to a person: its pages as pictures of a size for a
// screen, what was read of it close up, and where on the page that was.
//
// A picture is made of the sheet's original when somebody asks for it. Pages come from
// outside, so they are decoded as the worker decodes them: all but JPEG and PNG in a
// process of their own, which lives for that one page and is killed if it takes too
// long. One picture is made at a time, with bounds on its file and its memory, so reading
// never waits for more than a part of one core; what was made is kept for whoever asks
// next. The memory that a page takes is the worker's: a picture waits for it like a sheet.
// Pictures are grey: what was read is grey, too.
package paper

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"hakbeon/exam"
	"hakbeon/internal/picture"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/read"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

const (
	// maxBytes is the size of an original, as for reading.
	maxBytes = 64 << 20
	// maxDecoding is the memory that a page may take while it is decoded.
	maxDecoding = 256 << 20
	// screen is how many pixels a page's longer side has at most, unless it is asked for
	// in full: an A4 page at 150 dots per inch has 1754.
	screen = 2000
	// kept bounds the pages whose pictures are kept, of which each takes 0.1 to 0.3 MB.
	kept = 128
	// patience bounds the making of a picture, its file's way from S3 included.
	patience = 30 * time.Second
	// maxEvidence is the size of a sheet's evidence.
	maxEvidence = 4 << 20
)

// ErrNone says that there is no such page, or nothing to see of it.
var ErrNone = errors.New("paper: there is no such picture")

// Store is what is read of the bucket; *s3store.Store is one. Its errors are those of
// package s3store.
type Store interface {
	Get(ctx context.Context, key string, limit int64) (s3store.Object, error)
}

// Size is how large a page is shown.
type Size int

// The sizes of a page.
const (
	Screen Size = iota // for a screen
	Full               // as it was scanned
)

// Options say what pictures are made with.
type Options struct {
	Store Store
	// DecoderCommand and DecoderCache are imagefile.Decoder's Command and CacheDir;
	// without a command everything is decoded in this process.
	DecoderCommand []string
	DecoderCache   string
	// Room takes memory for so many bytes; release gives it back. Defaults to as much as
	// is asked for.
	Room func(ctx context.Context, bytes int64) (release func(), err error)
}

// Papers makes and keeps pictures. It is safe for concurrent use.
type Papers struct {
	Options

	making singleflight.Group
	one    chan struct{} // is held while a picture is made
	made   *lru.Cache[string, *sheetPage]
}

// New returns Papers that have made no picture yet.
func New(o Options) *Papers {
	made, err := lru.New[string, *sheetPage](kept)
	if err != nil {
		panic(err) // a size of 0, which it isn't
	}
	if o.Room == nil {
		o.Room = func(context.Context, int64) (func(), error) { return func() {}, nil }
	}
	return &Papers{Options: o, one: make(chan struct{}, 1), made: made}
}

// sheetPage is what is kept of a page: JPEGs.
type sheetPage struct {
	screen []byte
	parts  map[string][]byte // by Place.Kind
}

// Page is a JPEG of a sheet's page, counted from 1. Errors are s3store's, imagefile's if
// the page can't be read, [ErrNone], or that ctx has ended.
func (p *Papers) Page(ctx context.Context, r *exam.Result, page int, size Size) ([]byte, error) {
	if size == Full {
		ctx, done, err := p.turn(ctx)
		if err != nil {
			return nil, err
		}
		defer done()
		img, release, err := p.decode(ctx, r, page)
		if err != nil {
			return nil, err
		}
		defer release()
		return imagefile.EncodePage(picture.Grey(img))
	}
	made, err := p.page(ctx, r, page)
	if err != nil {
		return nil, err
	}
	return made.screen, nil
}

// Part is a JPEG of the place that Marks names, upright and as it was scanned. Errors are
// those of Page.
func (p *Papers) Part(ctx context.Context, r *exam.Result, kind string) ([]byte, error) {
	made, err := p.page(ctx, r, 1)
	if err != nil {
		return nil, err
	}
	if made.parts[kind] == nil {
		return nil, ErrNone
	}
	return made.parts[kind], nil
}

// page gives what is kept of a page, made if it isn't there. A sheet's paper never
// changes, whatever is said of it.
func (p *Papers) page(ctx context.Context, r *exam.Result, page int) (*sheetPage, error) {
	name := fmt.Sprintf("%s %s %s %d", r.ExamCode, r.BatchID, r.Sheet, page)
	if made, ok := p.made.Get(name); ok {
		return made, nil
	}
	// Who asks for the same page waits for it, even if the first to ask has gone.
	answer := p.making.DoChan(name, func() (any, error) { return p.make(context.WithoutCancel(ctx), r, page, name) })
	select {
	case a := <-answer:
		if a.Err != nil {
			return nil, a.Err
		}
		return a.Val.(*sheetPage), nil //nolint:forcetypeassert // make gives nothing else
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// turn waits until no other picture is made; then there is so long for this one.
func (p *Papers) turn(ctx context.Context) (context.Context, func(), error) {
	select {
	case p.one <- struct{}{}:
	case <-ctx.Done():
		return ctx, nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	return ctx, func() { cancel(); <-p.one }, nil
}

func (p *Papers) make(ctx context.Context, r *exam.Result, page int, name string) (*sheetPage, error) {
	ctx, done, err := p.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	reading, err := p.reading(ctx, r, page)
	if err != nil {
		return nil, err
	}
	img, release, err := p.decode(ctx, r, page)
	if err != nil {
		return nil, err
	}
	defer release()
	made := &sheetPage{parts: map[string][]byte{}}
	grey := picture.Grey(img)
	size := grey.Rect.Size()
	if made.screen, err = imagefile.EncodePage(picture.Reduce(grey, picture.Within(size, screen, screen))); err != nil {
		return nil, err
	}
	for kind, part := range partsOf(reading, r, size) {
		if made.parts[kind], err = imagefile.EncodePage(part.turn.Apply(read.Crop(grey, part.rect).(*image.Gray))); err != nil { //nolint:forcetypeassert // a grey image's part is grey
			return nil, err
		}
	}
	p.made.Add(name, made)
	return made, nil
}

// decode gives a page, until release is called.
func (p *Papers) decode(ctx context.Context, r *exam.Result, page int) (img image.Image, release func(), err error) {
	keys := batch.Filed(r)
	if page < 1 || page > len(keys) {
		return nil, nil, ErrNone
	}
	obj, err := p.Store.Get(ctx, keys[page-1], maxBytes)
	if err != nil {
		return nil, nil, err
	}
	decoder := imagefile.Decoder{Command: p.DecoderCommand, CacheDir: p.DecoderCache}
	defer decoder.Close()
	file, err := decoder.Open(obj.Body, imagefile.Limits{MaxBytes: maxBytes})
	if err != nil {
		return nil, nil, err
	}
	at := 0
	if file.Pages() > 1 { // the file as it was sent: of one that was divided, pages are filed
		at = r.Page - 1 + page - 1
	}
	cost, err := file.Cost(at)
	if err != nil {
		return nil, nil, err
	}
	if cost.Decoding > maxDecoding {
		return nil, nil, fmt.Errorf("%w: it takes %d MB to decode, at most %d to be shown", imagefile.ErrTooLarge, cost.Decoding>>20, maxDecoding>>20)
	}
	give, err := p.Room(ctx, cost.Decoding)
	if err != nil {
		return nil, nil, err
	}
	if img, err = file.Page(at); err != nil {
		give()
		return nil, nil, err
	}
	return img, func() { imagefile.Release(img); give() }, nil
}

// reading is what was read on a sheet's page: nil for further pages, and where nothing
// was.
func (p *Papers) reading(ctx context.Context, r *exam.Result, page int) (*read.Reading, error) {
	if page != 1 {
		return nil, nil //nolint:nilnil // only the first page is read
	}
	obj, err := p.Store.Get(ctx, layout.Batch{ExamCode: r.ExamCode, BatchID: r.BatchID}.Evidence(r.Sheet), maxEvidence)
	if errors.Is(err, s3store.ErrNotFound) {
		return nil, nil //nolint:nilnil // a file that could not be read has none
	}
	if err != nil {
		return nil, err
	}
	var rd read.Reading
	if err := rd.UnmarshalBinary(obj.Body); err != nil {
		return nil, err
	}
	return &rd, nil
}
