package imagefile

import (
	"errors"
	"fmt"
	"image"
)

// Errors that blame the file; test for them with errors.Is.
var (
	// ErrUnreadable means that the file is broken or of an unknown kind.
	ErrUnreadable = errors.New("image cannot be read")
	// ErrTooLarge means that the file exceeds one of the Limits.
	ErrTooLarge = errors.New("image is too large")
	// ErrStarved is an ErrUnreadable for which the file may not be to blame: decoding it took
	// longer than it may, but not of the processor. Try it again, a few times.
	ErrStarved = errors.New("the decoder had too little of the processor")
)

// ErrClosed is returned for PDF and HEIC once their Decoder or File is closed.
var ErrClosed = errors.New("imagefile: decoder is closed")

// Limits bounds what is decoded. A zero field means its default.
type Limits struct {
	// MaxBytes is the size of the file, and of each page of a PDF that OpenPDF reads.
	// Defaults to 256 MiB.
	MaxBytes int64
	// MaxPDF is the size of a PDF that OpenPDF reads. Defaults to 1 GiB.
	MaxPDF int64
	// MaxPixels is width times height of one page; beside it, no side may have
	// more than 65,535, which is what a JPEG can hold. Decoding takes up to 12 bytes
	// a pixel. Defaults to 50 million: A4 at 600 dpi has 35 million. Pages of a
	// PDF have no pixels of their own and are rendered within the limit.
	MaxPixels int64
	// MaxPages is the number of pages of a file. Defaults to 2000.
	MaxPages int
}

func (l Limits) withDefaults() Limits {
	if l.MaxBytes <= 0 {
		l.MaxBytes = 256 << 20
	}
	if l.MaxPDF <= 0 {
		l.MaxPDF = 1 << 30
	}
	if l.MaxPixels <= 0 {
		l.MaxPixels = 50_000_000
	}
	if l.MaxPages <= 0 {
		l.MaxPages = 2000
	}
	return l
}

// maxSide is what a JPEG can hold: the sheet and its crop are filed as such.
const maxSide = 1<<16 - 1

func (l Limits) checkPixels(width, height int) error {
	if width <= 0 || height <= 0 {
		return fmt.Errorf("%w: it is %d x %d pixels", ErrUnreadable, width, height)
	}
	if max(width, height) > maxSide {
		return fmt.Errorf("%w: %d x %d pixels, a side has at most %d", ErrTooLarge, width, height, maxSide)
	}
	if int64(width) > l.MaxPixels/int64(height) {
		return fmt.Errorf("%w: %d x %d pixels, at most %d are decoded", ErrTooLarge, width, height, l.MaxPixels)
	}
	return nil
}

func (l Limits) checkPages(n int) error {
	if n > l.MaxPages {
		return fmt.Errorf("%w: more than %d pages", ErrTooLarge, l.MaxPages)
	}
	return nil
}

// Decoder opens files and keeps what decoding PDF and HEIC needs from one file
// to the next. The zero value is ready to use. It is safe for concurrent use;
// pages of PDFs are rendered one at a time, and HEICs decoded likewise. It must
// not be copied.
type Decoder struct {
	// CacheDir keeps the compiled code of PDFium (20 MB) and libheif (4 MB)
	// between runs: starting PDFium then takes 0.1 s in place of 3 s, and 50 MB
	// in place of 320. Who can write there can run code here, so it must belong
	// to us. Compile fills it ahead. Defaults to none.
	CacheDir string

	// FilesDir is where the files lie that OpenPDF is given: all that the process that
	// Command starts may read. Defaults to none, and with a Command to no OpenPDF.
	FilesDir string

	// Command starts a process that decodes all but JPEG and PNG in this one's place;
	// its main function is [Serve]. It gets CacheDir and FilesDir as further arguments. Without
	// it they are decoded here, where a hostile file can hold up the whole process,
	// or end it by the memory that it takes: enough for one's own files, not for a
	// service.
	Command []string

	// Stopped is told when that process ended in the middle of a page, by its cause:
	// "time", "starved", "memory" or "crash". Defaults to nothing.
	Stopped func(cause string)

	pdf   pdfEngine
	heic  heicEngine
	child child
}

// Compile fills a folder, as CacheDir has it, with the code that decoding PDF and HEIC
// takes, for processors that can do what this one can: 25 MB, in 5 s of one core. It is
// for a build, which ships the folder.
func Compile(folder string) error {
	d := &Decoder{CacheDir: folder}
	if err := errors.Join(d.pdf.warm(folder), d.heic.warm(folder), d.Close()); err != nil {
		return fmt.Errorf("imagefile: compile: %w", err)
	}
	return nil
}

