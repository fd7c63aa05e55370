package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/joho/godotenv"

	"hakbeon/exam"
	"hakbeon/lab/synth"
)

// endpoint stands before the embedded endpoint for credentials; it counts, and
// can be dead.
type endpoint struct {
	url   string
	asked atomic.Int64
	dead  atomic.Bool
}

// withEndpoint gives the environment an STS_API_ENDPOINT that wants a token.
func withEndpoint(t *testing.T, envFile string) *endpoint {
	t.Helper()
	env, err := godotenv.Read(envFile)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(env["HAKBEON_STS_API_ENDPOINT"])
	if err != nil {
		t.Fatal(err)
	}
	e := &endpoint{}
	behind := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL, r.Out.Host = target, target.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.asked.Add(1)
		if e.dead.Load() || r.Header.Get("Authorization") != "Bearer hush-hush" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	e.url = server.URL
	env["STS_API_ENDPOINT"], env["STS_API_TOKEN"] = server.URL+"/credentials", "hush-hush"
	// What S3 refuses must not be what serves it by mistake.
	if err := godotenv.Write(env, envFile); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestShortCredentials has a batch of 120 sheets done with credentials that live for
// four seconds. S3 refuses those that have ended.
func TestShortCredentials(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	drawn, sheets, roster := drawExam(t, 121, synth.ExamSpec{Code: "SHORT_2032", Roster: 130, Absent: 12, Strangers: 1, Duplicates: 1})
	env := local(t, "--sts-api", "4s")
	e := withEndpoint(t, env)
	w := start(t, "worker", "--env-file", env)
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--batch-id", "short", "--wait", "--json")
	out, code := submit.end(t, 5*time.Minute)
	if code != 0 {
		t.Fatalf("submit ended with %d:\n%s", code, tail(submit.stderr.String(), 2000))
	}
	var sum exam.Summary
	if err := json.Unmarshal([]byte(out), &sum); err != nil {
		t.Fatalf("submit printed %q: %v", out, err)
	}
	if sum.Total != len(drawn.Sheets) || sum.Total != 120 || sum.Failed != 0 || sum.Matched+sum.NeedsReview != 120 || sum.Matched < 60 {
		t.Errorf("summary: %+v", sum)
	}
	checkNobodyWrong(t, drawn, sum)
	if n := e.asked.Load(); n < 4 {
		t.Errorf("credentials were asked for %d times: they did not end during the batch", n)
	}
	if log := w.stderr.String(); strings.Contains(log, "hush-hush") || strings.Contains(log, `"level":"error"`) {
		t.Errorf("the worker's log has a secret or an error:\n%s", tail(log, 3000))
	}
	t.Logf("120 sheets: %d matched, %d to review; credentials asked for %d times", sum.Matched, sum.NeedsReview, e.asked.Load())
}

// TestDeadEndpointIsSeen: readiness and doctor tell of an endpoint that died before
// the credentials in use have ended.
func TestDeadEndpointIsSeen(t *testing.T) {
	t.Parallel()
	env := local(t, "--sts-api", "40s")
	e := withEndpoint(t, env)
	w := start(t, "worker", "--env-file", env)
	http200 := func() bool { status, _ := readyz(t, w); return status == http.StatusOK }
	await(t, 30*time.Second, "the worker", http200)
	await(t, 30*time.Second, "the first credentials", func() bool { http200(); return e.asked.Load() > 0 })
	out, code := start(t, "doctor", "--env-file", env).end(t, time.Minute)
	if code != 0 || !strings.Contains(out, "s3: STS_API_ENDPOINT (POST "+e.url) || !regexp.MustCompile(`identity at s3 .*session token, expire 2`).MatchString(out) {
		t.Errorf("doctor ended with %d:\n%s", code, out)
	}
	e.dead.Store(true)
	await(t, time.Minute, "readiness to tell", func() bool {
		status, text := readyz(t, w)
		return status == http.StatusServiceUnavailable && strings.Contains(text, "serve until")
	})
	out, code = start(t, "doctor", "--env-file", env).end(t, time.Minute)
	if code == 0 || !regexp.MustCompile(`FAIL  identity at s3 .*503`).MatchString(out) || strings.Contains(out, "hush-hush") {
		t.Errorf("doctor ended with %d:\n%s", code, out)
	}
	e.dead.Store(false)
	await(t, time.Minute, "readiness to come back", http200)
}

var listens = regexp.MustCompile(`"http":"([^"]+)"`)

func readyz(t *testing.T, w *process) (int, string) {
	t.Helper()
	at := listens.FindStringSubmatch(w.stderr.String())
	if at == nil {
		return 0, ""
	}
	resp, err := http.Get("http://" + at[1] + "/readyz")
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestPlainRole: with AWS_ROLE_ARN alone S3 is used as that role, SQS is not.
func TestPlainRole(t *testing.T) {
	file := local(t)
	env, err := godotenv.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	env["AWS_ROLE_ARN"], env["STS_API_KEY"] = "arn:aws:iam::000000000000:role/reader", "hush-hush"
	with := filepath.Join(filepath.Dir(file), "role")
	if err := godotenv.Write(env, with); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(with)
	out, code := start(t, "doctor", "--env-file", with).end(t, time.Minute)
	for _, want := range []string{
		`ok    credentials .*s3: AssumeRole of AWS_ROLE_ARN; sqs: the SDK's chain; set and not used: STS_API_KEY`,
		`ok    identity at sqs .*permanent keys, do not expire`, `ok    identity at s3 .*session token, expire 2`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("doctor does not say %q", want)
		}
	}
	if code != 0 || strings.Contains(out, "hush-hush") {
		t.Errorf("doctor ended with %d:\n%s", code, out)
	}
}
