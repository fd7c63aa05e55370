package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"

	"hakbeon/recognizer/imagefile"
)

// decodeFile is the first page of a file, as the worker gets it.
func decodeFile(path string) (image.Image, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return decode(data)
}

func decode(data []byte) (image.Image, error) {
	file, err := imagefile.Open(data, imagefile.Limits{})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return file.Page(0)
}

// jpegDecoder names what decodes JPEGs in this build. It looks, because a build tag
// says what was asked for: libjpeg-turbo decodes to grey at once, image/jpeg gives
// all planes.
func jpegDecoder() (string, error) {
	var data bytes.Buffer
	if err := jpeg.Encode(&data, image.NewRGBA(image.Rect(0, 0, 32, 32)), nil); err != nil {
		return "", err
	}
	img, err := decode(data.Bytes())
	if err != nil {
		return "", fmt.Errorf("decode a JPEG: %w", err)
	}
	if _, ok := img.(*image.Gray); ok {
		return "libjpeg-turbo", nil
	}
	return "image/jpeg", nil
}
