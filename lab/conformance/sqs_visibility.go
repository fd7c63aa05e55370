package conformance

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func sqsVisibilityCases() []sqsCase {
	return []sqsCase{
		{"a received message is hidden, then comes again", hiddenThenAgain},
		{"the queue's visibility timeout is the default", queueVisibility},
		{"visibility can be prolonged", prolonged},
		{"visibility zero brings a message back at once", broughtBack},
		{"a deleted message never comes again", deletedForGood},
		{"deleting twice succeeds", deletedTwice},
		{"a handle from an earlier receive deletes nothing", staleDelete},
		{"the handle of an expired visibility still deletes", expiredDelete},
		{"visibility of a deleted message cannot change", hideDeleted},
		{"visibility beyond twelve hours is refused", hideTooLong},
		{"a made-up handle is ReceiptHandleIsInvalid", madeUpHandle},
	}
}

func hiddenThenAgain(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	first := q.one(4)
	begin := time.Now()
	q.silent(1)
	again := q.one(30)
	if took := time.Since(begin); took < 3*time.Second {
		t.Errorf("it was hidden for %v, want 4 s", took)
	}
	if *again.ReceiptHandle == *first.ReceiptHandle || *again.MessageId != *first.MessageId {
		t.Error("want the same message id with a new receipt handle")
	}
}

func queueVisibility(t *testing.T, k *sqsKit) {
	q := k.standard(t, map[string]string{"VisibilityTimeout": "2"})
	q.send("x")
	q.one(0)
	q.one(0)
}

func prolonged(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	m := q.one(2)
	for range 3 {
		time.Sleep(time.Second)
		q.hide(m, 2)
	}
	q.hide(m, 600)
	q.silent(3)
	q.finish(m)
}

func broughtBack(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	q.hide(q.one(600), 0)
	if n := receiveCount(t, q.one(600)); n < 2 {
		t.Errorf("receive count %d, want 2", n)
	}
}

func deletedForGood(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	q.finish(q.one(1))
	q.silent(3)
}

func deletedTwice(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	m := q.one(600)
	q.finish(m, m)
}

func staleDelete(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	stale := q.one(1)
	fresh := q.one(600)
	if err := q.tryDelete(stale); err != nil {
		t.Errorf("delete with the stale handle: %v, want success", err)
	}
	q.hide(fresh, 0)
	q.finish(q.one(600))
}

func expiredDelete(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	m := q.one(1)
	time.Sleep(2 * time.Second)
	q.finish(m)
	q.silent(2)
}

func hideDeleted(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	m := q.one(600)
	q.finish(m)
	sqsWants(t, "change visibility after delete", q.tryHide(m, 10),
		"InvalidParameterValue", "MessageNotInflight", "ReceiptHandleIsInvalid")
}

func hideTooLong(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	m := q.one(600)
	sqsWants(t, "43201", q.tryHide(m, 43201), "InvalidParameterValue")
	time.Sleep(2 * time.Second)
	sqsWants(t, "43200 two seconds after the receive", q.tryHide(m, 43200), "InvalidParameterValue")
}

func madeUpHandle(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	m := types.Message{ReceiptHandle: aws.String("made-up")}
	for what, err := range map[string]error{"delete": q.tryDelete(m), "change visibility": q.tryHide(m, 10)} {
		if _, ok := errors.AsType[*types.ReceiptHandleIsInvalid](err); !ok {
			t.Errorf("%s: got %v, want ReceiptHandleIsInvalid", what, err)
		}
	}
}
