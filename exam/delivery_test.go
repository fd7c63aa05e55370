package exam_test

import (
	"testing"

	"hakbeon/exam"
)

// A delivery's id names what is sent to whom, and is read back as it was written.
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
		if got, ok := exam.ParseDelivery(id); !ok || got != want {
			t.Errorf("%s: got %+v, %v", id, got, ok)
		}
	}
	for _, id := range []string{"", "-", "batch", "batch-1", "batch-0-webhook", "batch-01-webhook", "batch-1-mail", "-1-webhook", "rejected--1-webhook", "batch-1-webhook-", "batch--1-webhook"} {
		if got, ok := exam.ParseDelivery(id); ok {
			t.Errorf("%q was read as %+v", id, got)
		}
	}
}
