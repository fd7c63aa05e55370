package roster_test

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"

	"hakbeon/recognizer/roster"
)

func ExampleRead() {
	book := excelize.NewFile()
	for i, row := range [][]any{
		{"Statistics, final exam"},
		{"No.", "학번", "성명"},
		{1, "00123456", "Student A"},
		{2, 32141837, "Student B"},
		{"합계", 2},
	} {
		_ = book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row)
	}
	var file bytes.Buffer
	_ = book.Write(&file)

	r, err := roster.Read(file.Bytes(), roster.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range r.Students {
		fmt.Println(s.ID, s.Name)
	}
	for _, s := range r.Skipped {
		fmt.Printf("row %d: %s\n", s.Row, s.Reason)
	}
	// Output:
	// 00123456 Student A
	// 32141837 Student B
	// row 5: a total, not a student
}
