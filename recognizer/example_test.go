package recognizer_test

import (
	"context"
	"fmt"
	"image"

	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// A line model of one's own can stand in for the Reader: here it read 3, 2, then
// something between 1 and 7, then 5.
func ExampleDecide() {
	column := func(class ...int) (y [recognizer.Classes]float64) {
		for _, c := range class {
			y[c] = 1 / float64(len(class))
		}
		return y
	}
	const blank, zero = 0, 1
	line := recognizer.NewLine(image.Rect(200, 100, 400, 150), 0, [][recognizer.Classes]float64{
		column(zero + 3), column(blank), column(zero + 2), column(zero+1, zero+7), column(zero + 5),
	})
	reading := &recognizer.Reading{Model: "mine", Width: 800, Height: 1100, Lines: []recognizer.Line{line}}
	students, err := roster.New("3275", "3391", "4408")
	if err != nil {
		panic(err)
	}

	d := recognizer.Decide(reading, students, recognizer.DefaultParams())
	fmt.Println(d.Candidates[0].StudentID, d.Line)
	// Output: 3275 0
}

// Which level of acceptance does a batch bear? It is scored once.
func ExampleScored() {
	var line [][recognizer.Classes]float64
	for _, digit := range []int{3, 2, 7, 5} {
		var column, blank [recognizer.Classes]float64
		column[1+digit], column[1+1], blank[0] = 0.9, 0.1, 1 // each may be a 1
		line = append(line, column, blank)
	}
	reading := &recognizer.Reading{Width: 800, Height: 1100, Lines: []recognizer.Line{
		recognizer.NewLine(image.Rect(200, 100, 400, 150), 0, line),
	}}
	students, err := roster.New("3275", "3215", "4408")
	if err != nil {
		panic(err)
	}

	scored := recognizer.Score([]*recognizer.Reading{reading}, students, recognizer.DefaultParams())
	for _, accept := range []float64{0.8, 0.99} {
		fmt.Println(accept, scored.Solve(recognizer.Params{Accept: accept}).Decisions[0].Status)
	}
	// Output:
	// 0.8 matched
	// 0.99 needs_review
}

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
