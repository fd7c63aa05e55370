package api

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hakbeon/internal/apikey"
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
	if slices.Contains(s.opts.Origins, "*") && len(s.opts.Keys) > 0 {
		guarded = next // any page that knows a key
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probe := r.URL.Path == "/livez" || r.URL.Path == "/readyz"
		if len(s.opts.Keys) == 0 && !s.opts.AnyHost && !probe && !Local(r.Host) {
			writeProblem(w, http.StatusForbidden, "without an API_KEY this server answers to localhost only")
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// Local reports whether a request's host is a name of this machine alone.
func Local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// rightOf is what a key must be allowed to for an operation. Every key may ask how the
// process is.
func rightOf(operation string) apikey.Right {
	switch operation {
	case "post-job", "extract-student-id", "post-corrections", "test-webhook":
		return apikey.Jobs
	case "get-batch":
		return apikey.Read
	case "health":
		return ""
	}
	return apikey.Rosters
}
