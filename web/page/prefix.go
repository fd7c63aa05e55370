package page

import (
	"net/http"
	"strings"
)

// BehindPrefix serves a handler under a path as well, such as "/hakbeon", for a proxy that
// passes that on: it is taken off requests, and put before where answers lead. "" changes
// nothing. Requests without it are served too, for who asks the process itself.
func BehindPrefix(prefix string, next http.Handler) http.Handler {
	if prefix == "" {
		return next
	}
	stripped := http.StripPrefix(prefix, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == prefix:
			http.Redirect(w, r, prefix+"/", http.StatusMovedPermanently)
		case strings.HasPrefix(r.URL.Path, prefix+"/"):
			stripped.ServeHTTP(&prefixed{ResponseWriter: w, prefix: prefix}, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// prefixed puts the prefix before a path that an answer leads to, and before those of its
// cookies.
type prefixed struct {
	http.ResponseWriter

	prefix string
	begun  bool
}

// WriteHeader implements http.ResponseWriter.
func (p *prefixed) WriteHeader(status int) {
	p.begun = true
	head := p.Header()
	if to := head.Get("Location"); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
		head.Set("Location", p.prefix+to)
	}
	for i, cookie := range head["Set-Cookie"] {
		head["Set-Cookie"][i] = strings.Replace(cookie, "; Path=/", "; Path="+p.prefix+"/", 1)
	}
	p.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (p *prefixed) Write(body []byte) (int, error) {
	if !p.begun {
		p.WriteHeader(http.StatusOK)
	}
	return p.ResponseWriter.Write(body)
}

// Unwrap is for http.ResponseController.
func (p *prefixed) Unwrap() http.ResponseWriter { return p.ResponseWriter }
