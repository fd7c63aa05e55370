package deadletters_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/internal/deadletters"
	"hakbeon/jobs"
	"hakbeon/lab/sqslocal"
)

func TestRedrive(t *testing.T) {
	for _, fifo := range [][]string{nil, {"jobs"}, {"jobs", "dead"}} {
		t.Run(fmt.Sprint("fifo ", fifo), func(t *testing.T) {
			r := newRig(t, fifo...)
			source := "jobs"
			if fifo != nil {
				source = "jobs.fifo"
			}
			job := `{"exam_code": "A", "batch_id": "b1", "keys": ["a.jpg"]}`
			r.die(source, "was wrong", job)
			r.die(source, "was wrong too", `{"exam_code": "B", "keys": ["a.jpg"]}`)
			moves, err := r.box.Redrive(t.Context(), deadletters.Filter{ExamCode: "A"}, r.origins)
			must(t, err)
			if len(moves) != 1 || moves[0].To != source || moves[0].Kept != "" || moves[0].Reason != "was wrong" {
				t.Errorf("got %+v", moves)
			}
			back := r.take(r.origins.Jobs)
			if len(back) != 1 || *back[0].Body != job {
				t.Fatalf("got %d messages back: %+v", len(back), back)
			}
			if a := back[0].MessageAttributes; len(a) != 1 || *a["trace"].StringValue != "abc" {
				t.Errorf("got attributes %v, want the sender's alone", a)
			}
			if got := r.visible(r.dead); got != "1 visible, 0 hidden" {
				t.Errorf("the dead-letter queue has %s", got)
			}
		})
	}
}

// A delivery begins its three days anew; everything goes to where it came from.
func TestRedriveAll(t *testing.T) {
	r := newRig(t)
	r.letters()
	found, err := r.box.List(t.Context(), deadletters.Filter{})
	must(t, err)
	planned := r.origins.Plan(found.Letters)
	moves, err := r.box.Redrive(t.Context(), deadletters.Filter{}, r.origins)
	must(t, err)
	if len(moves) != 5 || len(planned) != 5 {
		t.Errorf("got %d moves, planned %d, want 5", len(moves), len(planned))
	}
	if n, m := len(r.take(r.origins.Jobs)), len(r.take(r.origins.Work)); n != 3 || m != 1 {
		t.Errorf("got %d jobs and %d tasks, want 3 and 1", n, m)
	}
	back := r.take(r.origins.Callbacks)
	if len(back) != 1 {
		t.Fatalf("got %d deliveries", len(back))
	}
	d, err := jobs.ParseDelivery(*back[0].Body)
	must(t, err)
	if d.Attempt != 0 || !d.FirstTry.IsZero() || d.Sheet != sheet || d.Version != 3 {
		t.Errorf("got %+v", d)
	}
	if got := r.visible(r.dead); got != "0 visible, 0 hidden" {
		t.Errorf("the dead-letter queue has %s", got)
	}
}

