package credentials

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Renewing returns a middleware for a client that uses the source: where AWS says
// that credentials have ended, the call is made once more with new ones. The SDK
// itself signs all tries of a call with the same.
func (s *Source) Renewing() func(*middleware.Stack) error {
	m := middleware.FinalizeMiddlewareFunc("HakbeonRenewCredentials", s.finalize)
	return func(stack *middleware.Stack) error {
		if err := stack.Finalize.Add(m, middleware.Before); err != nil {
			return fmt.Errorf("add the renewal of credentials: %w", err)
		}
		return nil
	}
}

func (s *Source) finalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	first, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return next.HandleFinalize(ctx, in) //nolint:wrapcheck // the SDK's own chain
	}
	used, err := s.Retrieve(ctx)
	if err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, &Error{err}
	}
	in.Request = first.Clone()
	out, meta, err := next.HandleFinalize(ctx, in)
	if !ended(err) || ctx.Err() != nil || first.RewindStream() != nil {
		return out, meta, err //nolint:wrapcheck // the SDK's own chain
	}
	s.forget(ctx, used.AccessKeyID)
	in.Request = first.Clone()
	return next.HandleFinalize(ctx, in) //nolint:wrapcheck // the SDK's own chain
}

// Error says that there are no credentials. It hides what AWS may have answered to
// who asked for them: AccessDenied there is no word on the object that was wanted.
type Error struct{ err error }

// Error implements error.
func (e *Error) Error() string { return "get the credentials for s3: " + e.err.Error() }

// Is lets the end of a context be seen.
func (e *Error) Is(target error) bool {
	return (target == context.Canceled || target == context.DeadlineExceeded) && errors.Is(e.err, target)
}

// ended reports whether AWS refused credentials as no longer valid. The answer to
// HEAD has no body and so no code but its status.
func ended(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return false
	}
	switch api.ErrorCode() {
	case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken", "BadRequest":
		return true
	}
	return false
}
