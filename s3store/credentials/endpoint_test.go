package credentials_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"hakbeon/s3store/credentials"
)

func TestAnswers(t *testing.T) {
	const y = "2099-01-31T09:00:00Z"
	at := time.Date(2099, 1, 31, 9, 0, 0, 0, time.UTC)
	with := func(expiration string) string {
		return `{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C","expiration":` + expiration + `}`
	}
	tests := []struct {
		name, body string
		want       time.Time // zero: refused
	}{
		{"as agreed", with(`"` + y + `"`), at},
		{"snake case", `{"access_key_id":"A","secret_access_key":"B","session_token":"C","expiration":"` + y + `"}`, at},
		{"as AWS STS has it", `{"Credentials":{"AccessKeyId":"A","SecretAccessKey":"B","SessionToken":"C","Expiration":"` + y + `"}}`, at},
		{"wrapped twice", `{"success":true,"data":{"credentials":{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C","expiration":"` + y + `"}}}`, at},
		{"another zone", with(`"2099-01-31T18:00:00+09:00"`), at},
		{"fractions", with(`"2099-01-31T09:00:00.000000Z"`), at},
		{"zone without a colon", with(`"2099-01-31T18:00:00+0900"`), at},
		{"Python's str()", with(`"2099-01-31 09:00:00+00:00"`), at},
		{"no zone", with(`"2099-01-31T09:00:00.000"`), at},
		{"seconds", with(`4073533200`), at},
		{"milliseconds", with(`4073533200000`), at},
		{"expires_at", strings.Replace(with(`"`+y+`"`), "expiration", "expires_at", 1), at},
		{"no expiry", `{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C"}`, time.Time{}},
		{"an expiry in words", with(`"tomorrow"`), time.Time{}},
		{"no secret", `{"accessKeyId":"A","sessionToken":"C","expiration":"` + y + `"}`, time.Time{}},
		{"no token", `{"accessKeyId":"A","secretAccessKey":"B","expiration":"` + y + `"}`, time.Time{}},
		{"ended", with(`"2020-01-31T09:00:00Z"`), time.Time{}},
		{"a page", `<html>login</html>`, time.Time{}},
		{"null", `null`, time.Time{}},
		{"a list", `[]`, time.Time{}},
	}
	for _, tt := range tests {
		e := credentials.Endpoint{URL: "https://b/sts", Client: backend(func(*http.Request, string) (int, http.Header, string) {
			return 200, nil, tt.body
		}).client()}
		got, err := e.Retrieve(t.Context())
		if tt.want.IsZero() {
			if err == nil {
				t.Errorf("%s: was accepted", tt.name)
			}
			continue
		}
		want := aws.Credentials{AccessKeyID: "A", SecretAccessKey: "B", SessionToken: "C", CanExpire: true, Source: "STS_API_ENDPOINT", Expires: tt.want}
		if !got.Expires.Equal(want.Expires) {
			t.Errorf("%s: expires %v, %v; want %v", tt.name, got.Expires, err, want.Expires)
		}
		if got.Expires = want.Expires; got != want || err != nil {
			t.Errorf("%s: got other credentials, %v", tt.name, err)
		}
	}
}

// FuzzAnswer: whatever a backend answers, there are whole credentials that have not
// ended, or an error that quotes none of it.
func FuzzAnswer(f *testing.F) {
	f.Add(`{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C","expiration":"2099-01-31T09:00:00Z"}`)
	f.Add(`{"data":{"credentials":{"access_key_id":"A","secret_access_key":"B","session_token":"C","expires_at":4073533200}}}`)
	f.Add(`{"credentials":{"credentials":{"accessKeyId":"\u0000","expires":1e308}}}`)
	f.Add(`{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C","expiration":-1e-300}`)
	f.Fuzz(func(t *testing.T, body string) {
		e := credentials.Endpoint{URL: "https://b/sts", Client: backend(func(*http.Request, string) (int, http.Header, string) {
			return 200, nil, body
		}).client()}
		got, err := e.Retrieve(t.Context())
		if err != nil {
			return
		}
		if got.AccessKeyID == "" || got.SecretAccessKey == "" || got.SessionToken == "" || !got.Expires.After(time.Now()) {
			t.Error("they are not whole, or have ended")
		}
	})
}

