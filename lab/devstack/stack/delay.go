package stack

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// delayed puts a wait before each call, as a distant service has one.
func delayed(d time.Duration, next http.Handler) http.Handler {
	if d <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// forward passes calls on to the server at target. The Host header stays that of
// the caller, who has signed it.
func forward(target string) (http.Handler, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("forward to %s: %w", target, err)
	}
	return &httputil.ReverseProxy{
		Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
		},
	}, nil
}

// frontS3 serves the gateway a second time, with the delay before each call; the
// gateway itself has no place for one. Without a delay there is none in the way.
func (s *Stack) frontS3() error {
	s.s3URL = s.s3.url
	if s.options.Delay <= 0 {
		return nil
	}
	gateway, err := forward(s.s3.url)
	if err != nil {
		return err
	}
	l, err := listen(0)
	if err != nil {
		return fmt.Errorf("start S3: %w", err)
	}
	s.front = serve(l, delayed(s.options.Delay, gateway), s.fail("S3"))
	s.s3URL = s.front.url
	return nil
}
