package s3store_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscreds "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
)

// S3 is used as a role that AWS STS lets us assume, and with what a backend's
// endpoint gives.
func TestSessions(t *testing.T) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	cfg := aws.Config{
		Region: stack.Env["AWS_REGION"], BaseEndpoint: aws.String(stack.Env["AWS_ENDPOINT_URL_STS"]),
		HTTPClient:  &http.Client{Transport: transport},
		Credentials: awscreds.NewStaticCredentialsProvider(stack.Env["AWS_ACCESS_KEY_ID"], stack.Env["AWS_SECRET_ACCESS_KEY"], ""),
	}
	tests := map[string]credentials.Options{
		"role":     {RoleARN: "arn:aws:iam::000000000000:role/reader"},
		"endpoint": {Endpoint: credentials.Endpoint{URL: stack.Env["HAKBEON_STS_API_ENDPOINT"]}},
	}
	for name, o := range tests {
		t.Run(name, func(t *testing.T) {
			source, err := credentials.Open(cfg, o)
			must(t, err)
			store := storeAt(t, stack.Env["AWS_ENDPOINT_URL_S3"], func(s *s3.Options) {
				s.Credentials = source
				s.APIOptions = append(s.APIOptions, source.Renewing())
			})
			must(t, store.Put(t.Context(), prefix(t)+"a", []byte("x"), s3store.TypeBinary))
			if s := source.Status(t.Context()); !s.Held || !s.SessionToken || s.Expires.IsZero() || s.Err != nil {
				t.Errorf("status is %+v", s)
			}
		})
	}
}
