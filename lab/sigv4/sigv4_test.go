package sigv4_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"hakbeon/lab/sigv4"
)

const body = "Action=GetCallerIdentity"

// signed is a request as the SDK signs it.
func signed(t *testing.T, at time.Time) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:9324/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "AmazonSQS.ListQueues")
	hash := sha256.Sum256([]byte(body))
	creds := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", SessionToken: "token"}
	if err := v4.NewSigner().SignHTTP(t.Context(), creds, r, hex.EncodeToString(hash[:]), "sqs", "us-east-1", at); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCheck(t *testing.T) {
	now := time.Now()
	for name, test := range map[string]struct {
		change       func(*http.Request)
		secret, body string
		after        time.Duration
		want         error
	}{
		"as it was signed":  {nil, "secret", body, 0, nil},
		"14 minutes later":  {nil, "secret", body, 14 * time.Minute, nil},
		"16 minutes later":  {nil, "secret", body, 16 * time.Minute, sigv4.ErrSkew},
		"16 minutes before": {nil, "secret", body, -16 * time.Minute, sigv4.ErrSkew},
		"another secret":    {nil, "other", body, 0, sigv4.ErrMismatch},
		"another body":      {nil, "secret", body + "x", 0, sigv4.ErrMismatch},
		"another operation": {func(r *http.Request) { r.Header.Set("X-Amz-Target", "AmazonSQS.DeleteQueue") }, "secret", body, 0, sigv4.ErrMismatch},
		"another token":     {func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "tokem") }, "secret", body, 0, sigv4.ErrMismatch},
		"another host":      {func(r *http.Request) { r.Host = "example.com" }, "secret", body, 0, sigv4.ErrMismatch},
		"no date":           {func(r *http.Request) { r.Header.Del("X-Amz-Date") }, "secret", body, 0, sigv4.ErrSkew},
	} {
		t.Run(name, func(t *testing.T) {
			r := signed(t, now)
			if test.change != nil {
				test.change(r)
			}
			signature, err := sigv4.Parse(r)
			if err != nil || signature.Access != "AKIDEXAMPLE" {
				t.Fatalf("got access key %q, %v", signature.Access, err)
			}
			if err := signature.Check(r, []byte(test.body), test.secret, now.Add(test.after)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}
