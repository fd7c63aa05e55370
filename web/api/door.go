package api

import (
	"net/http"
	"net/url"
	"slices"
)

// door stands before everything: it refuses what a web page in an operator's browser
// sends here, which a firewall or a loopback address does not keep out.
//
// Without keys the request's host must be this machine's own name, or a foreign page
// whose name points here could read what it likes (DNS rebinding). And with or without
// keys, no page of another origin than ours and the configured ones may send what
// changes anything: forms and requests without a type are sent without asking first.
func (s *server) door(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	for _, origin := range s.opts.Origins {
		if u, err := url.Parse(origin); err == nil && u.Host != "" {
			_ = origins.AddTrustedOrigin(origin) // checked with the settings
		}
	}
	origins.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, http.StatusForbidden, "a web page of another origin may not ask this: set CORS_ALLOWED_ORIGINS")
	}))
	guarded := origins.Handler(next)
	if slices.Contains(s.opts.Origins, "*") && s.opts.Auth.Keyed() {
		guarded = next // any page that knows a key
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probe := r.URL.Path == "/livez" || r.URL.Path == "/readyz"
		if !probe && !s.opts.Auth.Host(r.Host) {
			writeProblem(w, http.StatusForbidden, "without an API_KEY this server answers to localhost only")
			return
		}
		guarded.ServeHTTP(w, r)
	})
}
