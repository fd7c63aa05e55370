package imagefile

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"
)

// still is a file of one page.
type still struct {
	format string
	data   []byte
}

func openStill(format string, data []byte, lim Limits) (source, error) {
	s := still{format: format, data: data}
	config, err := s.config()
	if err != nil {
		return nil, fmt.Errorf("%w: %s header: %w", ErrUnreadable, format, err)
	}
	if format == formatJPEG {
		if err := checkScans(data); err != nil {
			return nil, fmt.Errorf("%w: jpeg: %w", ErrUnreadable, err)
		}
	}
	return s, lim.checkPixels(config.Width, config.Height)
}

func (s still) config() (image.Config, error) {
	r := bytes.NewReader(s.data)
	switch s.format {
	case formatJPEG:
		return jpeg.DecodeConfig(r)
	case formatPNG:
		return png.DecodeConfig(r)
	}
	return webp.DecodeConfig(r)
}

func (s still) decode() (image.Image, error) {
	r := bytes.NewReader(s.data)
	switch s.format {
	case formatJPEG:
		return decodeJPEG(s.data)
	case formatPNG:
		return png.Decode(r)
	}
	return webp.Decode(r)
}

func (s still) count() int { return 1 }

func (s still) page(int) (image.Image, error) {
	img, err := s.decode()
	if err != nil {
		return nil, fmt.Errorf("%w: decode %s: %w", ErrUnreadable, s.format, err)
	}
	upright := orientation(1)
	if s.format == formatJPEG {
		upright = exifOrientation(s.data)
	}
	return orient(normalize(img), upright), nil
}
