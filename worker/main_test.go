package worker_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"go.uber.org/goleak"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/embedded"
)

// stack is S3 and the webhook sink, shared by all tests: each has an exam code
// of its own. baseConfig reaches it.
var (
	stack      *embedded.Stack
	baseConfig aws.Config
)

func TestMain(m *testing.M) {
	flag.Parse()
	// These tests wait for clocks and sockets more than for cores.
	if err := flag.Set("test.parallel", "40"); err != nil {
		panic(err)
	}
	os.Exit(withStack(m))
}

func withStack(m *testing.M) int {
	var err error
	if stack, err = embedded.Start(context.Background(), embedded.Options{}); err != nil {
		fmt.Println(err)
		return 1
	}
	if baseConfig, err = stack.AWSConfig(context.Background()); err != nil {
		fmt.Println(err)
		return 1
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	baseConfig.HTTPClient = awsclient.PlainBodies(&http.Client{Transport: transport})
	code := m.Run()
	if err := stack.Stop(); err != nil {
		fmt.Println(err)
		return 1
	}
	transport.CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		return 1
	}
	return code
}
