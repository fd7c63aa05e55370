package worker

import (
	"context"
	"time"

	"go.uber.org/zap"

	"hakbeon/worker/queue"
	"hakbeon/worker/telemetry"
)

// observeEvery is how often queues and credentials are looked at: a call of the broker
// for each queue.
const observeEvery = 30 * time.Second

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
	q := w.opts.Queues
	for name, url := range map[string]string{
		telemetry.QueueJobs: q.Jobs, telemetry.QueueWork: q.Work, telemetry.QueueCallbacks: q.Callbacks, telemetry.QueueDead: q.DeadLetters,
	} {
		if counter, ok := w.opts.Broker(url).(queue.Counter); ok {
			w.count(ctx, counter, name)
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
func (w *Worker) count(ctx context.Context, counter queue.Counter, name string) {
	counts, err := counter.Count(ctx)
	if err != nil {
		if ctx.Err() == nil {
			w.log.Debug("could not count a queue", zap.String("queue", name), zap.Error(err))
		}
		counts = queue.Counts{Visible: -1, InFlight: -1, Delayed: -1}
	}
	w.metrics.Depth(name, "visible", counts.Visible)
	w.metrics.Depth(name, "in_flight", counts.InFlight)
	w.metrics.Depth(name, "delayed", counts.Delayed)
}
