package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"hakbeon/internal/tracing"
)

// lastTraces is how long the end of the process waits for the collector.
const lastTraces = 3 * time.Second

// startTraces begins the export of traces, if OTEL_* asks for it; the returned
// function sends the last ones.
func startTraces(ctx context.Context, log *zap.Logger) (trace.TracerProvider, func(), error) {
	traces, end, err := tracing.Start(ctx, buildVersion())
	if err != nil {
		return nil, nil, err
	}
	// A collector that is away must not fill the log: its errors come by the second.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Debug("traces", zap.Error(err)) }))
	return traces, func() {
		ctx, cancel := context.WithTimeout(context.Background(), lastTraces)
		defer cancel()
		if err := end(ctx); err != nil {
			log.Warn("could not send the last traces", zap.Error(err))
		}
	}, nil
}

// tracedCalls gives each call of S3 and SQS a span, where there are spans at all.
func tracedCalls(traces trace.TracerProvider) func(*aws.Config) {
	return func(cfg *aws.Config) {
		if _, off := traces.(noop.TracerProvider); !off {
			cfg.APIOptions = append(cfg.APIOptions, tracing.Calls(traces))
		}
	}
}
