package sqslocal_test

import (
	"testing"

	"hakbeon/lab/conformance"
	"hakbeon/lab/sqslocal"
)

func TestConformance(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{AccessKey: accessKey, SecretKey: secretKey})
	conformance.SQS(t, dial(t, listen(t, s)), conformance.SQSOptions{})
}
