package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const needKey = "send a valid API key as X-API-Key or as a Bearer token"

// open marks an operation that wants no key.
const open = "open"

// authorize is the middleware of all operations.
func (s *server) authorize(ctx huma.Context, next func(huma.Context)) {
	if ctx.Operation().Metadata[open] == nil && !valid(s.opts.Keys, keyOf(ctx.Header)) {
		ctx.SetHeader("WWW-Authenticate", "Bearer")
		s.refuse(ctx, http.StatusUnauthorized, needKey)
		return
	}
	next(ctx)
}

// withKey is authorize for what is no operation.
func (s *server) withKey(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !valid(s.opts.Keys, keyOf(r.Header.Get)) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			writeProblem(w, http.StatusUnauthorized, needKey)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// valid compares in a time that does not tell how near a guess came. Without
// keys everybody is let in.
func valid(keys []string, given string) bool {
	digest := sha256.Sum256([]byte(given))
	same := 0
	for _, key := range keys {
		known := sha256.Sum256([]byte(key))
		same |= subtle.ConstantTimeCompare(digest[:], known[:])
	}
	return len(keys) == 0 || same == 1
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
