package worker_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// A trace that a backend begins goes on through our queues to its webhook.
func TestTraceFromTheJobToTheWebhook(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	parent := "00-" + id + "-00f067aa0ba902b7-01"
	r := newRig(t)
	r.roster(kim)
	var mu sync.Mutex
	headers := map[string]int{}
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, in *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		headers[in.Header.Get("Traceparent")]++
	}))
	defer receiver.Close()
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	defer provider.Shutdown(context.Background())
	r.options.Traces, r.options.WebhookURL = provider, receiver.URL
	stop := r.start()
	body, err := jobs.Encode(&jobs.Recognize{ExamCode: r.exam, Keys: r.sheets(kim), BatchID: "b"})
	must(t, err)
	must(t, queue.NewSender(awssqs.Open(r.client, r.options.Queues.Jobs)).Send(t.Context(), queue.Out{Body: body, Attributes: map[string]string{"traceparent": parent}}))
	r.end(layout.Batch{ExamCode: r.exam, BatchID: "b"}, 1)
	stop()

	var names []string
	for _, span := range spans.Ended() {
		if span.SpanContext().TraceID().String() == id {
			names = append(names, span.Name())
		}
	}
	for _, want := range []string{"handle jobs", "handle work", "download", "read lines", "file", "end batch", "handle callbacks", "post webhook"} {
		if !slices.Contains(names, want) {
			t.Errorf("no span %q in the job's trace, but %q", want, names)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for header := range headers {
		if !strings.Contains(header, id) {
			t.Errorf("a webhook came with traceparent %q", header)
		}
	}
	if len(headers) == 0 {
		t.Error("no webhook came")
	}
}
