package telemetry

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
)

// Traced gives each message of a queue a span, in the trace that its attributes name
// (W3C's traceparent). Our own messages carry it on, to the webhook.
func Traced(tracer trace.Tracer, name string, handle queue.Handler) queue.Handler {
	return func(ctx context.Context, m *queue.Message) error {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier(m.Attributes))
		ctx, span := tracer.Start(ctx, "handle "+name, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
			attribute.String("messaging.system", "aws_sqs"), attribute.String("messaging.message.id", m.ID),
			attribute.Int("hakbeon.receives", m.Receives),
		))
		defer span.End()
		err := handle(ctx, m)
		Mark(span, err)
		return err
	}
}

// Mark tells a span of its step's failure. An error's text stays in the log: it may
// name a file.
func Mark(span trace.Span, err error) {
	if err != nil && !errors.Is(err, queue.ErrHandBack) {
		span.SetStatus(codes.Error, "see the log")
	}
}

// BatchAttributes are a batch's, and more.
func BatchAttributes(b layout.Batch, more ...attribute.KeyValue) []attribute.KeyValue {
	return append(more, attribute.String("hakbeon.exam_code", b.ExamCode), attribute.String("hakbeon.batch_id", b.BatchID))
}

// Carried are the message attributes that carry the trace on; none where
// there is no trace.
func Carried(ctx context.Context) map[string]string {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return nil
	}
	out := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, out)
	return out
}

// SameTrace is the context of a work that outlives a message, in its trace.
func SameTrace(life, ctx context.Context) context.Context {
	return trace.ContextWithSpanContext(life, trace.SpanContextFromContext(ctx))
}
