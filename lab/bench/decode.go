package main

import (
	"image"
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
