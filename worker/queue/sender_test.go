package queue_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// ledger takes batches of messages, as SQS would, and keeps them.
type ledger struct {
	mu      sync.Mutex
	batches [][]types.SendMessageBatchRequestEntry
	answer  func(call int, e types.SendMessageBatchRequestEntry) string // a code, or "" for success, or "silence"
}

func (l *ledger) take(_ context.Context, in *sqs.SendMessageBatchInput) (*sqs.SendMessageBatchOutput, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batches = append(l.batches, in.Entries)
	out := &sqs.SendMessageBatchOutput{}
	for _, e := range in.Entries {
		code := ""
		if l.answer != nil {
			code = l.answer(len(l.batches), e)
		}
		switch code {
		case "":
			out.Successful = append(out.Successful, types.SendMessageBatchResultEntry{Id: e.Id})
		case "silence":
		default:
			out.Failed = append(out.Failed, refusal(e.Id, code))
		}
	}
	return out, nil
}

// sizes are the numbers of entries of the calls.
func (l *ledger) sizes() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sizes []int
	for _, b := range l.batches {
		sizes = append(sizes, len(b))
	}
	return sizes
}

// newLedger is a Sender to a ledger.
func newLedger(answer func(int, types.SendMessageBatchRequestEntry) string) (*ledger, *queue.Sender) {
	l := &ledger{answer: answer}
	return l, queue.NewSender(awssqs.Open(&tap{onSend: l.take}, "http://sqs.test/0/work"))
}

func outs(bodies ...string) []queue.Out {
	var all []queue.Out
	for _, body := range bodies {
		all = append(all, queue.Out{Body: body})
	}
	return all
}

func TestSendFillsBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newLedger(nil)
		since := time.Now()
		if err := s.SendAll(t.Context(), outs(numbers(75)...)); err != nil {
			t.Fatal(err)
		}
		if got := l.sizes(); len(got) != 8 || slices.Max(got) != 10 {
			t.Errorf("got calls of %v entries, want seven of 10 and one of 5", got)
		}
		for _, batch := range l.batches {
			for i, e := range batch {
				if *e.Id != strconv.Itoa(i) {
					t.Errorf("got id %s of entry %d: ids must be distinct", *e.Id, i)
				}
			}
		}
		if err := s.Send(t.Context(), queue.Out{Body: "alone"}); err != nil {
			t.Fatal(err)
		}
		between(t, "took", time.Since(since), 0, 20*time.Millisecond)
	})
}

// A call carries at most 1 MiB, attributes included.
func TestSendSplitsByBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newLedger(nil)
		big := strings.Repeat("x", 300<<10)
		var all []queue.Out
		for range 10 {
			all = append(all, queue.Out{Body: big, Attributes: map[string]string{"a": big[:50<<10]}})
		}
		if err := s.SendAll(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		if got := l.sizes(); !slices.Equal(got, []int{2, 2, 2, 2, 2}) {
			t.Errorf("got calls of %v entries, want two of 350 KiB each", got)
		}
		whole := strings.Repeat("x", 1<<20)
		if err := s.SendAll(t.Context(), outs(whole, "small", whole)); err != nil {
			t.Fatal(err)
		}
		if got := l.sizes()[5:]; len(got) != 3 || slices.Max(got) != 1 {
			t.Errorf("got calls of %v entries, want each alone", got)
		}
		err := s.Send(t.Context(), queue.Out{Body: whole, Attributes: map[string]string{"a": "b"}})
		if err == nil || !strings.Contains(err.Error(), "send to work: the message has 1048584 bytes") {
			t.Errorf("got error %v of a message that is too long", err)
		}
		if n := len(l.sizes()); n != 8 {
			t.Errorf("got %d calls, want none for the message that is too long", n)
		}
	})
}

// Each message has its own outcome, whatever becomes of the others in its call.
func TestSendReadsEveryEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newLedger(func(call int, e types.SendMessageBatchRequestEntry) string {
			switch *e.MessageBody {
			case "hopeless":
				return "InvalidMessageContents"
			case "unlucky":
				return "InternalError"
			case "ignored":
				return "silence"
			case "second time":
				if call == 1 {
					return "InternalError"
				}
			}
			return ""
		})
		errs := map[string]error{}
		var mu sync.Mutex
		var all sync.WaitGroup
		for _, body := range []string{"good", "hopeless", "unlucky", "ignored", "second time"} {
			all.Go(func() {
				err := s.Send(t.Context(), queue.Out{Body: body})
				mu.Lock()
				defer mu.Unlock()
				errs[body] = err
			})
		}
		all.Wait()
		if errs["good"] != nil || errs["second time"] != nil {
			t.Errorf("got errors %v", errs)
		}
		entry, ok := errors.AsType[*queue.EntryError](errs["hopeless"])
		if !ok || entry.Code != "InvalidMessageContents" || !entry.SenderFault {
			t.Errorf("got %v, want the entry's error", errs["hopeless"])
		}
		if _, ok := errors.AsType[*queue.EntryError](errs["unlucky"]); !ok {
			t.Errorf("got %v, want the entry's error", errs["unlucky"])
		}
		if err := errs["ignored"]; err == nil || !strings.Contains(err.Error(), "said nothing") {
			t.Errorf("got %v of an entry that the answer passes over", err)
		}
		sent := map[string]int{}
		for _, batch := range l.batches {
			for _, e := range batch {
				sent[*e.MessageBody]++
			}
		}
		for body, want := range map[string]int{"good": 1, "hopeless": 1, "second time": 2, "unlucky": 3, "ignored": 3} {
			if sent[body] != want {
				t.Errorf("%s was sent %d times, want %d", body, sent[body], want)
			}
		}
	})
}

func TestOutOnTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newLedger(nil)
		if s.Name() != "work" {
			t.Errorf("got name %q", s.Name())
		}
		for _, out := range []queue.Out{
			{Body: "plain"},
			{Body: "full", Group: "exam", Dedup: "d", Delay: 1500 * time.Millisecond, Attributes: map[string]string{"a": "1", "empty": ""}},
			{Body: "late", Delay: time.Hour, Attributes: map[string]string{"empty": ""}},
		} {
			if err := s.Send(t.Context(), out); err != nil {
				t.Fatal(err)
			}
		}
		plain, full, late := l.batches[0][0], l.batches[1][0], l.batches[2][0]
		if plain.MessageGroupId != nil || plain.MessageDeduplicationId != nil || plain.DelaySeconds != 0 || plain.MessageAttributes != nil {
			t.Errorf("got %+v of a plain message", plain)
		}
		if *full.MessageGroupId != "exam" || *full.MessageDeduplicationId != "d" || full.DelaySeconds != 2 {
			t.Errorf("got %+v of a full message", full)
		}
		if len(full.MessageAttributes) != 1 || *full.MessageAttributes["a"].StringValue != "1" {
			t.Errorf("got attributes %v, want the one that isn't empty", full.MessageAttributes)
		}
		if late.DelaySeconds != 900 || late.MessageAttributes != nil {
			t.Errorf("got %+v, want the longest delay and no attributes", late)
		}
	})
}

// A caller that goes away neither waits nor sends, and its message's neighbours go.
func TestSendEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newLedger(nil)
		gone, cancel := context.WithCancelCause(t.Context())
		cancel(errOutage)
		if err := s.Send(gone, queue.Out{Body: "x"}); !errors.Is(err, errOutage) {
			t.Errorf("got %v, want the context's cause", err)
		}
		time.Sleep(time.Second)
		if n := len(l.sizes()); n != 0 {
			t.Errorf("got %d calls for one that is gone", n)
		}
		leaving, leave := context.WithTimeout(t.Context(), time.Millisecond)
		defer leave()
		var all sync.WaitGroup
		all.Go(func() {
			if err := s.Send(leaving, queue.Out{Body: "left"}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v of one that left", err)
			}
		})
		all.Go(func() {
			if err := s.Send(t.Context(), queue.Out{Body: "stays"}); err != nil {
				t.Errorf("got %v of its neighbour", err)
			}
		})
		all.Wait()
	})
}

// A call that hangs is given up, and tried again.
func TestSendThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		s := queue.NewSender(awssqs.Open(&tap{onSend: func(ctx context.Context, in *sqs.SendMessageBatchInput) (*sqs.SendMessageBatchOutput, error) {
			if calls++; calls == 1 {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return (&ledger{}).take(ctx, in)
		}}, "http://sqs.test/0/work"))
		since := time.Now()
		if err := s.Send(t.Context(), queue.Out{Body: "x"}); err != nil {
			t.Error(err)
		}
		between(t, "sent after", time.Since(since), 30*time.Second, 31*time.Second)
	})
}

// SendAll ends with the first error instead of trying all the others too.
func TestSendAllEndsWithTheFirstError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newLedger(func(int, types.SendMessageBatchRequestEntry) string { return "InternalError" })
		since := time.Now()
		err := s.SendAll(t.Context(), outs(numbers(1000)...))
		if _, ok := errors.AsType[*queue.EntryError](err); !ok {
			t.Errorf("got %v, want the first entry's error", err)
		}
		between(t, "ended after", time.Since(since), 100*time.Millisecond, 2*time.Second)
		if n := len(l.sizes()); n > 60 {
			t.Errorf("got %d calls", n)
		}
		if err := s.SendAll(t.Context(), nil); err != nil {
			t.Errorf("got %v of no messages", err)
		}
	})
}

// With an SQS in trouble all of a thousand messages arrive; where an answer was
// lost, twice.
func TestSendAllThroughTrouble(t *testing.T) {
	t.Parallel()
	b := newSocketBed(t)
	b.server.SetFaults(sqslocal.Faults{
		Seed: 5, Operations: []string{"SendMessageBatch"}, Lost: 0.15, Reset: 0.05, Error503: 0.05, FailEntry: 0.005,
	})
	if err := b.sender("jobs").SendAll(t.Context(), outs(numbers(1000)...)); err != nil {
		t.Fatal(err)
	}
	arrived := map[string]int{}
	for _, m := range b.peek("jobs") {
		arrived[*m.Body]++
	}
	twice := 0
	for _, n := range arrived {
		twice += n - 1
	}
	if len(arrived) != 1000 || twice == 0 {
		t.Errorf("got %d of 1000 messages, %d of them again; want all, some again", len(arrived), twice)
	}
}

// A FIFO queue drops what it has had, so even a lost answer doubles nothing.
func TestSendToFIFO(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.server.SetFaults(sqslocal.Faults{Lost: 1, Limit: 1, Operations: []string{"SendMessageBatch"}})
		out := queue.Out{Body: "x", Group: "exam", Dedup: "1"}
		if err := b.sender("jobs.fifo").Send(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		b.wantPeek("after", "jobs.fifo", "x")
		out.Dedup = ""
		err := b.sender("jobs.fifo").Send(t.Context(), out)
		if entry, ok := errors.AsType[*queue.EntryError](err); !ok || !entry.SenderFault {
			t.Errorf("got %v of a message without deduplication id, want the sender's fault", err)
		}
	})
}
