// Package awsclient makes the clients of AWS that all commands share.
package awsclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go/middleware"
)

const (
	// idlePerHost keeps a connection for each call that a worker has under way.
	idlePerHost = 256
	// headerTimeout must exceed the long poll's wait of 20 s.
	headerTimeout = 60 * time.Second
)

// Load reads the SDK's own settings: region, credentials, endpoints.
func Load(ctx context.Context) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*idlePerHost, idlePerHost
		t.ResponseHeaderTimeout = headerTimeout
	})
	cfg, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(client))
	if err != nil {
		return aws.Config{}, fmt.Errorf("read the AWS settings: %w", err)
	}
	if cfg.Region == "" {
		return aws.Config{}, errors.New("read the AWS settings: AWS_REGION is not set")
	}
	cfg.HTTPClient = PlainBodies(cfg.HTTPClient)
	return cfg, nil
}

// S3 returns a client of S3, with credentials of its own if they are given, and
// more middleware. Servers other than AWS's are addressed by path.
func S3(cfg aws.Config, creds aws.CredentialsProvider, more ...func(*middleware.Stack) error) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil
		o.EndpointResolverV2 = &remembered[s3.EndpointParameters]{
			resolver: s3.NewDefaultEndpointResolverV2(), aside: map[string]bool{"Key": true, "Prefix": true, "CopySource": true},
		}
		if creds != nil {
			o.Credentials = creds
		}
		o.APIOptions = append(o.APIOptions, more...)
	})
}

// SQS returns a client of SQS.
func SQS(cfg aws.Config, more ...func(*middleware.Stack) error) *sqs.Client {
	return sqs.NewFromConfig(cfg, func(o *sqs.Options) {
		o.EndpointResolverV2 = &remembered[sqs.EndpointParameters]{resolver: sqs.NewDefaultEndpointResolverV2()}
		o.APIOptions = append(o.APIOptions, more...)
	})
}

// PlainBodies hides the WriteTo method of the SDK's request bodies. It returns
// io.EOF at their end, upon which net/http now and then closes the connection
// while the response is still being read: a received batch is then lost until
// its visibility ends.
func PlainBodies(next aws.HTTPClient) aws.HTTPClient { return plainBodies{next} }

type plainBodies struct{ next aws.HTTPClient }

// Do implements aws.HTTPClient.
func (c plainBodies) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		clone := *r
		clone.Body = struct{ io.ReadCloser }{r.Body}
		r = &clone
	}
	return c.next.Do(r) //nolint:wrapcheck // the SDK tells its own client's errors apart
}
