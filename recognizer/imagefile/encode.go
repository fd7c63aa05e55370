package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
)

const filedQuality = 90 // of 100; pencil strokes survive

// EncodePage encodes a page as JPEG, to be filed on its own; an *image.Gray as a
// grey one. It fails for an empty image and for sides beyond 65,535 pixels.
func EncodePage(img image.Image) ([]byte, error) {
	if img.Bounds().Empty() {
		return nil, errors.New("imagefile: encode page: the image is empty")
	}
	if max(img.Bounds().Dx(), img.Bounds().Dy()) > maxSide {
		return nil, fmt.Errorf("imagefile: encode page: %v pixels, a side has at most %d", img.Bounds().Size(), maxSide)
	}
	if filed := fastEncode(img, filedQuality); len(filed) > 0 {
		return filed, nil
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: filedQuality}); err != nil {
		return nil, fmt.Errorf("imagefile: encode page: %w", err)
	}
	return b.Bytes(), nil
}
