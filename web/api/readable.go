package api

import (
	"bytes"
	"net/http"
	"strings"
)

// readable has a document written so that parsers of YAML take it, too, as generators and
// validators use for JSON: two characters in patterns are none of YAML's.
func readable(document []byte) []byte {
	document = bytes.ReplaceAll(document, []byte("\ufffe"), []byte(`\ufffe`))
	return bytes.ReplaceAll(document, []byte("\uffff"), []byte(`\uffff`))
}

// withReadable does so with the OpenAPI document, which is written at once.
func withReadable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/openapi") && strings.HasSuffix(r.URL.Path, ".json") {
			w = readableWriter{w}
		}
		next.ServeHTTP(w, r)
	})
}

type readableWriter struct{ http.ResponseWriter }

// Write implements http.ResponseWriter.
func (w readableWriter) Write(p []byte) (int, error) {
	if _, err := w.ResponseWriter.Write(readable(p)); err != nil {
		return 0, err //nolint:wrapcheck // the writer's own
	}
	return len(p), nil
}
