package worker

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// traced gives each message a span, in the trace that its attributes name (W3C's
// traceparent). Our own messages carry it on, to the webhook.
func (w *Worker) traced(name string, handle queue.Handler) queue.Handler {
	return func(ctx context.Context, m *queue.Message) error {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier(m.Attributes))
		ctx, span := w.tracer.Start(ctx, "handle "+name, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
			attribute.String("messaging.system", "aws_sqs"), attribute.String("messaging.message.id", m.ID),
			attribute.Int("hakbeon.receives", m.Receives),
		))
		defer span.End()
		err := handle(ctx, m)
		mark(span, err)
		return err
	}
}

// mark tells a span of its step's failure. An error's text stays in the log: it may
// name a file.
func mark(span trace.Span, err error) {
	if err != nil && !errors.Is(err, queue.ErrHandBack) {
		span.SetStatus(codes.Error, "see the log")
	}
}

// span begins a step of a sheet.
func (w *Worker) span(ctx context.Context, name string, t *task) (context.Context, trace.Span) {
	return w.tracer.Start(ctx, name, trace.WithAttributes(batchAttributes(t.batch, attribute.String("hakbeon.sheet", t.id))...))
}

func batchAttributes(b s3store.Batch, more ...attribute.KeyValue) []attribute.KeyValue {
	return append(more, attribute.String("hakbeon.exam_code", b.ExamCode), attribute.String("hakbeon.batch_id", b.BatchID))
}

// traceAttributes are the message attributes that carry the trace on; none where
// there is no trace.
func traceAttributes(ctx context.Context) map[string]string {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return nil
	}
	out := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, out)
	return out
}

// sameTrace is the context of a work that outlives a message, in its trace.
func sameTrace(life, ctx context.Context) context.Context {
	return trace.ContextWithSpanContext(life, trace.SpanContextFromContext(ctx))
}
