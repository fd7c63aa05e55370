package imagefile_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"hakbeon/recognizer/imagefile"
)

func Example() {
	var scan bytes.Buffer
	_ = png.Encode(&scan, image.NewGray(image.Rect(0, 0, 1654, 2339)))

	var decoder imagefile.Decoder
	defer decoder.Close()
	file, err := decoder.Open(scan.Bytes(), imagefile.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range file.Pages() {
		page, err := file.Page(i)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s, page %d: %T of %v\n", file.Format(), i+1, page, page.Bounds().Size())
	}
	// Output: png, page 1: *image.Gray of (1654,2339)
}
