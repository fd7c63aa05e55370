package recognizer_test

import (
	"context"
	"fmt"
	"image"

	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

func ExampleReader() {
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		fmt.Println("run make setup first:", err)
		return
	}
	defer func() { _ = reader.Close() }()
	students, err := roster.New("32141837", "32157264")
	if err != nil {
		panic(err)
	}
	sheet := image.NewGray(image.Rect(0, 0, 600, 800)) // use a scan

	reading, err := reader.Read(context.Background(), sheet)
	if err != nil {
		panic(err)
	}
	evidence, err := reading.MarshalBinary() // keep it: the decision can be made again
	if err != nil {
		panic(err)
	}
	_ = evidence
	d := recognizer.Decide(reading, students, recognizer.DefaultParams())
	fmt.Println(d.Status, d.Reason)
	// Output: needs_review no_id_found
}
