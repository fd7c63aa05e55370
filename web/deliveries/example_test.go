package deliveries_test

import (
	"fmt"

	"hakbeon/exam"
)

// A delivery is named by what is told and to whom.
func Example() {
	a := exam.Attempt{Sheet: "9f86d081884c7d65", Version: 2, To: exam.ToWebhook, Outcome: exam.OutcomeFailed, Status: 503}
	fmt.Println(a.Delivery())
	// Output: 9f86d081884c7d65-2-webhook
}
