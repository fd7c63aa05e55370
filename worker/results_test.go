package worker_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/webhook"
	"hakbeon/worker/deliver"
)

// signingSeed is of a key pair that signs beside the secret.
const signingSeed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="

// queued is an event as the result queue gave it out.
type queued struct {
	id, kind, body, group, dedup string
	attributes                   map[string]types.MessageAttributeValue
}

// resultQueue has the worker put events on a queue of this name.
func (r *rig) resultQueue(name string) {
	r.t.Helper()
	attributes := map[string]string{}
	if strings.HasSuffix(name, ".fifo") {
		attributes["FifoQueue"] = "true"
	}
	path, err := r.sqs.CreateQueue(name, attributes)
	must(r.t, err)
	r.options.Queues.Results = strings.TrimSuffix(r.options.Queues.Callbacks, "/callbacks") + path[strings.LastIndex(path, "/"):]
	r.options.Secrets, err = webhook.ParseSecrets(stack.Env["WEBHOOK_SECRET"])
	must(r.t, err)
	pair, err := webhook.ParseSigningKeys("whsk_" + signingSeed)
	must(r.t, err)
	r.options.Secrets = append(r.options.Secrets, pair...)
}

// results takes the events off the result queue, in order.
func (r *rig) results() []queued {
	r.t.Helper()
	var all []queued
	for {
		out, err := r.client.ReceiveMessage(r.t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &r.options.Queues.Results, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})
		must(r.t, err)
		if len(out.Messages) == 0 {
			return all
		}
		for _, m := range out.Messages {
			all = append(all, queued{
				id: aws.ToString(m.MessageAttributes[deliver.AttributeID].StringValue), kind: aws.ToString(m.MessageAttributes[deliver.AttributeType].StringValue),
				body: *m.Body, group: m.Attributes["MessageGroupId"], dedup: m.Attributes["MessageDeduplicationId"], attributes: m.MessageAttributes,
			})
			_, err := r.client.DeleteMessage(r.t.Context(), &sqs.DeleteMessageInput{QueueUrl: &r.options.Queues.Results, ReceiptHandle: m.ReceiptHandle})
			must(r.t, err)
		}
	}
}

// verified fails unless the attributes sign the body as a webhook's headers would.
func (q *queued) verified(t *testing.T) {
	t.Helper()
	header := http.Header{}
	for attribute, name := range map[string]string{
		deliver.AttributeID: webhook.HeaderID, deliver.AttributeTimestamp: webhook.HeaderTimestamp, deliver.AttributeSignature: webhook.HeaderSignature,
	} {
		header.Set(name, aws.ToString(q.attributes[attribute].StringValue))
	}
	secrets, err := webhook.ParseSecrets(stack.Env["WEBHOOK_SECRET"])
	must(t, err)
	pair, err := webhook.ParseSigningKeys("whsk_" + signingSeed)
	must(t, err)
	public, err := webhook.ParseReceiverKeys(strings.Join(pair.PublicKeys(), ","))
	must(t, err)
	for name, keys := range map[string]webhook.Secrets{"the secret": secrets, "the public key": public} {
		if err := webhook.Verify(keys, header, []byte(q.body), time.Now()); err != nil {
			t.Errorf("%s, by %s: %v", q.id, name, err)
		}
	}
	var in struct {
		Type string `json:"type"`
	}
	must(t, json.Unmarshal([]byte(q.body), &in))
	if in.Type != q.kind {
		t.Errorf("%s: the attribute says %q, the body %q", q.id, q.kind, in.Type)
	}
}

// The result queue gets the events that receivers get, all of them, with the same ids
// and bodies, whatever kind of queue it is and whoever's receiver that is.
func TestResultQueue(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"results", "results.fifo"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			configured, own := newReceiver(t, status(http.StatusOK)), newReceiver(t, status(http.StatusOK))
			r.options.WebhookURL = configured.URL
			r.resultQueue(name)
			r.roster(kim, lee)
			keys := r.sheets(kim, "", "!")
			r.start()
			r.end(r.submit(jobs.Recognize{Keys: keys, BatchID: "a"}), 1)
			r.end(r.submit(jobs.Recognize{Keys: keys, BatchID: "b", CallbackURL: own.URL}), 1)
			r.putText(r.options.Queues.Jobs, `{"type":"rematch","exam_code":"`+r.exam+`"}`)
			r.deadLetter()
			r.until("quiet", r.quiet)
			want := map[string]string{}
			for _, rc := range []*receiver{configured, own} {
				bodies, ids := rc.got()
				for i := range ids {
					want[ids[i]] = bodies[i]
				}
			}
			got, kinds := map[string]string{}, map[string]bool{}
			for _, q := range r.results() {
				q.verified(t)
				got[q.id], kinds[q.kind] = q.body, true
				if q.group != r.exam || (q.dedup == q.id) != strings.HasSuffix(name, ".fifo") {
					t.Errorf("%s: got group %q and deduplication id %q", q.id, q.group, q.dedup)
				}
			}
			// A version 1 that was overtaken on the way to one target may have got to the other.
			for id, body := range want {
				if other, ok := got[id]; ok && other != body {
					t.Errorf("%s: the receiver got %s, the queue %s", id, body, other)
				}
				if _, ok := got[id]; !ok && !strings.Contains(body, `"version":1,"final":false`) {
					t.Errorf("the queue did not get %s", body)
				}
			}
			for _, kind := range []string{exam.EventRecognized, exam.EventNeedsReview, exam.EventFailed, exam.EventCompleted, exam.EventRejected} {
				if !kinds[kind] {
					t.Errorf("the queue got no %s", kind)
				}
			}
		})
	}
}

