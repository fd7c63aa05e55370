package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/internal/apikey"
	"hakbeon/web/auth"
)

// open marks an operation that wants no key.
const open = "open"

// authorize is the middleware of all operations.
func (s *server) authorize(ctx huma.Context, next func(huma.Context)) {
	if ctx.Operation().Metadata[open] == nil {
		if status, detail := s.opts.Auth.Refusal(auth.Secret(ctx.Header), rightOf(ctx.Operation().OperationID)); status != 0 {
			if status == http.StatusUnauthorized {
				ctx.SetHeader("WWW-Authenticate", "Bearer")
			}
			s.refuse(ctx, status, detail)
			return
		}
	}
	next(ctx)
}

// withKey is authorize for what is no operation.
func (s *server) withKey(right apikey.Right, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, detail := s.opts.Auth.Refusal(auth.Secret(r.Header.Get), right)
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		if status != 0 {
			writeProblem(w, status, detail)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// rightOf is what a key must be allowed to for an operation. Every key may ask how the
// process is.
func rightOf(operation string) apikey.Right {
	switch operation {
	case "post-job", "close-batch", "extract-student-id", "post-corrections", "test-webhook", "replay-delivery", "replay-undelivered":
		return apikey.Jobs
	case "get-batch", "get-papers", "get-students", "list-exams", "list-batches", "list-deliveries":
		return apikey.Read
	case "delete-exam":
		return apikey.Delete
	case "health", "webhook-keys":
		return ""
	}
	return apikey.Rosters
}
