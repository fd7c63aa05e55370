package telemetry_test

import (
	"fmt"
	"time"

	"hakbeon/s3store/layout"
	"hakbeon/worker/telemetry"
)

// How old the oldest batch without an end is.
func ExampleOpenBatches() {
	open := telemetry.NewOpenBatches()
	b := layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "a"}
	open.Saw(b, time.Hour)
	fmt.Println(open.Oldest(time.Now()).Round(time.Minute))
	open.Close(b)
	fmt.Println(open.Oldest(time.Now()))
	// Output:
	// 1h0m0s
	// 0s
}
