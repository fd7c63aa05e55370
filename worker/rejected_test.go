package worker_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// rejections are the events of refused messages that the receiver got, each id once.
func (rc *receiver) rejections(t *testing.T) []exam.Rejection {
	t.Helper()
	bodies, ids := rc.got()
	seen := map[string]string{}
	var all []exam.Rejection
	for i, body := range bodies {
		var in struct {
			Type string         `json:"type"`
			Data exam.Rejection `json:"data"`
		}
		must(t, json.Unmarshal([]byte(body), &in))
		if in.Type != exam.EventRejected {
			continue
		}
		before, again := seen[ids[i]]
		if again && before != body {
			t.Errorf("%s came with two bodies:\n%s\n%s", ids[i], before, body)
		}
		if seen[ids[i]] = body; !again {
			all = append(all, in.Data)
		}
	}
	return all
}

// Who sends what can never succeed is told so, with a reason that names no file.
func TestRejected(t *testing.T) {
	r := newRig(t)
	rc := newReceiver(t, status(http.StatusNoContent))
	r.options.WebhookURL = rc.URL
	r.roster(kim)
	keys := r.sheets(kim)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys, BatchID: "taken"})
	r.end(b, 1)
	ours := `"exam_code":"` + r.exam + `","batch_id":"taken"`
	tests := []struct {
		name, body string
		want       exam.Rejection // Detail is a part of what is said
	}{
		{"bad JSON", `{"exam_code": "김철수.jpg"`, exam.Rejection{Reason: "malformed", Detail: "JSON"}},
		{"unknown type", `{"type":"김철수","exam_code":"` + r.exam + `"}`, exam.Rejection{Reason: "bad_field", Field: "type", ExamCode: r.exam, Detail: "recognize"}},
		{"unknown field", `{` + ours + `,"keys":["a"],"김철수.jpg":1}`,
			exam.Rejection{Reason: "bad_field", MessageType: "recognize", ExamCode: r.exam, BatchID: "taken", Detail: "is not a field"}},
		{"bad exam code", `{"exam_code":"김철수.jpg","keys":["a"]}`, exam.Rejection{Reason: "bad_field", MessageType: "recognize", Field: "exam_code", Detail: "should match"}},
		{"bad key", `{` + ours + `,"keys":["a","/김철수.jpg"]}`,
			exam.Rejection{Reason: "bad_field", MessageType: "recognize", Field: "keys[1]", ExamCode: r.exam, BatchID: "taken", Detail: "slash"}},
		{"other keys", `{` + ours + `,"keys":["김철수.jpg"]}`,
			exam.Rejection{Reason: "batch_conflict", MessageType: "recognize", Field: "batch_id", ExamCode: r.exam, BatchID: "taken", Detail: "other keys"}},
		{"callback elsewhere", `{"exam_code":"` + r.exam + `","keys":["김철수.jpg"],"callback_url":"https://evil.example/x"}`,
			exam.Rejection{Reason: "callback_refused", MessageType: "recognize", Field: "callback_url", ExamCode: r.exam, Detail: "allowed hosts"}},
		{"no manifest", `{"exam_code":"` + r.exam + `","manifest_key":"uploads/김철수.json"}`,
			exam.Rejection{Reason: "manifest_unusable", MessageType: "recognize", Field: "manifest_key", ExamCode: r.exam, Detail: "no such object"}},
		{"no batch", `{"type":"rematch","exam_code":"` + r.exam + `","batch_id":"none"}`,
			exam.Rejection{Reason: "no_such_batch", MessageType: "rematch", Field: "batch_id", ExamCode: r.exam, BatchID: "none", Detail: "no such batch"}},
		{"no sheet", `{"type":"resolve",` + ours + `,"sheet":"0123456789abcdef","student_id":"32141837"}`,
			exam.Rejection{Reason: "no_such_sheet", MessageType: "resolve", Field: "sheet", ExamCode: r.exam, BatchID: "taken", Detail: "no result"}},
	}
	for i, test := range tests {
		r.putText(r.options.Queues.Jobs, test.body)
		letter := r.deadLetter()
		r.until("the event", func() bool { return len(rc.rejections(t)) == i+1 && r.quiet() })
		got := rc.rejections(t)[i]
		if !strings.Contains(got.Detail, test.want.Detail) || len(got.Detail) > exam.MaxRejectionDetail {
			t.Errorf("%s: got detail %q, want %q in it", test.name, got.Detail, test.want.Detail)
		}
		if got.MessageID == "" || got.RejectedAt.Before(got.SentAt) || got.SentAt.IsZero() || !slices.Contains(exam.RejectionReasons(), got.Reason) {
			t.Errorf("%s: got %+v", test.name, got)
		}
		if *letter.Body != test.body {
			t.Errorf("%s: the dead letter is %s", test.name, *letter.Body)
		}
		got.Detail, got.MessageID, got.SentAt, got.RejectedAt = test.want.Detail, "", time.Time{}, time.Time{}
		if got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
	bodies, _ := rc.got()
	for _, body := range bodies {
		if strings.Contains(body, exam.EventRejected) && (strings.Contains(body, "김철수") || strings.Contains(body, kim)) {
			t.Errorf("the event says what must not be said: %s", body)
		}
	}
}

