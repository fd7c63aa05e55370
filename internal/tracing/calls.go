package tracing

import (
	"context"
	"errors"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Calls gives each call of an AWS client a span, its retries included. The span
// has neither the call's parameters nor an error's text: they may name a student.
func Calls(provider trace.TracerProvider) func(*middleware.Stack) error {
	tracer := provider.Tracer("hakbeon/internal/tracing")
	call := func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		service, operation := awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)
		ctx, span := tracer.Start(ctx, service+"."+operation, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
			attribute.String("rpc.system.name", "aws-api"), attribute.String("rpc.method", service+"/"+operation),
		))
		defer span.End()
		out, metadata, err := next.HandleInitialize(ctx, in)
		if id, ok := awsmiddleware.GetRequestIDMetadata(metadata); ok {
			span.SetAttributes(attribute.String("aws.request_id", id))
		}
		if err != nil {
			span.SetStatus(codes.Error, "see the log")
		}
		if known := smithy.APIError(nil); errors.As(err, &known) {
			span.SetAttributes(attribute.String("error.type", known.ErrorCode()))
		}
		return out, metadata, err
	}
	return func(stack *middleware.Stack) error {
		// Last of its step: the earlier ones say what is called.
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Trace", call), middleware.After)
	}
}
