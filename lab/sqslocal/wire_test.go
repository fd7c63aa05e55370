package sqslocal_test

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hakbeon/lab/sqslocal"
)

// post sends a raw request and returns the answer and its JSON.
func post(t *testing.T, s *sqslocal.Server, method, target, body string) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, "http://localhost:9324/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", target)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("the answer to %s is not JSON: %v", target, err)
		}
	}
	return w, answer
}

func TestErrorsOnTheWire(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{})
	for name, test := range map[string]struct {
		method, target, body string
		status               int
		shape, query         string
	}{
		"no such queue":     {"POST", "AmazonSQS.GetQueueUrl", `{"QueueName":"none"}`, 400, "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue;Sender"},
		"no queue URL":      {"POST", "AmazonSQS.DeleteQueue", `{}`, 400, "com.amazon.coral.service#MissingRequiredParameterException", "MissingParameter;Sender"},
		"a strange URL":     {"POST", "AmazonSQS.DeleteQueue", `{"QueueUrl":"http://x/y"}`, 400, "com.amazonaws.sqs#InvalidAddress", "InvalidAddress;Sender"},
		"not even a URL":    {"POST", "AmazonSQS.DeleteQueue", `{"QueueUrl":":"}`, 400, "com.amazonaws.sqs#InvalidAddress", "InvalidAddress;Sender"},
		"another account":   {"POST", "AmazonSQS.DeleteQueue", `{"QueueUrl":"http://x/123456789012/q"}`, 400, "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue;Sender"},
		"unknown operation": {"POST", "AmazonSQS.Nonsense", `{}`, 400, "com.amazon.coral.service#UnknownOperationException", "InvalidAction;Sender"},
		"query protocol":    {"POST", "", `Action=ListQueues`, 400, "com.amazon.coral.service#UnknownOperationException", "InvalidAction;Sender"},
		"GET":               {"GET", "AmazonSQS.ListQueues", `{}`, 400, "com.amazon.coral.service#UnknownOperationException", "InvalidAction;Sender"},
		"not JSON":          {"POST", "AmazonSQS.ListQueues", `{`, 400, "com.amazon.coral.service#SerializationException", "MalformedInput;Sender"},
		"a wrong type":      {"POST", "AmazonSQS.ListQueues", `{"QueueNamePrefix":1}`, 400, "com.amazon.coral.service#SerializationException", "MalformedInput;Sender"},
		"not UTF-8":         {"POST", "AmazonSQS.ListQueues", "{\"x\":\"\xff\"}", 400, "com.amazon.coral.service#SerializationException", "MalformedInput;Sender"},
		"far too long":      {"POST", "AmazonSQS.ListQueues", strings.Repeat(" ", 7<<20), 413, "com.amazon.coral.service#RequestEntityTooLargeException", "RequestEntityTooLarge;Sender"},
	} {
		t.Run(name, func(t *testing.T) {
			w, answer := post(t, s, test.method, test.target, test.body)
			if w.Code != test.status || answer["__type"] != test.shape || w.Header().Get("X-Amzn-Query-Error") != test.query {
				t.Errorf("got %d, %v, %q; want %d, %s, %q", w.Code, answer, w.Header().Get("X-Amzn-Query-Error"),
					test.status, test.shape, test.query)
			}
			if answer["message"] == "" || w.Header().Get("X-Amzn-Requestid") == "" {
				t.Error("want a message and a request id")
			}
		})
	}
}

func TestQueueURLHasTheRequestsHost(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{})
	_, answer := post(t, s, "POST", "AmazonSQS.CreateQueue", `{"QueueName":"q"}`)
	if got := answer["QueueUrl"]; got != "http://localhost:9324/000000000000/q" {
		t.Errorf("got %v", got)
	}
	r := httptest.NewRequest(http.MethodPost, "https://sqs.test/", strings.NewReader(`{"QueueName":"q"}`))
	r.Header.Set("X-Amz-Target", "AmazonSQS.GetQueueUrl")
	r.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if got := w.Body.String(); !strings.Contains(got, `"https://sqs.test/000000000000/q"`) {
		t.Errorf("over TLS: got %s", got)
	}
}

// SQS answers the same whether or not anything was there to tell.
func TestAnswersWithoutContent(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{})
	if _, err := s.CreateQueue("q", nil); err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{
		"ReceiveMessage": "{}\n", "GetQueueAttributes": "{}\n", "SetQueueAttributes": "",
	} {
		w, _ := post(t, s, "POST", "AmazonSQS."+target, `{"QueueUrl":"http://x/000000000000/q"}`)
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s: got %d, %q, want 200, %q", target, w.Code, w.Body, want)
		}
	}
}

func TestClosedServer(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{})
	s.Close()
	s.Close()
	if w, _ := post(t, s, "POST", "AmazonSQS.ListQueues", `{}`); w.Code != http.StatusServiceUnavailable {
		t.Errorf("got %d, want 503", w.Code)
	}
}

// The digests are SQS's own, as its documentation and clients' tests have them.
func TestDigests(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{})
	if _, err := s.CreateQueue("q", nil); err != nil {
		t.Fatal(err)
	}
	_, answer := post(t, s, "POST", "AmazonSQS.SendMessage", `{"QueueUrl":"http://x/000000000000/q",
		"MessageBody":"This is a test message",
		"MessageAttributes":{"timestamp":{"DataType":"Number","StringValue":"1493147359900"}}}`)
	if answer["MD5OfMessageBody"] != "fafb00f5732ab283681e124bf8747ed1" ||
		answer["MD5OfMessageAttributes"] != "235c5c510d26fb653d073faed50ae77c" {
		t.Errorf("got %v", answer)
	}
}
