package read_test

import (
	"fmt"
	"image"

	"hakbeon/recognizer/read"
)

// What was read stands for itself, too: here 3, nothing, then 2.
func ExampleFreeText() {
	var three, blank, two [read.Classes]float64
	three[read.Zero+3], blank[read.Blank], two[read.Zero+2] = 1, 1, 1
	line := read.NewLine(image.Rect(200, 100, 300, 150), 0, [][read.Classes]float64{three, blank, two})
	reading := &read.Reading{Width: 800, Height: 1100, Lines: []read.Line{line}}

	text, mean := read.FreeText(&line)
	evidence, err := reading.MarshalBinary()
	if err != nil {
		panic(err)
	}
	fmt.Println(text, mean, len(evidence), "bytes")
	// Output: 32 1 73 bytes
}
