package sink_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"hakbeon/lab/devstack/sink"
)

// A delivery that names an object which the bucket does not hold.
func Example() {
	s, err := sink.New(sink.Options{
		Secret: "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
		Exists: func(_ context.Context, key string) (bool, error) { return key == "results/1.json", nil },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	body := `{"type":"sheet.recognized","data":{"meta":{"s3_keys":{"original":"original/1.jpg","result":"results/1.json"}}}}`
	w, _ := standardwebhooks.NewWebhook("whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")
	now := time.Now()
	signature, _ := w.Sign("msg_1", now, []byte(body))
	r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	s.ServeHTTP(httptest.NewRecorder(), r)

	reply := httptest.NewRecorder()
	s.ServeHTTP(reply, httptest.NewRequest(http.MethodGet, "/events?after=0", nil))
	fmt.Println(strings.Contains(reply.Body.String(), `"verified":true`))
	fmt.Println(strings.Contains(reply.Body.String(), `"missing":["original/1.jpg"]`))
	// Output:
	// true
	// true
}
