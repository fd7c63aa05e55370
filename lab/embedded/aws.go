package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"hakbeon/internal/awsclient"
)

// AWSConfig returns a configuration whose clients talk to this stack, and
// cannot reach anything beyond the loopback interface, whatever endpoints the
// process's own environment names.
func (s *Stack) AWSConfig(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(s.Env["AWS_REGION"]),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(
			s.Env["AWS_ACCESS_KEY_ID"], s.Env["AWS_SECRET_ACCESS_KEY"], "")),
		config.WithSharedConfigFiles([]string{}),
		config.WithSharedCredentialsFiles([]string{}),
	)
	if err != nil {
		return aws.Config{}, fmt.Errorf("configure AWS clients for the stack: %w", err)
	}
	cfg.BaseEndpoint = nil
	// Set here, not above: with AWS_CA_BUNDLE in the environment the SDK refuses
	// to load with any HTTP client but its own.
	cfg.HTTPClient = awsclient.PlainBodies(httpClient())
	cfg.ConfigSources = append([]any{endpoints(s.Env)}, cfg.ConfigSources...)
	return cfg, nil
}

// endpoints answers the SDK's question for a service's endpoint, which it
// otherwise asks of the environment.
type endpoints map[string]string

// GetServiceBaseEndpoint returns the endpoint of "S3", "SQS" or "STS".
func (e endpoints) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	url, ok := e["AWS_ENDPOINT_URL_"+service]
	return url, ok, nil
}

// errNotLoopback is what a client of ours gets for any other address.
var errNotLoopback = errors.New("only loopback addresses may be reached from a development stack's client")

// loopbackOnly keeps a misdirected test from writing to a real account.
func loopbackOnly(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("dial %s: %w", addr, errNotLoopback)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, addr)
}

// httpClient has enough idle connections for tests with many goroutines, and
// a limit that a long poll of 20 s stays under.
func httpClient() *http.Client {
	transport := &http.Transport{DialContext: loopbackOnly}
	transport.MaxIdleConnsPerHost = 256
	transport.MaxIdleConns = 512
	return &http.Client{Transport: transport, Timeout: 2 * time.Minute}
}
