package imagefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"iter"
)

// JPEGDecoder is what decodes JPEGs in this build: "libjpeg-turbo" or
// "image/jpeg".
func JPEGDecoder() string { return jpegDecoder }

const (
	markerSOF0 = 0xc0
	markerSOF1 = 0xc1
	markerSOF2 = 0xc2
	markerDHT  = 0xc4
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerDQT  = 0xdb
	markerDNL  = 0xdc
	markerDRI  = 0xdd
	markerAPP1 = 0xe1
	adobe      = 0xee
)

// jpegPicture is a JPEG that Go's decoder takes.
type jpegPicture struct {
	data   []byte
	config image.Config
	inks   bool // four of them, and nothing says which way round
}

// openJPEG mends what is wrong with a JPEG's frame and reads its size.
func openJPEG(data []byte) (jpegPicture, error) {
	data, inks, err := mendJPEG(data)
	if err != nil {
		return jpegPicture{}, err
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if unsupported := jpeg.UnsupportedError(""); errors.As(err, &unsupported) {
		if luma, ok := lumaJPEG(data); ok {
			data = luma
			config, err = jpeg.DecodeConfig(bytes.NewReader(data))
		}
	}
	if err == nil {
		err = checkScans(data)
	}
	return jpegPicture{data, config, inks}, err
}

// decode leaves to Go's decoder whatever the fast one complains of, since it
// warns of what is harmless and of what is lost in the same way. So every build
// reads what Go reads, oddities only cost time, and a file that is cut off is an
// error and no picture that is half grey.
func (j jpegPicture) decode() (image.Image, error) {
	if img := fastGrey(j.data, j.config.Width, j.config.Height); img != nil {
		return img, nil
	}
	img, err := jpeg.Decode(bytes.NewReader(j.data))
	if inked, ok := img.(*image.CMYK); ok && j.inks {
		asPaper(inked)
	}
	return img, err
}

// asPaper turns inks round if the page would be dark: some writers store how much ink
// there is, some how much there isn't, and paper is light.
func asPaper(img *image.CMYK) {
	sum := 0
	for _, v := range img.Pix {
		sum += int(v)
	}
	if sum > len(img.Pix)*128 {
		invert(img.Pix)
	}
}

// checkScans refuses a JPEG that is drawn over and over, which costs the time of
// a picture for a few bytes each. Progressive ones have about ten scans.
func checkScans(data []byte) error {
	const most = 100
	scans := 0
	for marker := range segments(data) {
		if marker == markerSOS {
			scans++
		}
		if scans > most {
			return errors.New("more than 100 scans")
		}
	}
	return nil
}

// segments goes through a JPEG's markers with their payloads, without the picture's
// data, until the picture ends or something is broken.
func segments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		rest := data[min(2, len(data)):]
		for {
			i := bytes.IndexByte(rest, 0xff)
			if i < 0 || len(rest) < i+4 {
				return
			}
			rest = rest[i+1:]
			marker := rest[0]
			switch {
			case marker == markerEOI:
				return
			case marker == 0, marker == 0xff, marker >= 0xd0 && marker <= 0xd7: // data, padding, restarts
				continue
			}
			size := int(binary.BigEndian.Uint16(rest[1:]))
			if size < 2 || len(rest) < 1+size || !yield(marker, rest[3:1+size]) {
				return
			}
			rest = rest[1+size:]
		}
	}
}
