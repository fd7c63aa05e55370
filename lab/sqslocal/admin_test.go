package sqslocal_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
)

func TestCreateQueueChecksItsInput(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{})
	fifo := map[string]string{"FifoQueue": "true"}
	for name, test := range map[string]struct {
		queue      string
		attributes map[string]string
		ok         bool
	}{
		"plain":                      {"q-1_a", nil, true},
		"FIFO":                       {"q.fifo", fifo, true},
		"80 characters":              {strings.Repeat("q", 80), nil, true},
		"81 characters":              {strings.Repeat("q", 81), nil, false},
		"no name":                    {"", nil, false},
		"nothing but .fifo":          {".fifo", fifo, false},
		"a dot":                      {"a.b", nil, false},
		"FIFO by name only":          {"r.fifo", nil, false},
		"FIFO by attribute only":     {"r", fifo, false},
		"unknown attribute":          {"r", map[string]string{"Nonsense": "1"}, false},
		"a FIFO queue's attribute":   {"r", map[string]string{"ContentBasedDeduplication": "true"}, false},
		"not a number":               {"r", map[string]string{"DelaySeconds": "x"}, false},
		"policy that is not JSON":    {"r", map[string]string{"RedrivePolicy": "x"}, false},
		"policy without a queue":     {"r", map[string]string{"RedrivePolicy": `{"maxReceiveCount":1}`}, false},
		"policy without a number":    {"r", map[string]string{"RedrivePolicy": policy(s.QueueARN("q-1_a"), 0)}, false},
		"policy to no queue":         {"r", map[string]string{"RedrivePolicy": policy(s.QueueARN("none"), 1)}, false},
		"policy to a FIFO queue":     {"r", map[string]string{"RedrivePolicy": policy(s.QueueARN("q.fifo"), 1)}, false},
		"the largest message's size": {"s", map[string]string{"MaximumMessageSize": "1048576"}, true},
		"too large a message's size": {"r", map[string]string{"MaximumMessageSize": "1048577"}, false},
	} {
		for _, dead := range []string{"q-1_a", "q.fifo"} {
			attributes := map[string]string{}
			if strings.HasSuffix(dead, ".fifo") {
				attributes = fifo
			}
			if _, err := s.CreateQueue(dead, attributes); err != nil {
				t.Fatal(err)
			}
		}
		if path, err := s.CreateQueue(test.queue, test.attributes); (err == nil) != test.ok {
			t.Errorf("%s: got %q, %v, want success: %v", name, path, err, test.ok)
		}
	}
}

func policy(arn string, receives int) string {
	return fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%d}`, arn, receives)
}

func TestAttributesThatAreAskedFor(t *testing.T) {
	b := newBox(t, sqslocal.Options{Region: "ap-northeast-2"}, "q", nil)
	get := func(names ...types.QueueAttributeName) (map[string]string, error) {
		out, err := b.client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: b.url, AttributeNames: names})
		if err != nil {
			return nil, err
		}
		return out.Attributes, nil
	}
	one, err := get("QueueArn", "FifoQueue")
	if err != nil || !maps.Equal(one, map[string]string{"QueueArn": "arn:aws:sqs:ap-northeast-2:000000000000:q"}) {
		t.Errorf("got %v, %v, want the ARN", one, err)
	}
	if all, err := get("All"); err != nil || len(all) < 10 {
		t.Errorf("got %v, %v, want all", all, err)
	}
	_, err = get("Nonsense")
	wantCode(t, "unknown attribute", err, "InvalidAttributeName")
}

func TestEmptyPolicyTakesItAway(t *testing.T) {
	b := newBox(t, sqslocal.Options{}, "dead", nil)
	q := b.another("q", map[string]string{"RedrivePolicy": policy(b.server.QueueARN("dead"), 1)})
	policies := func() int {
		out, err := q.client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
			QueueUrl: q.url, AttributeNames: []types.QueueAttributeName{"RedrivePolicy"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.Attributes)
	}
	if got := policies(); got != 1 {
		t.Errorf("got %d policies, want 1", got)
	}
	_, err := q.client.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{
		QueueUrl: q.url, Attributes: map[string]string{"RedrivePolicy": ""},
	})
	if err != nil || policies() != 0 {
		t.Errorf("got %d policies, %v, want none", policies(), err)
	}
}

func TestAttributeRules(t *testing.T) {
	value := func(kind, v string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: &kind, StringValue: &v}
	}
	b := newBox(t, sqslocal.Options{}, "q", nil)
	for what, test := range map[string]struct {
		name  string
		value types.MessageAttributeValue
		ok    bool
	}{
		"text":                 {"a.b-c_1", value("String", "x"), true},
		"text with label":      {"a", value("String.json", "{}"), true},
		"number":               {"a", value("Number", "-1.5e10"), true},
		"bytes":                {"a", types.MessageAttributeValue{DataType: aws.String("Binary"), BinaryValue: []byte{0}}, true},
		"empty text":           {"a", value("String", ""), false},
		"forbidden characters": {"a", value("String", "\x01"), false},
		"not a number":         {"a", value("Number", "12a"), false},
		"not quite a number":   {"a", value("Number", "inf"), false},
		"no bytes":             {"a", value("Binary", "x"), false},
		"no type":              {"a", value("", "x"), false},
		"unknown type":         {"a", value("Text", "x"), false},
		"empty label":          {"a", value("String.", "x"), false},
		"reserved name":        {"AWS.x", value("String", "x"), false},
		"two dots":             {"a..b", value("String", "x"), false},
		"dot at the end":       {"a.", value("String", "x"), false},
		"space in the name":    {"a b", value("String", "x"), false},
		"long name":            {strings.Repeat("a", 257), value("String", "x"), false},
	} {
		_, err := b.client.SendMessage(t.Context(), &sqs.SendMessageInput{
			QueueUrl: b.url, MessageBody: aws.String("x"),
			MessageAttributes: map[string]types.MessageAttributeValue{test.name: test.value},
		})
		if test.ok && err != nil {
			t.Errorf("%s: %v", what, err)
		} else if !test.ok {
			wantCode(t, what, err, "InvalidParameterValue")
		}
	}
}

func TestSmallerMaximumMessageSize(t *testing.T) {
	b := newBox(t, sqslocal.Options{}, "q", map[string]string{"MaximumMessageSize": "1024"})
	b.send(strings.Repeat("x", 1024))
	wantCode(t, "1025 bytes", b.trySend(strings.Repeat("x", 1025)), "InvalidParameterValue")
}
