package exam_test

import (
	"testing"

	"hakbeon/exam"
)

// A delivery's id names what is sent to whom.
func TestDeliveryID(t *testing.T) {
	const sheet = "9f86d081884c7d65"
	for id, want := range map[string]exam.Attempt{
		sheet + "-2-webhook":               {Sheet: sheet, Version: 2, To: exam.ToWebhook},
		sheet + "-2-result_queue":          {Sheet: sheet, Version: 2, To: exam.ToResultQueue},
		"batch-12-webhook":                 {Version: 12, To: exam.ToWebhook},
		"rejected-" + sheet + "-1-webhook": {Rejected: sheet, Version: 1, To: exam.ToWebhook},
	} {
		if got := want.Delivery(); got != id {
			t.Errorf("got %q, want %q", got, id)
		}
	}
}
