package credentials_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscreds "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/s3store/credentials"
)

// issuer hands out credentials that live for an hour, or fails.
type issuer struct {
	asked atomic.Int64
	dead  atomic.Bool
	slow  time.Duration
	exams sync.Map
}

func (i *issuer) options() credentials.Options {
	return credentials.Options{Endpoint: credentials.Endpoint{URL: "https://b/sts", Client: backend(i.answer).client()}}
}

func (i *issuer) answer(r *http.Request, body string) (int, http.Header, string) {
	n := i.asked.Add(1)
	i.exams.Store(body, true)
	select {
	case <-time.After(i.slow):
	case <-r.Context().Done():
		return 0, nil, ""
	}
	if i.dead.Load() {
		return 500, nil, ""
	}
	return 200, nil, answer(fmt.Sprintf("KEY%d", n), time.Now().Add(time.Hour))
}

func (i *issuer) source(t *testing.T) *credentials.Source {
	t.Helper()
	s, err := credentials.Open(aws.Config{}, i.options())
	must(t, err)
	return s
}

func key(t *testing.T, s *credentials.Source) string {
	t.Helper()
	got, err := s.Retrieve(t.Context())
	must(t, err)
	return got.AccessKeyID
}

func TestRenewedAheadByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{slow: time.Second}
		s := i.source(t)
		all := func(want string) {
			t.Helper()
			var group sync.WaitGroup
			for range 50 {
				group.Go(func() {
					if got, err := s.Retrieve(t.Context()); err != nil || got.AccessKeyID != want {
						t.Errorf("got %q, %v; want %s", got.AccessKeyID, err, want)
					}
				})
			}
			group.Wait()
		}
		all("KEY1")
		time.Sleep(49 * time.Minute)
		all("KEY1")
		if n := i.asked.Load(); n != 1 {
			t.Errorf("asked %d times within 49 minutes, want once", n)
		}
		time.Sleep(7 * time.Minute) // 4 minutes are left
		all("KEY1")                 // nobody waits for the endpoint
		time.Sleep(2 * time.Second)
		all("KEY2")
		if n := i.asked.Load(); n != 2 {
			t.Errorf("asked %d times, want twice", n)
		}
	})
}

// Ten workers that began together don't renew together.
func TestJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []*issuer
		var sources []*credentials.Source
		for range 10 {
			i := &issuer{}
			all, sources = append(all, i), append(sources, i.source(t))
		}
		at := map[time.Duration]bool{}
		began := time.Now()
		renewed := make([]bool, len(all))
		for time.Since(began) < time.Hour {
			for n, s := range sources {
				key(t, s)
				if !renewed[n] && all[n].asked.Load() > 1 {
					renewed[n] = true
					at[time.Since(began).Truncate(10*time.Second)] = true
				}
			}
			time.Sleep(10 * time.Second)
		}
		if len(at) < 4 {
			t.Errorf("ten sources renewed at %d different times", len(at))
		}
	})
}

// A dead endpoint is told of at once and costs nothing until the held credentials
// really end; when it lives again, all is well.
func TestDeadEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{}
		s := i.source(t)
		key(t, s)
		i.dead.Store(true)
		time.Sleep(56 * time.Minute)
		must(t, s.Ready(t.Context())) // asks, and doesn't wait
		synctest.Wait()
		if err := s.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "serve until") {
			t.Errorf("ready said %v, want that it can't renew", err)
		}
		if got := key(t, s); got != "KEY1" {
			t.Errorf("got %s, want the old credentials", got)
		}
		for range 35 { // a call each 5 s until just before the end
			time.Sleep(5 * time.Second)
			key(t, s)
		}
		if n := i.asked.Load(); n < 5 || n > 20 {
			t.Errorf("asked %d times in 3 minutes of failing", n)
		}
		time.Sleep(65 * time.Second) // they have ended
		if _, err := s.Retrieve(t.Context()); err == nil {
			t.Error("credentials that have ended were used")
		}
		if err := s.Ready(t.Context()); err == nil || strings.Contains(err.Error(), "serve until") {
			t.Errorf("ready said %v, want that there are none", err)
		}
		if st := s.Status(t.Context()); !st.Expired || !st.SessionToken || st.Err == nil {
			t.Errorf("status is %+v", st)
		}
		i.dead.Store(false)
		time.Sleep(31 * time.Second)
		key(t, s)
		must(t, s.Ready(t.Context()))
	})
}

// Dead from the start: readiness finds it without anybody using S3.
func TestNeverAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{}
		i.dead.Store(true)
		s := i.source(t)
		_ = s.Ready(t.Context())
		synctest.Wait()
		if s.Ready(t.Context()) == nil {
			t.Error("ready without credentials")
		}
		began := time.Now()
		if _, err := s.Retrieve(t.Context()); err == nil || time.Since(began) > 15*time.Second {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
	})
}

// An endpoint that never answers holds nobody up for longer than 10 s, and nobody at
// all while there are credentials.
func TestHangingEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{}
		s := i.source(t)
		key(t, s)
		i.slow = 24 * time.Hour
		time.Sleep(56 * time.Minute)
		began := time.Now()
		for range 10 {
			key(t, s)
			time.Sleep(time.Second)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("ten calls took %v longer", took-10*time.Second)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		fresh, err := credentials.Open(aws.Config{}, i.options())
		must(t, err)
		if _, err := fresh.Retrieve(ctx); err == nil {
			t.Error("no error of a caller that gave up")
		}
		time.Sleep(time.Minute)
	})
}

