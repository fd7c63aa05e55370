package verdict_test

import (
	"context"
	"fmt"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/web/verdict"
)

// A person's word becomes a message on the jobs queue.
func Example() {
	door := verdict.Door{Send: func(_ context.Context, m jobs.Message) error {
		body, err := jobs.Encode(m)
		fmt.Println(body)
		return err
	}}
	b := layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "a"}
	m, err := verdict.Message(b, verdict.Verdict{Sheet: "0123456789abcdef", StudentID: "20151234"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(door.Put(context.Background(), m))
	// Output:
	// {"type":"resolve","exam_code":"SaS_2017_Final","batch_id":"a","sheet":"0123456789abcdef","student_id":"20151234"}
	// <nil>
}
