package tracing_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace/noop"

	"hakbeon/internal/tracing"
)

func TestNothingUnlessAskedFor(t *testing.T) {
	for _, env := range []map[string]string{
		{},
		{"OTEL_SERVICE_NAME": "x"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"},
	} {
		t.Run(fmt.Sprint(env), func(t *testing.T) {
			for name, value := range env {
				t.Setenv(name, value)
			}
			provider, end, err := tracing.Start(t.Context(), "1")
			if _, off := provider.(noop.TracerProvider); err != nil || !off || end(t.Context()) != nil {
				t.Errorf("got %T, %v", provider, err)
			}
		})
	}
}

func TestWhatCannotBeDoneIsAnError(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
	for name, value := range map[string]string{"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			if _, _, err := tracing.Start(t.Context(), "1"); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSpansReachTheCollector(t *testing.T) {
	got := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- r.URL.Path + " " + string(body)
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	provider, end, err := tracing.Start(t.Context(), "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("t").Start(t.Context(), "a sheet")
	span.End()
	if err := end(context.Background()); err != nil {
		t.Fatal(err)
	}
	body := <-got
	for _, want := range []string{"/v1/traces ", "a sheet", "hakbeon", "1.2.3"} {
		if !strings.Contains(body, want) {
			t.Errorf("the collector did not get %q", want)
		}
	}
}

func ExampleStart() {
	provider, end, err := tracing.Start(context.Background(), "1.0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer end(context.Background())
	_, span := provider.Tracer("example").Start(context.Background(), "work")
	defer span.End()
	fmt.Println(span.IsRecording())
	// Output: false
}
