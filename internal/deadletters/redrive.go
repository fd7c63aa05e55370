package deadletters

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/jobs"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// Origins are the addresses of the queues that letters come from.
type Origins struct{ Jobs, Work, Callbacks string }

// Move is what becomes, or would become, of a letter.
type Move struct {
	Letter
	To   string `json:"to,omitempty"`   // the queue's name
	Kept string `json:"kept,omitempty"` // why it stays where it is
}

// Plan tells where the letters would go.
func (o Origins) Plan(letters []Letter) []Move {
	moves := make([]Move, len(letters))
	for i, l := range letters {
		url, kept := o.of(&l)
		moves[i] = Move{Letter: l, To: name(url), Kept: kept}
	}
	return moves
}

// of is the address of the queue that the letter came from, or why there is none.
// What says nothing of its origin can only be a job: a sender may write what it
// likes into a body, and must not get it onto our own queues by that.
func (o Origins) of(l *Letter) (url, kept string) {
	if l.Source == "" {
		switch l.Kind {
		case jobs.TypeRecognize, jobs.TypeResolve, jobs.TypeRematch:
			return o.Jobs, ""
		}
		return "", "nothing says which queue it came from"
	}
	for _, url := range []string{o.Jobs, o.Work, o.Callbacks} {
		if name(url) == l.Source {
			return url, ""
		}
	}
	return "", "it came from " + l.Source + ", which is none of the configured queues"
}

func name(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

// Redrive sends the letters that the filter means back to where they came from,
// and takes them off the dead-letter queue. A delivery begins its three days
// anew. After an error of SQS the moves made so far are returned; a letter may
// then be on both queues, which every handler bears.
func (b *Box) Redrive(ctx context.Context, f Filter, to Origins) ([]Move, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	van := &van{to: to, matches: f.matcher(), senders: map[string]*queue.Sender{}, sent: map[string]bool{}}
	for _, url := range []string{to.Jobs, to.Work, to.Callbacks} {
		van.senders[url] = queue.NewSender(awssqs.Open(b.api, url))
	}
	var moves []Move
	_, _, err := b.look(ctx, f.limit(), func(ctx context.Context, page, again []received) ([]received, error) {
		sent, rest, pageMoves, err := van.carry(ctx, page)
		moves = append(moves, pageMoves...)
		gone, left := van.split(again)
		rest = append(rest, left...)
		err = errors.Join(err, b.delete(ctx, append(sent, gone...)))
		if err == nil && len(f.IDs) > 0 && len(moves) >= len(f.IDs) {
			err = errEnough
		}
		return rest, err
	})
	return moves, err
}

// van carries letters back.
type van struct {
	to      Origins
	matches func(*Letter) bool
	senders map[string]*queue.Sender
	sent    map[string]bool // by id
}

// split tells the copies of letters that were sent back from others.
func (v *van) split(again []received) (gone, left []received) {
	for _, r := range again {
		if v.sent[r.ID] {
			gone = append(gone, r)
		} else {
			left = append(left, r)
		}
	}
	return gone, left
}

// carry sends what is meant of a page, all at once, and says what was sent and
// what stays.
func (v *van) carry(ctx context.Context, page []received) (sent, rest []received, moves []Move, err error) {
	errs := make([]error, len(page))
	var all sync.WaitGroup
	for i, r := range page {
		if url, kept := v.to.of(&r.Letter); kept == "" && v.matches(&r.Letter) {
			all.Go(func() { errs[i] = v.senders[url].Send(ctx, r.out(url)) })
		}
	}
	all.Wait()
	for i, r := range page {
		url, kept := v.to.of(&r.Letter)
		if errs[i] != nil || kept != "" || !v.matches(&r.Letter) {
			rest = append(rest, r)
		} else {
			sent = append(sent, r)
			v.sent[r.ID] = true
		}
		if errs[i] == nil && v.matches(&r.Letter) {
			moves = append(moves, Move{Letter: r.Letter, To: name(url), Kept: kept})
		}
	}
	return sent, rest, moves, errors.Join(errs...)
}

// out is the letter as a message to the queue that it came from.
func (r *received) out(url string) queue.Out {
	out := queue.Out{Body: r.body, Group: r.group, Attributes: r.attributes}
	if d, err := jobs.ParseDelivery(r.body); err == nil {
		d.Attempt, d.FirstTry, d.NotBefore = 0, time.Time{}, time.Time{}
		if body, err := jobs.Encode(d); err == nil {
			out.Body = body
		}
	}
	if strings.HasSuffix(url, ".fifo") {
		// Its own id, and not the body's hash: it may have been sent within the last
		// five minutes, and SQS would swallow it.
		out.Group, out.Dedup = cmp.Or(r.group, r.ExamCode, r.ID), r.ID
	}
	return out
}

// delete takes letters off the queue. One that was sent must go even if the
// caller's time is over.
func (b *Box) delete(ctx context.Context, letters []received) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	for chunk := range slices.Chunk(letters, batchSize) {
		in := &sqs.DeleteMessageBatchInput{QueueUrl: &b.url}
		for i, r := range chunk {
			in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: &r.receipt})
		}
		out, err := b.api.DeleteMessageBatch(ctx, in)
		if err != nil {
			return fmt.Errorf("take redriven letters off the dead-letter queue: %w", err)
		}
		for _, f := range out.Failed {
			return fmt.Errorf("take a redriven letter off the dead-letter queue: %s", aws.ToString(f.Code))
		}
	}
	return nil
}