// Who has no receiver is told by the dead-letter queue alone, and nothing is kept.
func TestRejectedWithoutReceiver(t *testing.T) {
	r := newRig(t)
	r.options.WebhookURL = ""
	r.start()
	r.putText(r.options.Queues.Jobs, `{"type":"rematch","exam_code":"`+r.exam+`"}`)
	r.deadLetter()
	r.until("quiet", r.quiet)
	if kept := r.list("results/" + r.exam + "/"); len(kept) != 0 {
		t.Errorf("got %v, want nothing kept", kept)
	}
}

// A worker that dies between any two steps of refusing a message leaves what another
// one finishes: the message is a dead letter, and its event has one id and one body.
func TestDeathWhileRefusing(t *testing.T) {
	t.Parallel()
	for left := range 4 {
		t.Run(itoa(left), func(t *testing.T) {
			r := newRig(t)
			rc := newReceiver(t, status(http.StatusNoContent))
			r.options.WebhookURL = rc.URL
			r.options.Visibility = 2 * time.Second
			r.putText(r.options.Queues.Jobs, `{"type":"rematch","exam_code":"`+r.exam+`"}`)
			dying, kill := context.WithCancel(t.Context())
			defer kill()
			m := &mortal{since: "/", left: left, kill: kill}
			o := r.over(m)
			o.DrainTimeout = time.Nanosecond
			w := r.worker(o)
			var first sync.WaitGroup
			first.Go(func() { w.Run(dying) })
			<-dying.Done()
			first.Wait()
			r.start()
			r.deadLetter()
			r.until("the event", func() bool { return len(rc.rejections(t)) > 0 && r.quiet() })
			if got := rc.rejections(t); len(got) != 1 {
				t.Errorf("got %d events of one message: %+v", len(got), got)
			}
		})
	}
}

// A message that was refused stays refused when it comes again, even if it would be
// done by now: its sender was told otherwise.
func TestRefusedStaysRefused(t *testing.T) {
	r := newRig(t)
	rc := newReceiver(t, status(http.StatusNoContent))
	r.options.WebhookURL = rc.URL
	r.roster(kim)
	r.putText(r.options.Queues.Jobs, `{"exam_code":"`+r.exam+`","batch_id":"b","keys":["`+r.sheets(kim)[0]+`"]}`)
	out, err := r.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &r.options.Queues.Jobs, VisibilityTimeout: 1, WaitTimeSeconds: 5})
	must(t, err)
	must(t, r.store.CreateRecord(t.Context(), layout.Rejection(r.exam, jobs.RejectionID(*out.Messages[0].MessageId)), exam.Rejection{
		MessageID: *out.Messages[0].MessageId, ExamCode: r.exam, BatchID: "b", Reason: exam.RejectedManifest, Detail: "manifest_key: it came late", RejectedAt: time.Now(),
	}))
	r.start()
	if got := reasonOf(r.deadLetter()); !strings.Contains(got, "refused before: manifest_key: it came late") {
		t.Errorf("got reason %q", got)
	}
	r.until("the event", func() bool { return len(rc.rejections(t)) == 1 && r.quiet() })
	if kept := r.list("results/" + r.exam + "/b/"); len(kept) != 0 {
		t.Errorf("the batch was begun: %v", kept)
	}
}

// Where S3 refuses us the record of a refused message, that message becomes a dead
// letter all the same, its sender is told nothing, and nobody else waits.
func TestRejectionCantBeKept(t *testing.T) {
	r := newRig(t)
	rc := newReceiver(t, status(http.StatusNoContent))
	r.options.WebhookURL = rc.URL
	r.roster(kim)
	r.putText(r.options.Queues.Jobs, `{"type":"rematch","exam_code":"`+r.exam+`"}`)
	r.startWith(r.over(roundTrip(func(q *http.Request) (*http.Response, error) {
		if strings.Contains(q.URL.Path, "/"+layout.Rejections+"/") {
			return answer(q, http.StatusForbidden, `<Error><Code>AccessDenied</Code></Error>`), nil
		}
		return baseConfig.HTTPClient.Do(q)
	})))
	b := r.submit(jobs.Recognize{Keys: r.sheets(kim)})
	r.deadLetter()
	r.end(b, 1)
	if got := rc.rejections(t); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}
