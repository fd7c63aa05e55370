// Package httpapi is the worker's HTTP side: whether it lives, whether it is
// ready, and its metrics.
package httpapi

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	headerTimeout   = 5 * time.Second
	requestTimeout  = 30 * time.Second
	maxHeaderBytes  = 16 << 10
	shutdownTimeout = 3 * time.Second
)

// Options configure the HTTP side.
type Options struct {
	// Ready says what keeps the process from working; nil if nothing does.
	// Required.
	Ready func() error
	// Metrics are what /metrics shows. Required.
	Metrics prometheus.Gatherer
	// Keys are the API keys that open /metrics, as X-API-Key or as a Bearer
	// token. Without any it is open; /livez and /readyz always are.
	Keys []string
}

// New returns the handler.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := o.Ready(); err != nil {
			say(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		say(w, http.StatusOK, "ok")
	})
	mux.Handle("GET /metrics", withKey(o.Keys, promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{})))
	return mux
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// withKey refuses requests without a valid key, in a time that does not tell how
// near a guess came.
func withKey(keys []string, next http.Handler) http.Handler {
	if len(keys) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := sha256.Sum256([]byte(keyOf(r)))
		valid := 0
		for _, key := range keys {
			known := sha256.Sum256([]byte(key))
			valid |= subtle.ConstantTimeCompare(given[:], known[:])
		}
		if valid == 0 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			say(w, http.StatusUnauthorized, "send a valid API key as X-API-Key or as a Bearer token")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func keyOf(r *http.Request) string {
	if key := r.Header.Get("X-Api-Key"); key != "" {
		return key
	}
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return key
}

// Serve answers on the listener until ctx ends, and then lets requests under
// way finish for a short time.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout, WriteTimeout: requestTimeout,
		MaxHeaderBytes: maxHeaderBytes,
	}
	drained := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(drained)
		bounded, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		if server.Shutdown(bounded) != nil {
			_ = server.Close() // cut off what does not end
		}
	})
	err := server.Serve(l)
	if !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve HTTP on %s: %w", l.Addr(), err)
	}
	// Serve returns when the shutdown begins.
	<-drained
	return nil
}
