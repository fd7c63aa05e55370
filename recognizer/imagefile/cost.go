package imagefile

import (
	"fmt"
	"image"
	"image/color"
)

// Cost is what a page takes, as headers tell.
type Cost struct {
	// Decoding is the bytes of memory while it is decoded, in this process and in the
	// decoder's, at most. The page is among them.
	Decoding int64
	// Page is the bytes of the page, and Pixels how many it has.
	Page, Pixels int64
}

type coster interface{ cost(i int) (Cost, error) }

// Cost is what page i, counted from 0, takes. It is told from headers alone, so it may
// be asked before there is room for a page. Errors are as of Open.
func (f *File) Cost(i int) (c Cost, err error) {
	if i < 0 || i >= f.Pages() {
		return c, fmt.Errorf("imagefile: %w: there is no page %d of %d", ErrUnreadable, i+1, f.Pages())
	}
	err = guarded(func() error {
		c, err = f.pages.(coster).cost(i) //nolint:forcetypeassert // every source tells its cost
		return err
	})
	if err != nil {
		return c, fmt.Errorf("imagefile: page %d: %w", i+1, err)
	}
	return c, nil
}

// costOf is the decoder's image, and the one that Page gives, which is another
// unless the decoder makes one of its types.
func costOf(c image.Config) Cost {
	decoded, page := int64(4), int64(4)
	switch c.ColorModel {
	case color.GrayModel:
		decoded, page = 0, 1
	case color.Gray16Model:
		decoded, page = 2, 1
	case color.YCbCrModel:
		decoded, page = 0, 3
	case color.RGBAModel:
		decoded, page = 0, 4
	case color.RGBA64Model, color.NRGBA64Model:
		decoded, page = 8, 4
	case color.CMYKModel:
		decoded, page = 4+3, 4 // its planes are decoded apart
	}
	if _, ok := c.ColorModel.(color.Palette); ok {
		decoded, page = 1, 4
	}
	pixels := int64(c.Width) * int64(c.Height)
	return Cost{Decoding: (decoded + page) * pixels, Page: page * pixels, Pixels: pixels}
}

func (s *still) cost(int) (c Cost, err error) { //nolint:unparam // the error is for other sources
	c = costOf(s.config)
	switch {
	case s.format == formatJPEG && isProgressive(s.jpeg.data):
		// Its coefficients are kept until the end, 4 bytes each.
		c.Decoding += 4 * 3 * c.Pixels
	case s.format == formatPNG && isInterlaced(s.data):
		// Its passes are decoded apart: the last is half of it.
		c.Decoding += c.Decoding / 2
	}
	if s.turned > 1 {
		c.Decoding += c.Page // it is turned into another
	}
	return c, nil
}

func isProgressive(jpeg []byte) bool {
	const sof2 = 0xc2
	for marker := range segments(jpeg) {
		if marker == sof2 {
			return true
		}
		if marker == markerSOS {
			return false
		}
	}
	return false
}

// isInterlaced reads the last byte of the header, which is always the first chunk.
func isInterlaced(png []byte) bool {
	const at = 8 + 8 + 12
	return len(png) > at && png[at] == 1
}

// cost is the page's samples and the page made of them, beside a strip, which may be
// the whole page.
func (f *tiffFile) cost(i int) (c Cost, err error) {
	if err := f.check(i); err != nil {
		return c, err
	}
	l, err := layoutOf(f.pages[i].dir)
	if err != nil {
		return c, err
	}
	c.Pixels = int64(l.width) * int64(l.height) * int64(l.stretch())
	c.Page = 4 * c.Pixels
	if l.samples == 1 && l.photometric != photoColors {
		c.Page = c.Pixels
	}
	strip := int64(l.tileW) * int64(min(l.tileH, l.height)) * int64(l.samples*max(l.bits, 8)/8)
	c.Decoding = 2*c.Page + strip
	if l.compression == compressJPEG || l.compression == compressOldJPEG {
		c.Decoding += 2 * strip // a picture of its own, whose coefficients may be kept
	}
	return c, nil
}

// cost is what a photo takes in libheif, about 7 bytes a pixel, and the page.
func (f *heicFile) cost(int) (Cost, error) { //nolint:unparam // the error is for other sources
	pixels := int64(f.config.width) * int64(f.config.height)
	page := 2 * pixels
	if f.config.colours == heifRGB {
		page = 4 * pixels
	}
	return Cost{Decoding: 7*pixels + page, Page: page, Pixels: pixels}, nil
}
