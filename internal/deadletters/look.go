package deadletters

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"golang.org/x/sync/errgroup"

	"hakbeon/worker/queue/awssqs"
)

const (
	batchSize = 10
	// pollSeconds makes a receive a long poll, which asks all of SQS's servers.
	pollSeconds = 1
	// emptyRounds without anything new mean that all of the queue was seen.
	emptyRounds    = 2
	releaseTimeout = 20 * time.Second
	releasesAtOnce = 8
)

// API is the part of *sqs.Client that this package uses.
type API interface {
	awssqs.API
}

var _ API = (*sqs.Client)(nil)

// Box is a dead-letter queue.
type Box struct {
	api API
	url string
}

// New returns the dead-letter queue at the address.
func New(api API, url string) *Box { return &Box{api: api, url: url} }

// Found is what a look found.
type Found struct {
	Letters []Letter // the oldest first
	// Looked is how many messages were looked at.
	Looked int
	// Queued is how many messages the queue holds by SQS's own count, those that
	// others hold now included. It is approximate.
	Queued int
	// Cut: the look ended at its limit.
	Cut bool
}

// List returns the letters that the filter means.
func (b *Box) List(ctx context.Context, f Filter) (*Found, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	found, matches := &Found{}, f.matcher()
	var err error
	if found.Queued, err = b.queued(ctx); err != nil {
		return nil, err
	}
	found.Looked, found.Cut, err = b.look(ctx, f.limit(), func(_ context.Context, page, again []received) ([]received, error) {
		for _, r := range page {
			if matches(&r.Letter) {
				if f.Bodies {
					r.Letter.Body = r.body
				}
				found.Letters = append(found.Letters, r.Letter)
			}
		}
		if len(f.IDs) > 0 && len(found.Letters) == len(f.IDs) {
			return append(page, again...), errEnough
		}
		return append(page, again...), nil
	})
	slices.SortStableFunc(found.Letters, func(a, b Letter) int { return a.At.Compare(b.At) })
	return found, err
}

// errEnough ends a look before the queue's end.
var errEnough = errors.New("enough was seen")

// visitor sees a page of messages, and those that SQS delivered once more. What
// it returns stays on the queue.
type visitor func(ctx context.Context, page, again []received) (rest []received, err error)

// look has each message of the queue visited once. What the visits leave is given
// back at the end, whatever that is. It returns the number of messages, and
// whether it ended at the limit.
func (b *Box) look(ctx context.Context, limit int, visit visitor) (looked int, cut bool, err error) {
	seen := map[string]bool{}
	var held []string
	defer func() { err = errors.Join(err, b.release(ctx, held)) }()
	for empty := 0; empty < emptyRounds; {
		if len(seen) >= limit {
			return len(seen), true, nil
		}
		page, again, err := b.receive(ctx, limit, seen)
		if err != nil {
			return len(seen), false, err
		}
		if empty++; len(page) > 0 {
			empty = 0
		}
		rest, err := visit(ctx, page, again)
		for _, r := range rest {
			held = append(held, r.receipt)
		}
		if errors.Is(err, errEnough) {
			return len(seen), false, nil
		}
		if err != nil {
			return len(seen), false, err
		}
	}
	return len(seen), false, nil
}

// hidden is for how long a look takes messages off sight if it is killed.
func hidden(limit int) time.Duration {
	return min(max(time.Duration(limit)*10*time.Millisecond, time.Minute), 15*time.Minute)
}

// receive returns the messages that were not seen before, and those that came
// again.
func (b *Box) receive(ctx context.Context, limit int, seen map[string]bool) (fresh, again []received, err error) {
	out, err := b.api.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &b.url, MaxNumberOfMessages: int32(min(batchSize, limit-len(seen))), WaitTimeSeconds: pollSeconds,
		VisibilityTimeout:           int32(hidden(limit) / time.Second),
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		MessageAttributeNames:       []string{"All"},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("receive dead letters: %w", err)
	}
	for _, m := range out.Messages {
		r := newReceived(m)
		if seen[r.ID] {
			again = append(again, r)
			continue
		}
		seen[r.ID] = true
		fresh = append(fresh, r)
	}
	return fresh, again, nil
}

// release gives messages back at once. It goes on when ctx has ended: a look
// that was broken off must not hide anything.
func (b *Box) release(ctx context.Context, receipts []string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(releasesAtOnce)
	for chunk := range slices.Chunk(receipts, batchSize) {
		group.Go(func() error {
			in := &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &b.url}
			for i, receipt := range chunk {
				in.Entries = append(in.Entries, types.ChangeMessageVisibilityBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: &receipt})
			}
			// An entry that is refused belongs to another receiver by now.
			if _, err := b.api.ChangeMessageVisibilityBatch(ctx, in); err != nil {
				return fmt.Errorf("give dead letters back, which are hidden for some minutes now: %w", err)
			}
			return nil
		})
	}
	return group.Wait() //nolint:wrapcheck // wrapped above
}

func (b *Box) queued(ctx context.Context) (int, error) {
	out, err := b.api.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &b.url, AttributeNames: []types.QueueAttributeName{
			types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		},
	})
	if err != nil {
		return 0, fmt.Errorf("ask for the dead-letter queue's length: %w", err)
	}
	total := 0
	for _, value := range out.Attributes {
		n, _ := strconv.Atoi(value)
		total += n
	}
	return total, nil
}
