package tracing_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"hakbeon/internal/tracing"
)

// A call has one span under its caller's, which names what was called, and no key.
func TestCalls(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Request-Id", "request-1")
		if strings.HasSuffix(r.URL.Path, "30000001.jpg") {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `<Error><Code>NoSuchKey</Code><Message>no 30000001.jpg</Message></Error>`)
		}
	}))
	defer server.Close()
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	client := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
	}, s3.WithAPIOptions(tracing.Calls(provider)))

	ctx, parent := provider.Tracer("t").Start(t.Context(), "a sheet")
	for _, key := range []string{"there.jpg", "30000001.jpg"} {
		out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b"), Key: &key})
		if err == nil {
			out.Body.Close()
		}
	}
	parent.End()

	ended := spans.Ended()
	if len(ended) != 3 {
		t.Fatalf("got %d spans, want two calls and their parent", len(ended))
	}
	for i, want := range []string{"", "NoSuchKey"} {
		span := ended[i]
		if span.Name() != "S3.GetObject" || span.Parent().SpanID() != parent.SpanContext().SpanID() {
			t.Errorf("got span %q under %s", span.Name(), span.Parent().SpanID())
		}
		said := fmt.Sprint(span.Attributes(), span.Status(), span.Events())
		if !strings.Contains(said, "request-1") || !strings.Contains(said, want) || strings.Contains(said, ".jpg") {
			t.Errorf("the span says %s", said)
		}
	}
}
