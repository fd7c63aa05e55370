package conformance_test

import (
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/internal/conformance"
)

// TestSQSElsewhere runs the suite against the SQS that the environment names,
// with AWS_ENDPOINT_URL_SQS, AWS_REGION and credentials as the SDK reads them.
// CONFORMANCE_SQS says what it is: "aws", "moto" or "elasticmq".
func TestSQSElsewhere(t *testing.T) {
	target := os.Getenv("CONFORMANCE_SQS")
	if target == "" {
		t.Skip("NOT TESTED: set CONFORMANCE_SQS to aws, moto or elasticmq, and the SDK's variables, to run against it")
	}
	known, ok := knownDifferences()[target]
	if !ok {
		t.Fatalf("CONFORMANCE_SQS is %q, want aws, moto or elasticmq", target)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatalf("load the SDK's configuration: %v", err)
	}
	c := sqs.NewFromConfig(cfg, func(o *sqs.Options) {
		o.HTTPClient = &http.Client{Timeout: time.Minute, Transport: plainBody{http.DefaultTransport}}
	})
	conformance.SQS(t, c, conformance.SQSOptions{Skip: known})
}

// knownDifferences are the subtests that a service fails, and why. Those of
// moto were found with version 5.2.1; AWS and ElasticMQ were not yet tried.
func knownDifferences() map[string]map[string]string {
	const unchecked = "moto does not check this"
	return map[string]map[string]string{
		"aws":       nil,
		"elasticmq": nil,
		"moto": {
			"attributes out of range are refused":                        unchecked,
			"a message of 1 MiB passes and a longer one does not":        "moto does not count attributes",
			"a body with forbidden characters is InvalidMessageContents": unchecked,
			"an empty body is refused":                                   unchecked,
			"eleven attributes are refused":                              unchecked,
			"a handle from an earlier receive deletes nothing":           "moto deletes by any handle",
			"a batch answers for each entry":                             "moto accepts the forbidden character",
			"a FIFO queue drops duplicates by id":                        "moto forgets what was deleted",
			"sequence numbers of a FIFO queue rise":                      "moto's are random",
			"a message received too often goes to the dead-letter queue": "moto does not tell the source queue",
			"dead letters can be moved back":                             "moto has no message move tasks",
			"only a dead-letter queue's messages can be moved":           "moto has no message move tasks",
		},
	}
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
