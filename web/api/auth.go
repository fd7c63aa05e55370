package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/internal/apikey"
)

const needKey = "send a valid API key as X-API-Key or as a Bearer token"

// open marks an operation that wants no key.
const open = "open"

// authorize is the middleware of all operations.
func (s *server) authorize(ctx huma.Context, next func(huma.Context)) {
	if ctx.Operation().Metadata[open] == nil {
		if status, detail := s.refusal(keyOf(ctx.Header), rightOf(ctx.Operation().OperationID)); status != 0 {
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
		status, detail := s.refusal(keyOf(r.Header.Get), right)
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

// refusal says why a key does not let in; 0 if it does. Without keys everybody is let
// in.
func (s *server) refusal(given string, right apikey.Right) (status int, detail string) {
	if len(s.opts.Keys) == 0 {
		return 0, ""
	}
	key, known := s.opts.Keys.Find(given)
	switch {
	case !known:
		return http.StatusUnauthorized, needKey
	case right != "" && !key.May(right):
		return http.StatusForbidden, "this API key has no right to " + string(right)
	}
	return 0, ""
}

func keyOf(header func(string) string) string {
	if key := header("X-Api-Key"); key != "" {
		return key
	}
	scheme, key, _ := strings.Cut(header("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}
