package imagefile

import (
	"fmt"
	"image"
)

const (
	tagSubfileType    = 254 // bit 0: a thumbnail of another page; bit 2: what is transparent in it
	tagOldSubfileType = 255 // 2: a thumbnail
)

// tiffFile is a chain of directories, one for each page.
type tiffFile struct {
	lim   Limits
	pages []tiffPage
}

// tiffPage is a page, or why there is none.
type tiffPage struct {
	dir directory
	bad error
}

func openTIFF(data []byte, lim Limits) (source, error) {
	header, ok := parseTIFFHeader(data)
	if !ok {
		return nil, fmt.Errorf("%w: tiff header", ErrUnreadable)
	}
	f := &tiffFile{lim: lim}
	if err := f.walk(header); err != nil {
		return nil, err
	}
	if len(f.pages) == 1 { // then the page's fault is the file's
		return f, f.check(0)
	}
	return f, nil
}

// walk collects the pages. A chain that breaks ends with a page that can't be read:
// those behind the break would be lost in silence.
func (f *tiffFile) walk(header tiffHeader) error {
	var thumbnails []tiffPage
	seen := map[uint64]bool{}
	for offset := header.first; offset != 0; {
		dir, ok := header.directory(offset)
		if seen[offset] || !ok {
			f.pages = append(f.pages, tiffPage{bad: broken(len(seen)+1, seen[offset])})
			break
		}
		seen[offset] = true
		page := tiffPage{dir: dir}
		if dir.value(tagSubfileType, 0)&5 != 0 || dir.value(tagOldSubfileType, 0) == 2 {
			thumbnails = append(thumbnails, page)
		} else {
			f.pages = append(f.pages, page)
		}
		if err := f.lim.checkPages(len(seen)); err != nil {
			return err
		}
		offset = dir.next
	}
	if len(f.pages) == 0 { // all that there is
		f.pages = thumbnails
	}
	if len(f.pages) == 0 {
		return fmt.Errorf("%w: tiff without pages", ErrUnreadable)
	}
	return nil
}

func broken(page int, loop bool) error {
	if loop {
		return unreadable("tiff directories form a loop: pages from %d on are lost", "TIFF 쪽 목록이 제자리로 돌아옵니다. %d쪽부터 읽을 수 없습니다", page)
	}
	return unreadable("tiff directory %[1]d lies outside of the file: pages from %[1]d on are lost", "TIFF 파일이 잘렸습니다. %[1]d쪽부터 읽을 수 없습니다", page)
}

// check looks at a page's size, and whether it is of a kind that is read.
func (f *tiffFile) check(i int) error {
	if f.pages[i].bad != nil {
		return f.pages[i].bad
	}
	l, err := layoutOf(f.pages[i].dir)
	if err != nil {
		return err
	}
	return f.lim.checkPixels(l.width, l.height*l.stretch())
}

func (f *tiffFile) count() int { return len(f.pages) }

func (f *tiffFile) page(i int) (image.Image, error) {
	if err := f.check(i); err != nil {
		return nil, err
	}
	l, err := layoutOf(f.pages[i].dir)
	if err != nil {
		return nil, err
	}
	img, err := l.decode()
	if err != nil {
		return nil, fmt.Errorf("decode tiff: %w", blame(err))
	}
	return orient(normalize(stretched(img, l.stretch())), orientation(f.pages[i].dir.value(tagOrientation, 1))), nil
}
