package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"hakbeon/internal/egress"
	"hakbeon/webhook"
)

func Example() {
	secrets, _ := webhook.ParseSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

	// The receiver: check the signature before the body is looked at.
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := webhook.Verify(secrets, r.Header, body, time.Now()); err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Println("received", string(body))
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer receiver.Close()

	// The sender: loopback must be allowed by name.
	allowed, _ := egress.ParseAllowed("127.0.0.1")
	client, _ := webhook.New(webhook.Options{Secrets: secrets, Allowed: allowed})
	defer client.Close()

	body, _ := webhook.Body("sheet.recognized", time.Unix(0, 0), json.RawMessage(`{"student_id": "32141837"}`))
	id := webhook.EventID("2017-12-18-a", "9f86d081884c7d65", "1", "sheet.recognized")
	err := client.Post(context.Background(), receiver.URL, id, body)

	var failed *webhook.Error
	if errors.As(err, &failed) && !failed.Gone {
		middle := func() float64 { return 0.5 }
		wait, again := webhook.Delay(1, 0, failed.RetryAfter, middle)
		fmt.Println(failed.Reason, wait, again)
	}
	// Output:
	// received {"type":"sheet.recognized","timestamp":"1970-01-01T00:00:00.000Z","data":{"student_id":"32141837"}}
	// status_5xx 5s true
}
