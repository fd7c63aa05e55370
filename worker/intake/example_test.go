package intake_test

import (
	"fmt"
	"time"

	"hakbeon/jobs"
	"hakbeon/worker/intake"
)

// The same message is the same batch, however often it comes.
func ExampleNewJob() {
	keys := []string{"uploads/1.jpg", "uploads/2.jpg"}
	msg := &jobs.Recognize{ExamCode: "SaS_2017_Final", Keys: keys}
	first := intake.NewJob(msg, keys, jobs.PartID(keys), time.Now())
	again := intake.NewJob(msg, keys, jobs.PartID(keys), time.Now())
	fmt.Println(first.Total, first.PagesPerSheet, first.BatchID == again.BatchID)
	// Output: 2 1 true
}
