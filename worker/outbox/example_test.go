package outbox_test

import (
	"fmt"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker/outbox"
)

// The tasks that a batch's keys become.
func ExampleSheets() {
	b := layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "a"}
	for _, task := range outbox.Sheets(b, []string{"uploads/1.jpg"}) {
		body, err := jobs.Encode(task)
		fmt.Println(body, err)
	}
	// Output: {"type":"sheet","exam_code":"SaS_2017_Final","batch_id":"a","key":"uploads/1.jpg","page":1} <nil>
}
