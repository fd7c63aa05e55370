package worker_test

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"hakbeon/internal/awsclient"
	"hakbeon/jobs"
	"hakbeon/lab/faultproxy"
	"hakbeon/s3store"
)

// lines are what was logged.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is all of it.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// cutting has every third call to S3 fail in one of the ways in which connections
// do, so many times.
func (r *rig) cutting(faults int32) *s3store.Store {
	r.t.Helper()
	var calls, done atomic.Int32
	kinds := []faultproxy.Fault{faultproxy.Reset, faultproxy.Lost, faultproxy.Truncate, faultproxy.SlowDown, faultproxy.Error500}
	proxy, err := faultproxy.Start(faultproxy.Options{
		Target: stack.Env["AWS_ENDPOINT_URL_S3"], Refusal: faultproxy.S3Refusal,
		Request: func(context.Context, *faultproxy.Call) faultproxy.Fault {
			if calls.Add(1)%3 != 0 || done.Load() >= faults {
				return faultproxy.None
			}
			return kinds[int(done.Add(1))%len(kinds)]
		},
	})
	must(r.t, err)
	r.t.Cleanup(proxy.Close)
	cfg := s3Config()
	cfg.ConfigSources, cfg.BaseEndpoint = nil, aws.String(proxy.URL())
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return s3store.New(awsclient.S3(cfg, nil), r.store.Bucket())
}

// Whatever goes wrong, logs name no file and no student, as docs/operations.md says.
func TestLogsNameNobody(t *testing.T) {
	r := newRig(t)
	var log lines
	r.options.Store = r.cutting(40)
	r.options.Log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&log), zap.InfoLevel))
	r.roster(kim, lee, park)
	names := []string{"홍길동.png", "kim 20161111.png", "lost_20162222.png", "no-picture+3.png"}
	keys := []string{
		r.upload(names[0], pngPage(t, kim)), r.upload(names[1], pngPage(t, lee)),
		"uploads/" + r.exam + "/" + names[2], r.upload(names[3], []byte("text")),
	}
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	must(t, r.store.Delete(t.Context(), *r.sheet(b, keys[0], 1).Meta.S3Keys.Original))
	r.say(b, keys[0], park)
	r.end(b, 2)
	text := log.String()
	for _, expected := range []string{"s3 is not available", "a copy is gone", "batch solved"} {
		if !strings.Contains(text, expected) {
			t.Errorf("nothing was logged that says %q: the test proves nothing:\n%s", expected, text)
		}
	}
	for _, private := range append([]string{kim, lee, park}, names...) {
		stem := strings.TrimSuffix(private, ".png")
		for _, form := range []string{stem, url.PathEscape(stem), url.QueryEscape(stem)} {
			if at := strings.Index(text, form); at >= 0 {
				t.Errorf("the log names %q: %s", form, text[max(0, at-200):min(len(text), at+100)])
			}
		}
	}
}
