package worker

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"go.uber.org/zap"

	"hakbeon/s3store"
)

// observeEvery is how often queues and credentials are looked at: four calls of
// SQS each time.
const observeEvery = 30 * time.Second

// counter is the part of *sqs.Client that tells how much lies on a queue.
type counter interface {
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
}

// observe keeps the figures that nobody else brings: what lies on the queues, and
// when the credentials run out. Work never waits for it.
func (w *Worker) observe(ctx context.Context) {
	tick := time.NewTicker(observeEvery)
	defer tick.Stop()
	for {
		w.lookAround(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *Worker) lookAround(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, observeEvery)
	defer cancel()
	if client, ok := w.opts.SQS.(counter); ok {
		q := w.opts.Queues
		for name, url := range map[string]string{queueJobs: q.Jobs, queueWork: q.Work, queueCallbacks: q.Callbacks, queueDead: q.DeadLetters} {
			w.count(ctx, client, name, url)
		}
	}
	if w.opts.Credentials == nil {
		return
	}
	creds, err := w.opts.Credentials.Retrieve(ctx)
	switch {
	case err != nil:
		w.log.Debug("could not look at the credentials", zap.Error(err)) // who needs them says more
	case creds.CanExpire:
		w.metrics.expiry.Set(float64(creds.Expires.Unix()))
	default:
		w.metrics.expiry.Set(0)
	}
}

// count notes how much lies on a queue. What can't be told is taken away: an old
// figure would look like a quiet queue.
func (w *Worker) count(ctx context.Context, client counter, name, url string) {
	states := map[string]types.QueueAttributeName{
		"visible":   types.QueueAttributeNameApproximateNumberOfMessages,
		"in_flight": types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		"delayed":   types.QueueAttributeNameApproximateNumberOfMessagesDelayed,
	}
	in := &sqs.GetQueueAttributesInput{QueueUrl: &url}
	for _, attribute := range states {
		in.AttributeNames = append(in.AttributeNames, attribute)
	}
	out, err := client.GetQueueAttributes(ctx, in)
	if err != nil && ctx.Err() == nil {
		w.log.Debug("could not count a queue", zap.String("queue", name), zap.Error(err))
	}
	for state, attribute := range states {
		n := -1
		if err == nil {
			if v, err := strconv.Atoi(out.Attributes[string(attribute)]); err == nil {
				n = v
			}
		}
		if n < 0 {
			w.metrics.depth.DeleteLabelValues(name, state)
			continue
		}
		w.metrics.depth.WithLabelValues(name, state).Set(float64(n))
	}
}

const (
	// forgetAfter is when a batch that nobody has seen is somebody else's: its
	// finish message comes every two minutes.
	forgetAfter = 10 * time.Minute
	mostOpen    = 1000
)

// openBatches are the batches without an end that this process has lately seen.
type openBatches struct {
	mu   sync.Mutex
	seen map[s3store.Batch]openBatch
}

type openBatch struct {
	age  time.Duration // when it was seen
	seen time.Time
}

func newOpenBatches() *openBatches { return &openBatches{seen: map[s3store.Batch]openBatch{}} }

// saw notes a batch and how old it is.
func (o *openBatches) saw(b s3store.Batch, age time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, known := o.seen[b]; known || len(o.seen) < mostOpen {
		o.seen[b] = openBatch{age: age, seen: time.Now()}
	}
}

func (o *openBatches) close(b s3store.Batch) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.seen, b)
}

// oldest is the age of the oldest one, 0 for none.
func (o *openBatches) oldest(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	var age time.Duration
	for b, open := range o.seen {
		if now.Sub(open.seen) > forgetAfter {
			delete(o.seen, b)
			continue
		}
		age = max(age, open.age+now.Sub(open.seen))
	}
	return age
}

// ended notes an epoch that this process has brought to its end.
func (w *Worker) ended(b s3store.Batch, job s3store.Job, plan *s3store.Plan) {
	w.open.close(b)
	if plan.Epoch == 1 {
		w.metrics.batches.Observe(w.opts.Clock.Since(job.CreatedAt).Seconds())
	}
}