// What does not say where it came from, or comes from elsewhere, stays: a job
// must not get onto our own queues by what its sender wrote into it.
func TestKept(t *testing.T) {
	for _, test := range []struct{ name, source, body, kept string }{
		{"task without origin", "", `{"type": "finish", "exam_code": "A", "batch_id": "b", "hop": 0}`, "nothing says"},
		{"scrap without origin", "", `x`, "nothing says"},
		{"another's", "somebody-elses", `{"exam_code": "A", "keys": ["a"]}`, "somebody-elses"},
		{"job without origin", "", `{"exam_code": "A", "keys": ["a"]}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.die(test.source, "", test.body)
			moves, err := r.box.Redrive(t.Context(), deadletters.Filter{}, r.origins)
			must(t, err)
			if len(moves) != 1 || (moves[0].Kept == "") != (test.kept == "") || !strings.Contains(moves[0].Kept, test.kept) {
				t.Errorf("got %+v, want kept %q", moves, test.kept)
			}
			want := map[bool]string{true: "0 visible, 0 hidden", false: "1 visible, 0 hidden"}[test.kept == ""]
			if got := r.visible(r.dead); got != want {
				t.Errorf("the dead-letter queue has %s, want %s", got, want)
			}
		})
	}
}

// What SQS itself moved tells its queue, whatever its sender claims.
func TestMovedBySQS(t *testing.T) {
	r := newRig(t)
	_, err := r.client.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: &r.origins.Jobs, Attributes: map[string]string{
		"RedrivePolicy": fmt.Sprintf(`{"deadLetterTargetArn": %q, "maxReceiveCount": 1}`, r.server.QueueARN("dead")),
	}})
	must(t, err)
	work := "work"
	_, err = r.client.SendMessage(t.Context(), &sqs.SendMessageInput{
		QueueUrl: &r.origins.Jobs, MessageBody: new(`{"type": "finish", "exam_code": "A", "batch_id": "b", "hop": 0}`),
		MessageAttributes: map[string]types.MessageAttributeValue{"hakbeon-source": {DataType: new("String"), StringValue: &work}},
	})
	must(t, err)
	for tries := 0; r.visible(r.dead) != "1 visible, 0 hidden"; tries++ { // the second finds it received once too often
		if tries == 10 {
			t.Fatalf("the message was not moved: jobs has %s", r.visible(r.origins.Jobs))
		}
		_, err := r.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &r.origins.Jobs, VisibilityTimeout: 1, WaitTimeSeconds: 2})
		must(t, err)
	}
	found, err := r.box.List(t.Context(), deadletters.Filter{})
	must(t, err)
	if len(found.Letters) != 1 || found.Letters[0].Source != "jobs" || !strings.Contains(found.Letters[0].Reason, "maxReceiveCount") {
		t.Errorf("got %+v", found.Letters)
	}
}

// An error of SQS leaves each letter on one queue at least, and hides none.
func TestRedriveFails(t *testing.T) {
	r := newRig(t)
	for i := range 25 {
		r.die("jobs", "bad", fmt.Sprintf(`{"exam_code": "E%d"}`, i))
	}
	failing := deadletters.New(failAfter{r.client, new(atomic.Int32), 12}, r.dead)
	moves, err := failing.Redrive(t.Context(), deadletters.Filter{}, r.origins)
	if err == nil || len(moves) == 25 {
		t.Fatalf("got %d moves, %v; want an error", len(moves), err)
	}
	back, left := r.take(r.origins.Jobs), r.take(r.dead)
	if len(back) != len(moves) || len(back)+len(left) != 25 {
		t.Errorf("%d went back, %d were told, %d are left", len(back), len(moves), len(left))
	}
}

// failAfter refuses to send more than so many messages.
type failAfter struct {
	*sqs.Client
	sent *atomic.Int32
	most int32
}

func (f failAfter) SendMessageBatch(ctx context.Context, in *sqs.SendMessageBatchInput, o ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error) {
	if f.sent.Add(int32(len(in.Entries))) > f.most {
		return nil, errors.New("no more")
	}
	return f.Client.SendMessageBatch(ctx, in, o...)
}

// Messages that SQS delivers twice go back, and all their copies with them.
func TestRedriveUnkind(t *testing.T) {
	r := newRig(t)
	for i := range 40 {
		r.die("jobs", "bad", fmt.Sprintf(`{"exam_code": "E%d"}`, i))
	}
	r.server.SetFaults(sqslocal.Faults{Reorder: 0.5, Duplicate: 0.3, Underfill: 0.5})
	moves, err := r.box.Redrive(t.Context(), deadletters.Filter{}, r.origins)
	must(t, err)
	r.server.SetFaults(sqslocal.Faults{})
	if back := r.take(r.origins.Jobs); len(moves) != 40 || len(back) != 40 || r.visible(r.dead) != "0 visible, 0 hidden" {
		t.Errorf("%d moves, %d went back, the dead-letter queue has %s", len(moves), len(back), r.visible(r.dead))
	}
}
