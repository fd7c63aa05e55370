package worker

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"go.uber.org/zap"

	"hakbeon/worker/telemetry"
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
		for name, url := range map[string]string{telemetry.QueueJobs: q.Jobs, telemetry.QueueWork: q.Work, telemetry.QueueCallbacks: q.Callbacks, telemetry.QueueDead: q.DeadLetters} {
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
		w.metrics.Expires(creds.Expires)
	default:
		w.metrics.Expires(time.Time{})
	}
}

// count notes how much lies on a queue.
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
		w.metrics.Depth(name, state, n)
	}
}
