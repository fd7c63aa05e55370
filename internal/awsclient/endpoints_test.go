package awsclient_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/internal/awsclient"
)

// Endpoints are those of the SDK, whichever bucket or key was asked for before.
func TestEndpointsAreTheSDKs(t *testing.T) {
	cfg := aws.Config{Region: "ap-northeast-2"}
	resolver := awsclient.S3(cfg, nil).Options().EndpointResolverV2
	for range 2 {
		for name, params := range map[string]s3.EndpointParameters{
			"a bucket":       {Bucket: aws.String("exams"), Key: aws.String("a")},
			"another key":    {Bucket: aws.String("exams"), Key: aws.String("b")},
			"another bucket": {Bucket: aws.String("scans"), Key: aws.String("a")},
			"a region":       {Bucket: aws.String("exams"), Region: aws.String("cn-north-1")},
			"FIPS":           {Bucket: aws.String("exams"), Region: aws.String("us-east-1"), UseFIPS: aws.Bool(true)},
			"elsewhere":      {Bucket: aws.String("exams"), Endpoint: aws.String("http://127.0.0.1:9000"), ForcePathStyle: aws.Bool(true)},
		} {
			if params.Region == nil {
				params.Region = aws.String(cfg.Region)
			}
			want, err := s3.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), params)
			if err != nil {
				t.Fatal(err)
			}
			got, err := resolver.ResolveEndpoint(context.Background(), params)
			if err != nil || got.URI != want.URI {
				t.Errorf("%s: %v, %v, want %v", name, got.URI, err, want.URI)
			}
		}
	}
}

// Calls that go on at once do not get in each other's way: the SDK writes into what it is
// given.
func TestEndpointsAreEachCallsOwn(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "0") }))
	t.Cleanup(server.Close)
	client := awsclient.S3(aws.Config{
		Region: "ap-northeast-2", BaseEndpoint: &server.URL, HTTPClient: server.Client(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		}),
	}, nil)
	var calls sync.WaitGroup
	for range 16 {
		calls.Go(func() {
			for range 50 {
				if _, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("exams"), Key: aws.String("a")}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
}
