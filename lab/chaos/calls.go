package main

import (
	"encoding/json"
	"net/http"
	"path"
	"strings"
	"sync"

	"hakbeon/jobs"
	"hakbeon/lab/faultproxy"
	"hakbeon/s3store/layout"
)

// call is what a worker asks of a server, in the words of the points.
type call struct {
	op string // "Get", "Put", "Copy", "Head", "List", "Remove", "Receive", "Send", "Delete", "Hide", "Post"
	on string // S3: what kind of object; SQS: which queue; webhook: "hook"
	// items are what the call is about: one object, or the messages of a batch.
	items []item
}

// item is one exam's part in a call.
type item struct {
	exam string
	// kind tells calls on the same thing apart. S3: "create", "replace" and "put", of
	// a plan its epoch, of a copy where it comes from; SQS: the message's type, "open"
	// for a job of an open batch, "to-queue" for a delivery to the result queue, and, of
	// webhooks, "end" for the delivery of a batch's event, "rejected" for that of a message
	// that was refused; webhook and result queue: "sheet", "end" or "rejected".
	kind string
}

// s3Call reads a call of S3, addressed by path.
func s3Call(c *faultproxy.Call) call {
	_, key, _ := strings.Cut(strings.TrimPrefix(c.URL.Path, "/"), "/")
	out := call{op: s3Op(c, key)}
	if out.op == "List" {
		key = c.URL.Query().Get("prefix")
	}
	if out.op == "Remove" {
		return out // keys stand in its body: of no interest
	}
	var exam, kind string
	out.on, exam, kind = object(key)
	switch {
	case out.op == "Copy":
		_, source, _ := strings.Cut(strings.TrimPrefix(c.Header.Get("X-Amz-Copy-Source"), "/"), "/")
		kind, _, _ = strings.Cut(source, "/")
	case out.op != "Put" || kind != "":
	case c.Header.Get("If-None-Match") != "":
		kind = "create"
	case c.Header.Get("If-Match") != "":
		kind = "replace"
	default:
		kind = "put"
	}
	out.items = []item{{exam, kind}}
	return out
}

func s3Op(c *faultproxy.Call, key string) string {
	switch c.Method {
	case http.MethodGet:
		if key == "" {
			return "List"
		}
		return "Get"
	case http.MethodPut:
		if c.Header.Get("X-Amz-Copy-Source") != "" {
			return "Copy"
		}
		return "Put"
	case http.MethodHead:
		return "Head"
	}
	return "Remove"
}

// object tells what lies under a key, of which exam, and of a plan which one.
func object(key string) (on, exam, kind string) {
	parts := strings.Split(key, "/")
	if len(parts) < 2 {
		return parts[0], "", ""
	}
	switch {
	case parts[0] == "rosters":
		return "roster", strings.TrimSuffix(parts[1], ".xlsx"), ""
	case parts[0] == "results" && len(parts) > 3 && (parts[2] == layout.Rejections || parts[2] == layout.Deliveries):
		return parts[2], parts[1], ""
	case parts[0] != "results" || len(parts) < 4:
		return parts[0], parts[1], ""
	case parts[3] == "plans":
		return "plans", parts[1], strings.TrimSuffix(path.Base(key), ".json")
	case parts[3] == "":
		return "results", parts[1], ""
	}
	return parts[3], parts[1], ""
}

// receipts remembers what each receipt handle is for: a delete says nothing else.
type receipts struct{ m sync.Map }

type sqsRequest struct {
	QueueURL string `json:"QueueUrl"`
	sqsEntry
	Entries []sqsEntry `json:"Entries"`
}

type sqsEntry struct {
	MessageBody   string `json:"MessageBody"`
	ReceiptHandle string `json:"ReceiptHandle"`
}

// sqsCall reads a call of SQS. What a receive is about only its answer tells.
func (r *receipts) sqsCall(c *faultproxy.Call) call {
	_, op, _ := strings.Cut(c.Header.Get("X-Amz-Target"), ".")
	short := map[string]string{
		"ReceiveMessage": "Receive", "SendMessage": "Send", "DeleteMessage": "Delete", "ChangeMessageVisibility": "Hide",
	}
	out := call{op: short[strings.TrimSuffix(op, "Batch")]}
	var in sqsRequest
	if json.Unmarshal(c.Body, &in) != nil { // not ours
		return out
	}
	out.on = strings.TrimSuffix(strings.TrimPrefix(path.Base(in.QueueURL), "hakbeon-"), ".fifo")
	for _, e := range append(in.Entries, in.sqsEntry) {
		if e.MessageBody != "" {
			out.items = append(out.items, about(out.on, e.MessageBody))
		}
		if known, ok := r.m.Load(e.ReceiptHandle); ok {
			out.items = append(out.items, known.(item)) //nolint:forcetypeassert // received stores nothing else
		}
	}
	return out
}

// received adds what the answer to a receive holds.
func (r *receipts) received(c *call, a *faultproxy.Answer) {
	var out struct {
		Messages []struct {
			Body          string `json:"Body"`
			ReceiptHandle string `json:"ReceiptHandle"`
		} `json:"Messages"`
	}
	if c.op != "Receive" || json.Unmarshal(a.Body, &out) != nil {
		return
	}
	for _, m := range out.Messages {
		it := message(m.Body)
		r.m.Store(m.ReceiptHandle, it)
		c.items = append(c.items, it)
	}
}

// about tells what a message that is sent is about.
func about(queue, body string) item {
	if queue == resultsName {
		return eventItem([]byte(body))
	}
	return message(body)
}

// message tells what a message on any of the worker's own queues is about.
func message(body string) item {
	var m struct {
		Type  string `json:"type"`
		Exam  string `json:"exam_code"`
		Sheet string `json:"sheet"`
		Open  bool   `json:"open"`
		// Rejected and To are a delivery's.
		Rejected string `json:"rejected"`
		To       string `json:"to"`
	}
	_ = json.Unmarshal([]byte(body), &m) // what isn't JSON is about nothing
	switch {
	case m.Open:
		m.Type = "open"
	case m.Type == "":
		m.Type = jobs.TypeRecognize
	case m.Type == jobs.TypeDelivery && m.To == jobs.ToQueue:
		m.Type = "to-queue"
	case m.Type == jobs.TypeDelivery && m.Rejected != "":
		m.Type = "rejected"
	case m.Type == jobs.TypeDelivery && m.Sheet == "":
		m.Type = "end"
	}
	return item{exam: m.Exam, kind: m.Type}
}

// hookCall reads a webhook.
func hookCall(c *faultproxy.Call) call {
	return call{op: "Post", on: "hook", items: []item{eventItem(c.Body)}}
}

// eventItem tells what an event is about: the body of a webhook, and of a message on the
// result queue.
func eventItem(body []byte) item {
	var m struct {
		Type string `json:"type"`
		Data struct {
			Exam string `json:"exam_code"`
		} `json:"data"`
	}
	_ = json.Unmarshal(body, &m) // as above
	kind := "sheet"
	switch m.Type {
	case eventEnd:
		kind = "end"
	case eventRejected:
		kind = "rejected"
	}
	return item{m.Data.Exam, kind}
}
