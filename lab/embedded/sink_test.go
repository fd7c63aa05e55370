package embedded_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/lab/embedded"
)

// deliver posts a webhook as the worker does and returns the status.
func deliver(t testing.TB, stack *embedded.Stack, id, body string) int {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(stack.Env["WEBHOOK_SECRET"], "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.%s", id, now, body)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, stack.Env["WEBHOOK_URL"], strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", fmt.Sprint(now))
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestSink(t *testing.T) {
	stack := start(t, embedded.Options{})
	sink := stack.Sink()
	_, err := s3.NewFromConfig(config(t, stack)).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(stack.Env["S3_BUCKET"]), Key: aws.String("results/학번 +1.json"), Body: strings.NewReader("{}"),
	})
	if err != nil {
		t.Fatal(err)
	}
	body := `{"type":"sheet.recognized","data":{"meta":{"s3_keys":{"result":"results/학번 +1.json","original":"gone.jpg","header":null}}}}`

	if err := sink.Behave(t.Context(), embedded.Behaviour{Status: 503, Times: 2}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{503, 503, 204} {
		if got := deliver(t, stack, "msg_1", body); got != want {
			t.Errorf("delivery %d: got status %d, want %d", i, got, want)
		}
	}
	if n, err := sink.Refused(t.Context()); err != nil || n != 2 {
		t.Errorf("refused: got %d, %v; want 2", n, err)
	}
	e, err := sink.Await(t.Context(), 0, func(e embedded.Event) bool { return e.ID == "msg_1" })
	if err != nil {
		t.Fatal(err)
	}
	if !e.Verified || e.Type != "sheet.recognized" || len(e.Missing) != 1 || e.Missing[0] != "gone.jpg" || e.Body != body || !e.SameBodyAsFirst {
		t.Errorf("got %+v", e)
	}
	events, next, err := sink.Events(t.Context(), e.Seq, 0)
	if err != nil || len(events) != 0 || next != e.Seq {
		t.Errorf("events after the last: got %v, %d, %v", events, next, err)
	}
}

func TestSinkWrongBehaviour(t *testing.T) {
	stack := start(t, embedded.Options{})
	err := stack.Sink().Behave(t.Context(), embedded.Behaviour{Status: 42})
	if err == nil || !strings.Contains(err.Error(), "between 200 and 599") {
		t.Errorf("got error %v, want the sink's reason", err)
	}
}

func TestSinkAwaitIsBounded(t *testing.T) {
	stack := start(t, embedded.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := stack.Sink().Await(ctx, 0, func(embedded.Event) bool { return true })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got error %v, want %v", err, context.DeadlineExceeded)
	}
}

// Events that the sink no longer holds are an error, never a silent gap.
func TestSinkTellsOfLostEvents(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"events":[{"seq":8}],"next":8,"oldest":8}`)
	}))
	defer server.Close()
	sink := embedded.NewSink(server.URL)
	if _, next, err := sink.Events(t.Context(), 3, 0); err == nil || next != 3 || !strings.Contains(err.Error(), "4 to 7") {
		t.Errorf("after 3: got next %d, error %v; want an error that names events 4 to 7", next, err)
	}
	if events, next, err := sink.Events(t.Context(), 7, 0); err != nil || len(events) != 1 || next != 8 {
		t.Errorf("after 7: got %v, %d, %v; want one event", events, next, err)
	}
}

func TestSinkIsGone(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	sink := embedded.NewSink(server.URL)
	if _, err := sink.Refused(t.Context()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("not a sink: got error %v", err)
	}
	server.Close()
	if err := sink.Behave(t.Context(), embedded.Behaviour{}); err == nil {
		t.Error("nobody there: got no error")
	}
}
