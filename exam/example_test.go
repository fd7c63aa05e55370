package exam_test

import (
	"fmt"

	"hakbeon/exam"
)

// A sheet's record keeps what was said before, the latest first.
func ExampleSheet() {
	kim := "20151234"
	first := &exam.Sheet{Result: exam.Result{Version: 1, Status: exam.StatusNeedsReview}}
	settled := first.Next(exam.Result{Status: exam.StatusMatched, StudentID: &kim})
	fmt.Println(settled.Version, settled.Status, settled.Student())
	fmt.Println(settled.At(1).Status)
	// Output:
	// 2 matched 20151234
	// needs_review
}
