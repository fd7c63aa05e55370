package imagefile

import (
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/tiff"
)

// coster tells what decoding a page takes, from headers alone: the bytes of memory
// while it is decoded, the page among them, and those of the page.
type coster interface {
	cost(i int) (decoding, page int64, err error)
}

// Cost is how many bytes of memory decoding page i, counted from 0, takes at most,
// in this process and in the decoder's. It is told from headers alone, so it may be
// asked before there is room for a page. Errors are as of Open.
func (f *File) Cost(i int) (bytes int64, err error) {
	if i < 0 || i >= f.Pages() {
		return 0, fmt.Errorf("imagefile: %w: there is no page %d of %d", ErrUnreadable, i+1, f.Pages())
	}
	err = guarded(func() error {
		bytes, _, err = f.pages.(coster).cost(i)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("imagefile: page %d: %w", i+1, err)
	}
	return bytes, nil
}

// costOf is the decoder's image, and the one that Page gives, which is another
// unless the decoder makes one of its types.
func costOf(c image.Config) (decoding, page int64) {
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
	return (decoded + page) * pixels, page * pixels
}

func (s still) cost(int) (decoding, page int64, err error) {
	config, err := s.config()
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %s header: %w", ErrUnreadable, s.format, err)
	}
	decoding, page = costOf(config)
	switch {
	case s.format == formatJPEG && isProgressive(s.data):
		// Its coefficients are kept until the end, 4 bytes each.
		decoding += 4 * 3 * int64(config.Width) * int64(config.Height)
	case s.format == formatPNG && isInterlaced(s.data):
		// Its passes are decoded apart: the last is half of it.
		decoding += decoding / 2
	}
	if s.format == formatJPEG && exifOrientation(s.data) > 1 {
		decoding += page // it is turned into another
	}
	return decoding, page, nil
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

// cost has the library hold a whole strip, which may be the whole page, beside it.
func (f *tiffFile) cost(i int) (decoding, page int64, err error) {
	config, err := tiff.DecodeConfig(f.reader(i))
	if err != nil {
		return 0, 0, fmt.Errorf("%w: tiff page %d: %w", ErrUnreadable, i+1, err)
	}
	decoding, page = costOf(config)
	return decoding + max(decoding-page, page), page, nil
}

// cost is what a photo takes in libheif, about 7 bytes a pixel, and the page.
func (f *heicFile) cost(int) (decoding, page int64, err error) {
	pixels := int64(f.config.width) * int64(f.config.height)
	page = 2 * pixels
	if f.config.colours == heifRGB {
		page = 4 * pixels
	}
	return 7*pixels + page, page, nil
}
