package credentials

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Service is what we call ourselves when we ask for credentials.
const Service = "student_id_extraction"

// maxAnswer is far above what an endpoint answers.
const maxAnswer = 64 << 10

// Endpoint asks a backend for credentials. It implements aws.CredentialsProvider
// and keeps nothing: it is one request each time.
type Endpoint struct {
	// URL is asked as it is. Required.
	URL string
	// Method is POST or PUT, which send JSON, or GET, which puts the same into the
	// query. Defaults to POST.
	Method string
	// Token is sent as a Bearer token, Key as X-API-Key. Default to none.
	Token, Key string
	// ByExam adds the exam of the call's context as examCode, see [ForExam].
	ByExam bool
	// Client defaults to one that waits 10 s and follows no redirect.
	Client *http.Client
}

var _ aws.CredentialsProvider = (*Endpoint)(nil)

func (e *Endpoint) check() error {
	u, err := url.Parse(e.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("STS_API_ENDPOINT should be an absolute address such as https://backend.example.com/sts/credentials")
	}
	if u.User != nil {
		return errors.New("STS_API_ENDPOINT holds a user or a password: give them as STS_API_TOKEN or STS_API_KEY")
	}
	if !slices.Contains([]string{"", http.MethodPost, http.MethodPut, http.MethodGet}, e.Method) {
		return fmt.Errorf("STS_API_METHOD is %q: it should be POST, PUT or GET", e.Method)
	}
	return nil
}

// Retrieve implements aws.CredentialsProvider. The expiry is given by our clock.
func (e *Endpoint) Retrieve(ctx context.Context) (aws.Credentials, error) {
	r, err := e.request(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	client := e.Client
	if client == nil {
		client = defaultClient()
	}
	resp, err := client.Do(r)
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("ask %s for credentials: %w", e, bare(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("ask %s for credentials: read the answer: %w", e, err)
	}
	if resp.StatusCode/100 != 2 {
		return aws.Credentials{}, fmt.Errorf("ask %s for credentials: it answers %s%s", e, resp.Status, hint(resp.StatusCode))
	}
	creds, err := parseAnswer(body)
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("ask %s for credentials: %w", e, err)
	}
	creds.Source = "STS_API_ENDPOINT"
	now := time.Now()
	creds.Expires = creds.Expires.Add(-skew(resp.Header.Get("Date"), now))
	if !creds.Expires.After(now) {
		return aws.Credentials{}, fmt.Errorf("ask %s for credentials: it gives ones that have ended already", e)
	}
	return creds, nil
}

func (e *Endpoint) method() string {
	if e.Method == "" {
		return http.MethodPost
	}
	return e.Method
}

func (e *Endpoint) request(ctx context.Context) (*http.Request, error) {
	ask := map[string]string{"service": Service}
	if exam := examOf(ctx); e.ByExam && exam != "" {
		ask["examCode"] = exam
	}
	target, err := url.Parse(e.URL)
	if err != nil {
		return nil, errors.New("STS_API_ENDPOINT is not an address")
	}
	var body io.Reader
	if e.method() == http.MethodGet {
		query := target.Query()
		for name, value := range ask {
			query.Set(name, value)
		}
		target.RawQuery = query.Encode()
	} else {
		text, err := json.Marshal(ask)
		if err != nil {
			return nil, fmt.Errorf("encode the request for credentials: %w", err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, e.method(), target.String(), body)
	if err != nil {
		return nil, fmt.Errorf("ask %s for credentials: %w", e, bare(err))
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if e.Token != "" {
		r.Header.Set("Authorization", "Bearer "+e.Token)
	}
	if e.Key != "" {
		r.Header.Set("X-API-Key", e.Key) //nolint:canonicalheader // as the backends spell it
	}
	return r, nil
}

// String is the method and the address, without its query: that may hold a key.
func (e *Endpoint) String() string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return "STS_API_ENDPOINT"
	}
	return e.method() + " " + u.Scheme + "://" + u.Host + u.Path
}

// bare is an error of net/http without the address.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func hint(status int) string {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return ": check STS_API_TOKEN or STS_API_KEY"
	case status == http.StatusMethodNotAllowed:
		return ": set STS_API_METHOD to the one it takes"
	case status == http.StatusNotFound:
		return ": STS_API_ENDPOINT should be the whole address, path included"
	case status/100 == 3:
		return ": redirects are not followed, set STS_API_ENDPOINT to where it leads"
	}
	return ""
}

// defaultClient follows no redirect: it would carry the token elsewhere.
func defaultClient() *http.Client {
	return &http.Client{
		Timeout:       askTimeout,
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// leastSkew is what two clocks may differ by before it counts; the header is
// rounded to seconds.
const leastSkew = 20 * time.Second

// skew is how far the endpoint's clock is ahead of ours, by its Date header.
func skew(date string, now time.Time) time.Duration {
	there, err := http.ParseTime(date)
	if err != nil {
		return 0
	}
	if by := there.Sub(now); by.Abs() > leastSkew {
		return by
	}
	return 0
}

type examKey struct{}

// ForExam says for which exam S3 is used in this context, for an endpoint that
// hands out credentials for one exam.
func ForExam(ctx context.Context, exam string) context.Context {
	return context.WithValue(ctx, examKey{}, exam)
}

func examOf(ctx context.Context) string {
	exam, _ := ctx.Value(examKey{}).(string)
	return strings.TrimSpace(exam)
}