func TestRequest(t *testing.T) {
	tests := []struct {
		name              string
		e                 credentials.Endpoint
		method, url, body string
		header, value     string
	}{
		{"plain", credentials.Endpoint{}, "POST", "https://b/sts?x=1", `{"service":"student_id_extraction"}`, "Content-Type", "application/json"},
		{"PUT", credentials.Endpoint{Method: "PUT"}, "PUT", "https://b/sts?x=1", `{"service":"student_id_extraction"}`, "", ""},
		{"GET", credentials.Endpoint{Method: "GET", ByExam: true}, "GET", "https://b/sts?examCode=E_1&service=student_id_extraction&x=1", "", "", ""},
		{"token", credentials.Endpoint{Token: "hush"}, "POST", "https://b/sts?x=1", `{"service":"student_id_extraction"}`, "Authorization", "Bearer hush"},
		{"key", credentials.Endpoint{Key: "hush"}, "POST", "https://b/sts?x=1", `{"service":"student_id_extraction"}`, "X-API-Key", "hush"},
		{"exam", credentials.Endpoint{ByExam: true}, "POST", "https://b/sts?x=1", `{"examCode":"E_1","service":"student_id_extraction"}`, "", ""},
	}
	for _, tt := range tests {
		asked := 0
		tt.e.URL = "https://b/sts?x=1"
		tt.e.Client = backend(func(r *http.Request, body string) (int, http.Header, string) {
			asked++
			if r.Method != tt.method || r.URL.String() != tt.url || body != tt.body || r.Header.Get(tt.header) != tt.value {
				t.Errorf("%s: got %s %s %s %v", tt.name, r.Method, r.URL, body, r.Header)
			}
			return 200, nil, answer("A", time.Now().Add(time.Hour))
		}).client()
		if _, err := tt.e.Retrieve(credentials.ForExam(t.Context(), "E_1")); err != nil || asked != 1 {
			t.Errorf("%s: asked %d times, %v", tt.name, asked, err)
		}
	}
}

// An error says what to do and quotes neither the query nor a token nor the answer.
func TestErrors(t *testing.T) {
	tests := []struct {
		status int
		answer string
		want   string
	}{
		{0, "", "POST https://b/sts"},
		{401, "hush", "STS_API_TOKEN"},
		{403, "hush", "STS_API_KEY"},
		{404, "hush", "whole address"},
		{405, "hush", "STS_API_METHOD"},
		{302, "hush", "redirects are not followed"},
		{500, "hush", "Internal Server Error"},
		{200, `{"secretAccessKey":"hush"}`, "has no"},
		{200, "hush", "not a JSON object"},
	}
	for _, tt := range tests {
		e := credentials.Endpoint{URL: "https://b/sts?apikey=hush", Token: "hush", Client: backend(func(*http.Request, string) (int, http.Header, string) {
			return tt.status, http.Header{"Location": {"https://elsewhere/hush"}}, tt.answer
		}).client()}
		e.Client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		_, err := e.Retrieve(t.Context())
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("status %d: got %v, want %q and no secret", tt.status, err, tt.want)
		}
	}
}

// A clock that is an hour off makes no difference: what counts is how long the
// credentials have to go by the endpoint's own clock.
func TestSkew(t *testing.T) {
	for _, off := range []time.Duration{-26 * time.Hour, -time.Hour, 0, time.Hour, 26 * time.Hour} {
		there := time.Now().Add(off)
		e := credentials.Endpoint{URL: "https://b/sts", Client: backend(func(*http.Request, string) (int, http.Header, string) {
			return 200, http.Header{"Date": {there.UTC().Format(http.TimeFormat)}}, answer("A", there.Add(time.Hour))
		}).client()}
		got, err := e.Retrieve(t.Context())
		if left := time.Until(got.Expires); err != nil || left < 59*time.Minute || left > 61*time.Minute {
			t.Errorf("clock off by %v: %v left, %v; want an hour", off, left, err)
		}
	}
}
