package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"

	"golang.org/x/image/tiff"
)

// tiffFile is a chain of directories, one for each page. The library decodes
// the first only, so every page is read with the header changed to point to it.
type tiffFile struct {
	header tiffHeader
	lim    Limits
	pages  []tiffPage
}

type tiffPage struct {
	offset uint32 // of the directory
	turned orientation
	fax    fax
}

// fax is what the library does not look at in pages of CCITT group 3 and 4.
type fax struct {
	negative       bool // its codes for black stand for white (TIFF 6, section 11)
	twoDimensional bool // group 3 with lines that build on the line before
}

var errTwoDimensional = errors.New("two-dimensional group 3 is not supported; save it as group 4")

func faxOf(dir directory) fax {
	const (
		tagCompression, group3, group4 = 259, 3, 4
		tagPhotometric, blackIsZero    = 262, 1
		tagGroup3Options, bit2D        = 292, 1
	)
	switch dir.value(tagCompression, 1) {
	case group3:
		return fax{dir.value(tagPhotometric, 0) == blackIsZero, dir.value(tagGroup3Options, 0)&bit2D != 0}
	case group4:
		return fax{negative: dir.value(tagPhotometric, 0) == blackIsZero}
	}
	return fax{}
}

func openTIFF(data []byte, lim Limits) (source, error) {
	header, ok := parseTIFFHeader(data)
	if !ok {
		return nil, fmt.Errorf("%w: tiff header", ErrUnreadable)
	}
	f := &tiffFile{header: header, lim: lim}
	if err := f.walk(); err != nil {
		return nil, err
	}
	return f, f.checkSizes()
}

// walk collects the pages. A broken chain is an error: pages behind the break
// would be lost in silence.
func (f *tiffFile) walk() error {
	seen := map[uint32]bool{}
	for offset := f.header.first; offset != 0; {
		if seen[offset] {
			return fmt.Errorf("%w: tiff directories form a loop", ErrUnreadable)
		}
		seen[offset] = true
		dir, ok := f.header.directory(offset)
		if !ok {
			return fmt.Errorf("%w: tiff directory %d lies outside of the file", ErrUnreadable, len(seen))
		}
		if thumbnail := dir.value(tagSubfileType, 0)&1 != 0; !thumbnail {
			f.pages = append(f.pages, tiffPage{offset, orientation(dir.value(tagOrientation, 1)), faxOf(dir)})
		}
		if err := f.lim.checkPages(len(seen)); err != nil {
			return err
		}
		offset = dir.next
	}
	if len(f.pages) == 0 {
		return fmt.Errorf("%w: tiff without pages", ErrUnreadable)
	}
	return nil
}

func (f *tiffFile) checkSizes() error {
	for i := range f.pages {
		config, err := tiff.DecodeConfig(f.reader(i))
		if err != nil {
			return fmt.Errorf("%w: tiff page %d: %w", ErrUnreadable, i+1, err)
		}
		if err := f.lim.checkPixels(config.Width, config.Height); err != nil {
			return err
		}
	}
	return nil
}

func (f *tiffFile) count() int { return len(f.pages) }

func (f *tiffFile) page(i int) (image.Image, error) {
	page := f.pages[i]
	if page.fax.twoDimensional {
		return nil, fmt.Errorf("%w: decode tiff: %w", ErrUnreadable, errTwoDimensional)
	}
	img, err := tiff.Decode(f.reader(i))
	if err != nil {
		return nil, fmt.Errorf("%w: decode tiff: %w", ErrUnreadable, err)
	}
	if grey, ok := img.(*image.Gray); ok && page.fax.negative {
		for i, v := range grey.Pix {
			grey.Pix[i] = 255 - v
		}
	}
	return orient(normalize(img), page.turned), nil
}

// reader shows the file as if page i were its first.
func (f *tiffFile) reader(i int) *tiffReader {
	r := &tiffReader{Reader: bytes.NewReader(f.header.data)}
	copy(r.head[:], f.header.data)
	f.header.order.PutUint32(r.head[4:], f.pages[i].offset)
	return r
}

type tiffReader struct {
	*bytes.Reader
	head [8]byte
}

func (r *tiffReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.Reader.ReadAt(p, off)
	if off >= 0 && off < int64(len(r.head)) {
		copy(p[:n], r.head[off:])
	}
	return n, err
}