// Open recognises the format of data and reads as much as the number of pages
// takes. data must not be changed while the File is in use. Errors wrap
// ErrUnreadable or ErrTooLarge if the file is to blame.
func (d *Decoder) Open(data []byte, lim Limits) (*File, error) {
	lim = lim.withDefaults()
	if int64(len(data)) > lim.MaxBytes {
		return nil, fmt.Errorf("imagefile: %w: %d bytes, at most %d are read", ErrTooLarge, len(data), lim.MaxBytes)
	}
	f := &File{}
	err := guarded(func() (err error) {
		if f.format, err = sniff(data); err != nil {
			return err
		}
		f.pages, err = d.source(f.format, data, lim)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("imagefile: open: %w", err)
	}
	return f, nil
}

// OpenPDF is Open for a PDF that is too large for memory: it stays on disk, where it must
// not be changed while the File is in use, and is read a page at a time.
func (d *Decoder) OpenPDF(path string, lim Limits) (*File, error) {
	lim = lim.withDefaults()
	f := &File{format: formatPDF}
	err := guarded(func() (err error) {
		if len(d.Command) > 0 {
			f.pages, err = openPathInChild(d, path, lim)
		} else {
			f.pages, err = openLargePDF(d, path, lim)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("imagefile: open: %w", err)
	}
	return f, nil
}

func (d *Decoder) source(format string, data []byte, lim Limits) (source, error) {
	if len(d.Command) > 0 && apart(format) {
		return openInChild(d, data, lim)
	}
	switch format {
	case formatPDF:
		return openPDF(d, data, lim)
	case formatHEIC:
		return openHEIC(d, data, lim)
	case formatTIFF:
		return openTIFF(data, lim)
	}
	return openStill(format, data, lim)
}

// Close frees what decoding PDF and HEIC took. Files of the Decoder that are of
// these formats cannot be read any more.
func (d *Decoder) Close() error {
	d.child.close()
	return errors.Join(d.pdf.close(), d.heic.close())
}

// Apart reports whether data is of a format that a Decoder with a Command decodes
// in that process, one page at a time, and not on a core of its caller's.
func Apart(data []byte) bool {
	format, err := sniff(data)
	return err == nil && apart(format)
}

func apart(format string) bool { return format != formatJPEG && format != formatPNG }

// File is an opened file. It is safe for concurrent use.
type File struct {
	format string
	pages  source
	own    *Decoder // to close with the file; nil if it outlives the file
}

// source gives the pages of one file, counted from 0.
type source interface {
	count() int
	page(i int) (image.Image, error)
}

// Open is Decoder.Open for a single file. Close the File: a PDF or HEIC has its
// engine started for itself alone. Who opens many files should share a Decoder.
func Open(data []byte, lim Limits) (*File, error) {
	d := &Decoder{}
	f, err := d.Open(data, lim)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	f.own = d
	return f, nil
}

// Close frees what the file holds. A File of a Decoder holds nothing.
func (f *File) Close() error {
	if f.own == nil {
		return nil
	}
	return f.own.Close()
}

// Format is "jpeg", "png", "webp", "heic", "tiff", "bmp" or "pdf".
func (f *File) Format() string { return f.format }

// Pages is the number of pages, at least 1.
func (f *File) Pages() int { return f.pages.count() }

// Page decodes page i, counted from 0: upright, opaque, of type *image.YCbCr,
// *image.Gray or *image.RGBA, with its origin at (0, 0). A JPEG in colour is an
// *image.Gray where JPEGDecoder is libjpeg-turbo, and else an *image.YCbCr with
// the same grey image as its Y plane, but for rounding. Every call decodes anew.
// Errors are as of Open.
func (f *File) Page(i int) (img image.Image, err error) {
	if i < 0 || i >= f.Pages() {
		return nil, fmt.Errorf("imagefile: %w: there is no page %d of %d", ErrUnreadable, i+1, f.Pages())
	}
	err = guarded(func() error {
		img, err = f.pages.page(i)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("imagefile: page %d: %w", i+1, err)
	}
	return img, nil
}

// Release gives back a page of which nothing is used any more, nor any part that shares
// its memory: a later page may get its pixels. Who keeps a page, or forgets to release
// it, leaves it to the garbage collector.
func Release(page image.Image) { recycle(page) }

// guarded turns a panic of a decoder into ErrUnreadable.
func guarded(decode func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: the decoder failed: %v", ErrUnreadable, p)
		}
	}()
	return decode()
}
