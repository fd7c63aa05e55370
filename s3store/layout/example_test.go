package layout_test

import (
	"fmt"

	"hakbeon/s3store/layout"
)

// Where a sheet's result lies, and under whom its original is filed.
func Example() {
	b := layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "a"}
	fmt.Println(b.Result("0123456789abcdef"))
	name := layout.FileName("uploads/SaS_2017_Final/001.jpg", 1, 1, "0123456789abcdef")
	fmt.Println(layout.OriginalKey(b.ExamCode, "20151234", name, "jpg"))
	fmt.Println(layout.OriginalKey(b.ExamCode, "", name, "jpg"))
	// Output:
	// results/SaS_2017_Final/a/sheets/0123456789abcdef.json
	// original/SaS_2017_Final/20151234/001-01234567.jpg
	// original/SaS_2017_Final/unknown_id/001-01234567.jpg
}
