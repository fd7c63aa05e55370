package conformance_test

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"hakbeon/lab/conformance"
)

// elsewhere reads which server the suites shall be run against: CONFORMANCE_SERVER
// names it, CONFORMANCE_SERVICES says which of SQS, S3 and STS it has, and the SDK's
// own variables how to reach it. "make conformance" sets them.
func elsewhere(t *testing.T, service string) (server string, cfg aws.Config) {
	t.Helper()
	server = os.Getenv("CONFORMANCE_SERVER")
	if server == "" {
		t.Skip("NOT TESTED: make conformance runs this against servers other than ours")
	}
	if !strings.Contains(os.Getenv("CONFORMANCE_SERVICES"), service) {
		t.Skipf("%s has no %s", server, service)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatalf("load the SDK's configuration: %v", err)
	}
	cfg.HTTPClient = &http.Client{Timeout: time.Minute, Transport: plainBody{http.DefaultTransport}}
	return server, cfg
}

func TestSQSElsewhere(t *testing.T) {
	server, cfg := elsewhere(t, "SQS")
	conformance.SQS(t, sqs.NewFromConfig(cfg), conformance.SQSOptions{Skip: conformance.Known(server)["SQS"]})
}

func TestS3Elsewhere(t *testing.T) {
	server, cfg := elsewhere(t, "S3")
	c := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = os.Getenv("AWS_ENDPOINT_URL_S3") != ""
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	bucket := os.Getenv("CONFORMANCE_BUCKET")
	if server != "aws" {
		if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
			t.Fatalf("create bucket %s: %v", bucket, err)
		}
	}
	o := conformance.S3Options{Skip: conformance.Known(server)["S3"], RoleARN: os.Getenv("CONFORMANCE_ROLE_ARN")}
	if strings.Contains(os.Getenv("CONFORMANCE_SERVICES"), "STS") {
		o.STS = sts.NewFromConfig(cfg)
	}
	conformance.S3(t, c, bucket, o)
}

func TestSTSElsewhere(t *testing.T) {
	server, cfg := elsewhere(t, "STS")
	conformance.STS(t, sts.NewFromConfig(cfg), conformance.STSOptions{
		Skip: conformance.Known(server)["STS"], RoleARN: os.Getenv("CONFORMANCE_ROLE_ARN"),
	})
}

// plainBody hides the WriteTo of the SDK's request body, which now and then
// makes net/http close a connection while its response is being read.
type plainBody struct{ next http.RoundTripper }

func (p plainBody) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return p.next.RoundTrip(r)
}
