package sqslocal_test

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
)

// trySend is a send that may fail.
func (b *box) trySend(body string) error {
	_, err := b.client.SendMessage(b.Context(), &sqs.SendMessageInput{QueueUrl: b.url, MessageBody: &body})
	return err
}

func TestFaultsOfCalls(t *testing.T) {
	for name, test := range map[string]struct {
		faults sqslocal.Faults
		check  func(err error) bool
		stored string // the counts after one send
	}{
		"none":               {sqslocal.Faults{}, func(err error) bool { return err == nil }, "1 0 0"},
		"500":                {sqslocal.Faults{Error500: 1}, hasCode("InternalFailure"), "0 0 0"},
		"503":                {sqslocal.Faults{Error503: 1}, hasCode("ServiceUnavailable"), "0 0 0"},
		"reset":              {sqslocal.Faults{Reset: 1}, isReset, "0 0 0"},
		"lost after success": {sqslocal.Faults{Lost: 1}, isReset, "1 0 0"},
		"another operation":  {sqslocal.Faults{Reset: 1, Operations: []string{"DeleteMessage"}}, func(err error) bool { return err == nil }, "1 0 0"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t, sqslocal.Options{Faults: test.faults}, "q", nil)
			if err := b.trySend("x"); !test.check(err) {
				t.Errorf("send: got error %v", err)
			}
			b.server.SetFaults(sqslocal.Faults{})
			if got := b.counts(); got != test.stored {
				t.Errorf("counts: got %q, want %q", got, test.stored)
			}
		})
	}
}

func hasCode(code string) func(error) bool {
	return func(err error) bool {
		failure, ok := errors.AsType[interface {
			error
			ErrorCode() string
		}](err)
		return ok && failure.ErrorCode() == code
	}
}

func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

// Over a socket too, the client sees its connection break.
func TestResetOverSocket(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{Faults: sqslocal.Faults{Reset: 1}})
	c := dial(t, listen(t, s))
	if _, err := c.ListQueues(t.Context(), nil); !isReset(err) {
		t.Errorf("got %v, want a connection reset", err)
	}
}

func TestLimitEndsFaults(t *testing.T) {
	b := newBox(t, sqslocal.Options{Faults: sqslocal.Faults{Error503: 1, Limit: 2}}, "q", nil)
	for i, fails := range []bool{true, true, false, false} {
		if err := b.trySend("x"); (err != nil) != fails {
			t.Errorf("send %d: got error %v, want one: %v", i, err, fails)
		}
	}
}

func TestEntriesOfABatchFail(t *testing.T) {
	b := newBox(t, sqslocal.Options{}, "q", nil)
	b.send("x")
	b.send("y")
	got := b.receive(2)
	b.server.SetFaults(sqslocal.Faults{FailEntry: 1, Limit: 1})
	in := &sqs.DeleteMessageBatchInput{QueueUrl: b.url}
	for i, m := range got {
		in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: aws.String(fmt.Sprint(i)), ReceiptHandle: m.ReceiptHandle})
	}
	out, err := b.client.DeleteMessageBatch(t.Context(), in)
	if err != nil || len(out.Successful) != 1 || len(out.Failed) != 1 {
		t.Fatalf("got %v, %v, want one entry of two to fail", out, err)
	}
	if f := out.Failed[0]; *f.Id != "0" || *f.Code != "InternalError" || f.SenderFault {
		t.Errorf("failed entry: got %s, %s, sender's fault %v; want 0, InternalError, ours", *f.Id, *f.Code, f.SenderFault)
	}
	if got := b.counts(); got != "0 1 0" {
		t.Errorf("counts: got %q, want one message left", got)
	}
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, sqslocal.Options{Faults: sqslocal.Faults{Latency: time.Second, Jitter: time.Second}}, "q", nil)
		for range 20 {
			begin := time.Now()
			b.send("x")
			if took := time.Since(begin); took < time.Second || took > 2*time.Second {
				t.Errorf("a send took %v, want one to two seconds", took)
			}
		}
	})
}

func TestReorder(t *testing.T) {
	order := func(seed uint64) []string {
		b := newBox(t, sqslocal.Options{Faults: sqslocal.Faults{Seed: seed, Reorder: 1}}, "q", nil)
		for i := range 10 {
			b.send(fmt.Sprint(i))
		}
		return bodiesOf(b.receive(10))
	}
	first := order(1)
	if slices.IsSorted(first) {
		t.Errorf("got %q in order", first)
	}
	if again := order(1); !slices.Equal(first, again) {
		t.Errorf("the same seed gave %q, then %q", first, again)
	}
	if other := order(2); slices.Equal(first, other) {
		t.Errorf("another seed gave the same order")
	}
	slices.Sort(first)
	if len(slices.Compact(first)) != 10 {
		t.Errorf("got %q, want every message once", first)
	}
}

func TestDuplicate(t *testing.T) {
	b := newBox(t, sqslocal.Options{Faults: sqslocal.Faults{Duplicate: 1}}, "q", nil)
	sent := b.send("x")
	got := b.wants("twice in one batch", 10, "x", "x")
	for _, m := range got {
		if *m.MessageId != *sent.MessageId {
			t.Errorf("got id %s, want %s", *m.MessageId, *sent.MessageId)
		}
	}
	if *got[0].ReceiptHandle == *got[1].ReceiptHandle {
		t.Error("both copies have the same receipt handle")
	}
	if err := b.delete(got[0]); err != nil {
		t.Fatal(err)
	}
	if err := b.hide(got[1], 0); err != nil {
		t.Errorf("the second copy is gone with the first: %v", err)
	}
	b.wants("a copy has no copies", 10, "x")
}

func TestFIFOQueuesHaveNoDuplicatesAndKeepOrder(t *testing.T) {
	b := newBox(t, sqslocal.Options{Faults: sqslocal.Faults{Duplicate: 1, Reorder: 1}}, "q.fifo", nil)
	for i := range 5 {
		b.send(fmt.Sprint(i), "g")
	}
	b.wants("in order", 10, "0", "1", "2", "3", "4")
}

func TestUnderfill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, sqslocal.Options{Faults: sqslocal.Faults{Underfill: 1}}, "q", nil)
		const n = 200
		for range n {
			b.send("x")
		}
		empty, got := 0, 0
		for got < n/2 {
			batch := b.receive(10)
			if got += len(batch); len(batch) == 0 {
				empty++
			} else if len(batch) == 10 {
				t.Error("a receive was filled")
			}
		}
		if empty == 0 {
			t.Error("no short poll was empty")
		}
		for got < n {
			batch, err := b.poll(10, 600, 20)
			if got += len(batch); err != nil || len(batch) == 0 {
				t.Fatalf("a long poll got %d messages, %v, with some there", len(batch), err)
			}
		}
	})
}

func TestLateVisibility(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, sqslocal.Options{Faults: sqslocal.Faults{LateVisibility: 10 * time.Second}}, "q", nil)
		b.send("x")
		late := 0
		for range 20 {
			b.receive(1)
			begin := time.Now()
			got, err := b.poll(1, 0, 20)
			for len(got) == 0 && err == nil {
				got, err = b.poll(1, 0, 20)
			}
			took := time.Since(begin)
			if took < 30*time.Second || took > 40*time.Second {
				t.Fatalf("the message came back after %v, %v; want 30 to 40 s", took, err)
			}
			if took > 30*time.Second {
				late++
			}
			if err := b.hide(got[0], 0); err != nil {
				t.Fatal(err)
			}
		}
		if late == 0 {
			t.Error("the message never came late")
		}
	})
}
