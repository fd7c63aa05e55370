package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"testing"

	"hakbeon/lab/faultproxy"
)

func s3Request(method, target string, header ...string) *faultproxy.Call {
	u, err := url.Parse(target)
	if err != nil {
		panic(err)
	}
	c := &faultproxy.Call{Method: method, URL: u, Header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		c.Header.Set(header[i], header[i+1])
	}
	return c
}

func TestS3Call(t *testing.T) {
	none, match := []string{"If-None-Match", "*"}, []string{"If-Match", `"x"`}
	tests := []struct {
		call *faultproxy.Call
		want call
	}{
		{s3Request("PUT", "/b/results/E/one/job.json", none...), call{"Put", "job.json", []item{{"E", "create"}}}},
		{s3Request("PUT", "/b/results/E/one/sheets/1.json", none...), call{"Put", "sheets", []item{{"E", "create"}}}},
		{s3Request("PUT", "/b/results/E/one/sheets/1.json", match...), call{"Put", "sheets", []item{{"E", "replace"}}}},
		{s3Request("PUT", "/b/results/E/one/plans/000002.json", none...), call{"Put", "plans", []item{{"E", "000002"}}}},
		{s3Request("PUT", "/b/results/E/_rejected/1.json", none...), call{"Put", "_rejected", []item{{"E", "create"}}}},
		{s3Request("PUT", "/b/header/E/123/a.jpg"), call{"Put", "header", []item{{"E", "put"}}}},
		{s3Request("PUT", "/b/original/E/123/a.jpg", "X-Amz-Copy-Source", "b/uploads/E/a.jpg"), call{"Copy", "original", []item{{"E", "uploads"}}}},
		{s3Request("GET", "/b/uploads/E/a.jpg"), call{"Get", "uploads", []item{{"E", ""}}}},
		{s3Request("GET", "/b/rosters/E.xlsx"), call{"Get", "roster", []item{{"E", ""}}}},
		{s3Request("GET", "/b?list-type=2&prefix=results%2FE%2Fone%2F"), call{"List", "results", []item{{"E", ""}}}},
		{s3Request("GET", "/b?list-type=2&prefix=original%2FE%2F"), call{"List", "original", []item{{"E", ""}}}},
		{s3Request("PUT", "/b/results/E/one/closed", none...), call{"Put", "closed", []item{{"E", "create"}}}},
		{s3Request("HEAD", "/b/results/E/one/report.xlsx"), call{"Head", "report.xlsx", []item{{"E", ""}}}},
		{s3Request("POST", "/b?delete="), call{op: "Remove"}},
	}
	for _, test := range tests {
		if got := s3Call(test.call); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s %s: got %+v, want %+v", test.call.Method, test.call.URL, got, test.want)
		}
	}
}

func sqsRequestOf(op, body string) *faultproxy.Call {
	return &faultproxy.Call{Header: http.Header{"X-Amz-Target": {"AmazonSQS." + op}}, Body: []byte(body)}
}

// A delete names only receipt handles: what they are for is known from the receive.
func TestSQSCalls(t *testing.T) {
	var r receipts
	got := r.sqsCall(sqsRequestOf("SendMessageBatch", `{"QueueUrl":"http://h/1/hakbeon-work","Entries":[
		{"Id":"0","MessageBody":"{\"type\":\"sheet\",\"exam_code\":\"E\"}"},{"Id":"1","MessageBody":"{\"type\":\"finish\",\"exam_code\":\"F\"}"}]}`))
	if want := (call{"Send", "work", []item{{"E", "sheet"}, {"F", "finish"}}}); !reflect.DeepEqual(got, want) {
		t.Errorf("send: got %+v, want %+v", got, want)
	}
	got = r.sqsCall(sqsRequestOf("SendMessageBatch", `{"QueueUrl":"http://h/1/hakbeon-results","Entries":[
		{"Id":"0","MessageBody":"{\"type\":\"sheet.failed\",\"data\":{\"exam_code\":\"E\"}}"},{"Id":"1","MessageBody":"{\"type\":\"batch.completed\",\"data\":{\"exam_code\":\"F\"}}"}]}`))
	if want := (call{"Send", "results", []item{{"E", "sheet"}, {"F", "end"}}}); !reflect.DeepEqual(got, want) {
		t.Errorf("events: got %+v, want %+v", got, want)
	}
	receive := r.sqsCall(sqsRequestOf("ReceiveMessage", `{"QueueUrl":"http://h/1/hakbeon-callback"}`))
	body, err := json.Marshal(map[string]any{"Messages": []map[string]string{
		{"ReceiptHandle": "h1", "Body": `{"type":"delivery","exam_code":"E","sheet":"1"}`},
		{"ReceiptHandle": "h2", "Body": `{"type":"delivery","exam_code":"E"}`},
		{"ReceiptHandle": "h3", "Body": `{"type":"delivery","exam_code":"E","rejected":"1"}`},
	}})
	if err != nil {
		t.Fatal(err)
	}
	r.received(&receive, &faultproxy.Answer{Body: body})
	if want := (call{"Receive", "callback", []item{{"E", "delivery"}, {"E", "end"}, {"E", "rejected"}}}); !reflect.DeepEqual(receive, want) {
		t.Errorf("receive: got %+v, want %+v", receive, want)
	}
	got = r.sqsCall(sqsRequestOf("DeleteMessageBatch", `{"QueueUrl":"http://h/1/hakbeon-callback","Entries":[{"ReceiptHandle":"h2"},{"ReceiptHandle":"unknown"}]}`))
	if want := (call{"Delete", "callback", []item{{"E", "end"}}}); !reflect.DeepEqual(got, want) {
		t.Errorf("delete: got %+v, want %+v", got, want)
	}
}

func TestMessage(t *testing.T) {
	for body, want := range map[string]string{
		`{"exam_code":"E"}`: "recognize", `{"type":"recognize","exam_code":"E","open":true}`: "open", `{"type":"close","exam_code":"E"}`: "close",
		`{"type":"delivery","exam_code":"E","sheet":"1","to":"queue"}`: "to-queue", `{"type":"delivery","exam_code":"E","to":"queue"}`: "to-queue",
	} {
		if got := message(body); got != (item{"E", want}) {
			t.Errorf("%s: got %+v, want %s", body, got, want)
		}
	}
}

func TestHookCall(t *testing.T) {
	for kind, want := range map[string]string{"sheet.recognized": "sheet", "batch.completed": "end", "job.rejected": "rejected"} {
		got := hookCall(&faultproxy.Call{Body: fmt.Appendf(nil, `{"type":%q,"data":{"exam_code":"E"}}`, kind)})
		if !reflect.DeepEqual(got, call{"Post", "hook", []item{{"E", want}}}) {
			t.Errorf("%s: got %+v", kind, got)
		}
	}
}

func TestPointsAreDifferent(t *testing.T) {
	seen := map[point]string{}
	names := map[string]bool{}
	for _, p := range points() {
		name := p.name
		p.name = ""
		if other, twice := seen[p]; twice || names[name] {
			t.Errorf("%s is %s", name, other)
		}
		seen[p], names[name] = name, true
	}
	if len(seen) < 12 {
		t.Errorf("%d points, want 12 and more", len(seen))
	}
}
