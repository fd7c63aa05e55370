package imagefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// still is a file of one page.
type still struct {
	format string
	data   []byte
	config image.Config
	jpeg   jpegPicture
	turned orientation
}

func openStill(format string, data []byte, lim Limits) (source, error) {
	s := &still{format: format, data: data}
	var err error
	if s.config, err = s.open(); err != nil {
		return nil, fmt.Errorf("%w: %s header: %w", ErrUnreadable, format, err)
	}
	return s, lim.checkPixels(s.config.Width, s.config.Height)
}

// open reads the picture's size, and how it is turned.
func (s *still) open() (config image.Config, err error) {
	switch s.format {
	case formatJPEG:
		s.jpeg, err = openJPEG(s.data)
		s.turned = exifOrientation(s.jpeg.data)
		return s.jpeg.config, err
	case formatPNG:
		s.data, s.turned = cleanPNG(s.data)
		return png.DecodeConfig(bytes.NewReader(s.data))
	case formatBMP:
		config, err = bmp.DecodeConfig(bytes.NewReader(s.data))
		if errors.Is(err, bmp.ErrUnsupported) {
			err = unsupportedKind("BMP of a packed or rare kind", "압축되었거나 드문 형식의 BMP")
		}
		return config, err
	}
	if len(s.data) >= 8 && int64(binary.LittleEndian.Uint32(s.data[4:]))+8 > int64(len(s.data))+1 {
		return config, errors.New("it is cut off")
	}
	s.turned = webpOrientation(s.data)
	return webp.DecodeConfig(bytes.NewReader(s.data))
}

func (s *still) decode() (image.Image, error) {
	r := bytes.NewReader(s.data)
	switch s.format {
	case formatJPEG:
		return s.jpeg.decode()
	case formatPNG:
		return png.Decode(r)
	case formatBMP:
		return bmp.Decode(r)
	}
	return webp.Decode(r)
}

func (s *still) count() int { return 1 }

func (s *still) page(int) (image.Image, error) {
	img, err := s.decode()
	if err != nil {
		return nil, fmt.Errorf("%w: decode %s: %w", ErrUnreadable, s.format, err)
	}
	return orient(normalize(img), s.turned), nil
}
