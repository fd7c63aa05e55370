package sqslocal_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/sqslocal"
)

func TestAuthentication(t *testing.T) {
	for name, test := range map[string]struct {
		options     sqslocal.Options
		key, secret string
		code        string
	}{
		"no key is set":            {sqslocal.Options{}, "AKIDOTHER", "other", ""},
		"the right key":            {sqslocal.Options{AccessKey: accessKey}, accessKey, "other", ""},
		"another key":              {sqslocal.Options{AccessKey: accessKey}, "AKIDOTHER", secretKey, "InvalidClientTokenId"},
		"the right key and secret": {sqslocal.Options{AccessKey: accessKey, SecretKey: secretKey}, accessKey, secretKey, ""},
		"another secret":           {sqslocal.Options{AccessKey: accessKey, SecretKey: secretKey}, accessKey, "other", "SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sqslocal.New(test.options)
			for way, c := range map[string]*sqs.Client{
				"in process": client("http://sqs.test", s.Transport(), test.key, test.secret),
				"socket":     client(listen(t, s), pooled(t), test.key, test.secret),
			} {
				_, err := c.ListQueues(t.Context(), nil)
				if test.code != "" {
					wantCode(t, way, err, test.code)
				} else if err != nil {
					t.Errorf("%s: %v", way, err)
				}
			}
		})
	}
}

func TestUnsignedRequest(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{AccessKey: accessKey})
	for _, header := range []string{"", "Bearer x", "AWS4-HMAC-SHA256 Credential=x", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e"} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
		r.Header.Set("X-Amz-Target", "AmazonSQS.ListQueues")
		r.Header.Set("Authorization", header)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Header().Get("X-Amzn-Query-Error"); w.Code != http.StatusForbidden || got != "MissingAuthenticationToken;Sender" {
			t.Errorf("authorization %q: got %d, %q", header, w.Code, got)
		}
	}
}
