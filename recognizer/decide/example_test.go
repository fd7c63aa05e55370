package decide_test

import (
	"fmt"
	"image"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// A line model of one's own can stand in for the Reader: here it read 3, 2, then
// something between 1 and 7, then 5.
func ExampleDecide() {
	column := func(class ...int) (y [read.Classes]float64) {
		for _, c := range class {
			y[c] = 1 / float64(len(class))
		}
		return y
	}
	const blank, zero = 0, 1
	line := read.NewLine(image.Rect(200, 100, 400, 150), 0, [][read.Classes]float64{
		column(zero + 3), column(blank), column(zero + 2), column(zero+1, zero+7), column(zero + 5),
	})
	reading := &read.Reading{Model: "mine", Width: 800, Height: 1100, Lines: []read.Line{line}}
	students, err := roster.New("3275", "3391", "4408")
	if err != nil {
		panic(err)
	}

	d := decide.Decide(reading, students, decide.DefaultParams())
	doubtful := d.Digits[2]
	fmt.Println(d.Candidates[0].StudentID, doubtful.Read, doubtful.Conf, doubtful.Others)
	// Output: 3275 1 0.5 [{7 0.5}]
}

// Which level of acceptance does a batch bear? It is scored once.
func ExampleScored() {
	var line [][read.Classes]float64
	for _, digit := range []int{3, 2, 7, 5} {
		var column, blank [read.Classes]float64
		column[read.Zero+digit], column[read.Zero+1], blank[read.Blank] = 0.99, 0.01, 1 // each may be a 1
		line = append(line, column, blank)
	}
	reading := &read.Reading{Width: 800, Height: 1100, Lines: []read.Line{
		read.NewLine(image.Rect(200, 100, 400, 150), 0, line),
	}}
	students, err := roster.New("3275", "3215", "4408")
	if err != nil {
		panic(err)
	}

	scored := decide.Score([]*read.Reading{reading}, students, decide.DefaultParams())
	for _, accept := range []float64{0.98, 0.995} {
		fmt.Println(accept, scored.Solve(decide.Params{Accept: accept}).Decisions[0].Status)
	}
	// Output:
	// 0.98 matched
	// 0.995 needs_review
}