func TestByExam(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{}
		o := i.options()
		o.Endpoint.ByExam = true
		s, err := credentials.Open(aws.Config{}, o)
		must(t, err)
		seen := map[string]string{}
		for range 3 {
			for _, exam := range []string{"A", "B", ""} {
				got, err := s.Retrieve(credentials.ForExam(t.Context(), exam))
				must(t, err)
				if was := seen[exam]; was != "" && was != got.AccessKeyID {
					t.Errorf("exam %q: key %s, then %s", exam, was, got.AccessKeyID)
				}
				seen[exam] = got.AccessKeyID
			}
		}
		if i.asked.Load() != 3 || seen["A"] == seen["B"] {
			t.Errorf("asked %d times, got %v; want one for each exam", i.asked.Load(), seen)
		}
		for _, body := range []string{`{"examCode":"A","service":"student_id_extraction"}`, `{"service":"student_id_extraction"}`} {
			if _, ok := i.exams.Load(body); !ok {
				t.Errorf("never asked with %s", body)
			}
		}
		i.dead.Store(true)
		time.Sleep(57 * time.Minute)
		_, err = s.Retrieve(credentials.ForExam(t.Context(), "A"))
		must(t, err)
		synctest.Wait()
		if s.Ready(t.Context()) == nil {
			t.Error("ready while an exam's credentials can't be renewed")
		}
	})
}

func TestOrder(t *testing.T) {
	chain := awscreds.NewStaticCredentialsProvider("CHAIN", "x", "")
	endpoint := credentials.Endpoint{URL: "https://b/sts?apikey=hush"}
	tests := []struct {
		o    credentials.Options
		want string
	}{
		{credentials.Options{Endpoint: endpoint, RoleARN: "arn"}, "STS_API_ENDPOINT (POST https://b/sts)"},
		{credentials.Options{RoleARN: "arn"}, "AssumeRole of AWS_ROLE_ARN"},
		{credentials.Options{RoleARN: "arn", WebIdentityFile: "/token"}, "the SDK's chain"},
		{credentials.Options{}, "the SDK's chain"},
	}
	for _, tt := range tests {
		s, err := credentials.Open(aws.Config{Credentials: chain}, tt.o)
		must(t, err)
		if s.String() != tt.want {
			t.Errorf("got %s, want %s", s, tt.want)
		}
	}
	for _, e := range []credentials.Endpoint{{URL: "backend/sts"}, {URL: "https://b", Method: "DELETE"}, {URL: "https://me:hush@b/sts"}} {
		if _, err := credentials.Open(aws.Config{}, credentials.Options{Endpoint: e}); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: got %v", e.URL, err)
		}
	}
}

// storage is an S3 that says the credentials of some keys have ended.
type storage struct {
	ended func(key string) bool
	calls []string
}

// Do implements aws.HTTPClient.
func (s *storage) Do(r *http.Request) (*http.Response, error) {
	_, rest, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(rest, "/")
	body := ""
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(raw)
	}
	s.calls = append(s.calls, key+" "+r.Method+" "+body)
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Etag": {`"1"`}}, Body: io.NopCloser(strings.NewReader("")), Request: r}
	if s.ended(key) {
		resp.StatusCode = 400
		if r.Method != http.MethodHead {
			resp.Body = io.NopCloser(strings.NewReader(`<Error><Code>ExpiredToken</Code><Message>m</Message></Error>`))
		}
	}
	return resp, nil
}

func TestExpiredTokenRenewsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{}
		source := i.source(t)
		at := &storage{ended: func(key string) bool { return key == "KEY1" || key == "KEY3" }}
		client := s3.New(s3.Options{Region: "local-1", HTTPClient: at, UsePathStyle: true, Credentials: source, RetryMaxAttempts: 1})
		with := func(o *s3.Options) { o.APIOptions = append(o.APIOptions, source.Renewing()) }
		key(t, source)
		time.Sleep(2 * time.Second)
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("whole")}, with)
		must(t, err)
		if len(at.calls) != 2 || at.calls[0] != "KEY1 PUT whole" || at.calls[1] != "KEY2 PUT whole" {
			t.Errorf("calls were %q", at.calls)
		}
		// Where new ones are refused too, the error is told.
		at.calls, at.ended = nil, func(string) bool { return true }
		time.Sleep(2 * time.Second)
		_, err = client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("b"), Key: aws.String("k")}, with)
		if err == nil || len(at.calls) != 2 || i.asked.Load() != 3 {
			t.Errorf("got %v after calls %q, asked %d times", err, at.calls, i.asked.Load())
		}
		// Not even then is the endpoint asked more than once a second.
		for range 5 {
			_, _ = client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("b"), Key: aws.String("k")}, with)
		}
		if n := i.asked.Load(); n != 3 {
			t.Errorf("asked %d times, want 3", n)
		}
		i.dead.Store(true)
		time.Sleep(2 * time.Second)
		_, err = client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("b"), Key: aws.String("k")}, with)
		if err == nil {
			t.Error("no error without credentials")
		}
		_, err = client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("b"), Key: aws.String("k")}, with)
		if _, ok := errors.AsType[*credentials.Error](err); !ok {
			t.Errorf("got %v, want an error of the credentials", err)
		}
	})
}