// With a result queue there are events although nobody has a receiver; one that names
// no exam has a group all the same.
func TestResultQueueAlone(t *testing.T) {
	r := newRig(t)
	r.options.WebhookURL = ""
	r.resultQueue("results.fifo")
	r.roster(kim)
	keys := r.sheets(kim)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.putText(r.options.Queues.Jobs, `no JSON`)
	r.deadLetter()
	r.until("quiet", r.quiet)
	var kinds []string
	for _, q := range r.results() {
		q.verified(t)
		if kinds = append(kinds, q.kind); q.group == "" {
			t.Errorf("%s has no group", q.kind)
		}
	}
	if !slices.Contains(kinds, exam.EventCompleted) || !slices.Contains(kinds, exam.EventRejected) {
		t.Errorf("got %v", kinds)
	}
	// Old copies go when the queue has the news.
	r.say(b, keys[0], lee)
	r.end(b, 2)
	var messages strings.Builder
	must(t, r.sqs.Save(&messages))
	if !strings.Contains(messages.String(), `\"sweep\"`) {
		t.Error("nobody sweeps the copies that the sheet has no more")
	}
}

// A receiver that is down keeps nothing from the result queue, and what it is told again
// the queue is not.
func TestResultQueueWithReceiverDown(t *testing.T) {
	r := newRig(t)
	rc := newReceiver(t, status(http.StatusInternalServerError))
	r.options.WebhookURL = rc.URL
	r.resultQueue("results")
	r.roster(kim)
	stop := r.start()
	r.end(r.submit(jobs.Recognize{Keys: r.sheets(kim)}), 1)
	ended := func(q queued) bool { return q.kind == exam.EventCompleted }
	if got := r.results(); !slices.ContainsFunc(got, ended) {
		t.Errorf("the queue got no end of the batch: %+v", got)
	}
	before, _ := rc.got()
	r.until("the receiver to be tried again", func() bool { now, _ := rc.got(); return len(now) > len(before)+1 })
	stop()
	if again := r.results(); len(again) > 0 {
		t.Errorf("the queue got more as the receiver was tried again: %+v", again)
	}
}

// A result queue that takes nothing is tried again by messages of its own; receivers
// are told meanwhile, and once, and work goes on.
func TestResultQueueDown(t *testing.T) {
	r := newRig(t)
	rc := newReceiver(t, status(http.StatusOK))
	r.options.WebhookURL = rc.URL
	r.resultQueue("results")
	r.roster(kim)
	stop := r.startWith(r.over(roundTrip(func(q *http.Request) (*http.Response, error) {
		if q.Body != nil && strings.Contains(q.Header.Get("X-Amz-Target"), "SendMessage") {
			body, err := io.ReadAll(q.Body)
			if err != nil {
				return nil, err
			}
			q.Body = io.NopCloser(strings.NewReader(string(body)))
			if strings.Contains(string(body), r.options.Queues.Results) {
				return answer(q, http.StatusForbidden, `{"__type":"com.amazonaws.sqs#AccessDeniedException","message":"no"}`), nil
			}
		}
		return baseConfig.HTTPClient.Do(q)
	})))
	r.end(r.submit(jobs.Recognize{Keys: r.sheets(kim)}), 1)
	stop()
	completed := 0
	bodies, _ := rc.got()
	for _, body := range bodies {
		if isCompleted(body) {
			completed++
		}
	}
	if completed != 1 {
		t.Errorf("the receiver got %d ends of the batch, want 1", completed)
	}
	waiting := r.deliveries()
	for _, d := range waiting {
		if d.To != jobs.ToQueue || d.Attempt == 0 || d.NotBefore.IsZero() {
			t.Errorf("waits: %+v", d)
		}
	}
	if len(waiting) < 2 {
		t.Errorf("%d deliveries wait for the queue, want 2", len(waiting))
	}
	r.start() // as the queue is back
	var got []queued
	for _, d := range waiting {
		d.NotBefore = time.Time{}
		r.put(r.options.Queues.Callbacks, &d)
	}
	r.until("the end on the queue", func() bool {
		got = append(got, r.results()...)
		return slices.ContainsFunc(got, func(q queued) bool { return q.kind == exam.EventCompleted })
	})
}
