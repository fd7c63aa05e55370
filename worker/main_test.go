package worker_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"hakbeon/internal/awsclient"
	"hakbeon/lab/embedded"
	"hakbeon/lab/embedded/embeddedtest"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/imagefile/imagefiletest"
)

// stack is S3 and the webhook sink, shared by all tests: each has an exam code
// of its own. baseConfig reaches it.
var (
	stack      *embedded.Stack
	baseConfig aws.Config
)

// decoderArgument has the test's binary be the decoder of its workers, and decoderCache
// keeps its compiled code for all tests of a run.
const decoderArgument = "serve-decoder"

var decoderCache string

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == decoderArgument {
		if err := imagefile.Serve(os.Stdin, os.Stdout, os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	// These tests wait for clocks and sockets more than for cores. With the race detector
	// they don't: more at once then wait for each other until messages come back.
	together := "40"
	if raceDetector {
		together = "10"
	}
	if err := flag.Set("test.parallel", together); err != nil {
		panic(err)
	}
	os.Exit(withStack(m))
}

func withStack(m *testing.M) int {
	var err error
	if decoderCache, err = imagefiletest.Cache(); err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(decoderCache)
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	return embeddedtest.Main(m, func(s *embedded.Stack) (err error) {
		stack = s
		baseConfig, err = s.AWSConfig(context.Background())
		baseConfig.HTTPClient = awsclient.PlainBodies(&http.Client{Transport: transport})
		return err
	}, transport.CloseIdleConnections)
}
