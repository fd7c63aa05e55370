package deliver

import (
	"context"
	"strconv"

	"hakbeon/internal/clock"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
	"hakbeon/worker/telemetry"
)

// The attributes of a message on the result queue, which are a webhook's headers and
// the event's type.
const (
	AttributeID        = "webhook-id"
	AttributeTimestamp = "webhook-timestamp"
	AttributeSignature = "webhook-signature"
	AttributeType      = "webhook-type"
)

// nobodysGroup is the message group of events that name no exam; no exam can be called
// so.
const nobodysGroup = "_"

// Results is the queue on which a backend takes the events in place of webhooks, or
// beside them. It is safe for concurrent use.
type Results struct {
	to      *queue.Sender
	ordered bool
	secrets webhook.Secrets
	clock   *clock.Clock
}

// NewResults returns the queue as it takes events: standard or FIFO. Without secrets
// nothing is signed.
func NewResults(to queue.Driver, secrets webhook.Secrets, clock *clock.Clock) *Results {
	return &Results{to: queue.NewSender(to), ordered: to.Ordered(), secrets: secrets, clock: clock}
}

// put puts an event on the queue, in its exam's message group. On a FIFO queue its id
// has repeats within five minutes dropped.
func (r *Results) put(ctx context.Context, exam string, e *event) error {
	now := r.clock.Now()
	out := queue.Out{Body: string(e.body), Group: exam, Attributes: telemetry.Carried(ctx)}
	if out.Attributes == nil {
		out.Attributes = map[string]string{}
	}
	out.Attributes[AttributeID], out.Attributes[AttributeType] = e.id, e.kind
	out.Attributes[AttributeTimestamp] = strconv.FormatInt(now.Unix(), 10)
	if len(r.secrets) > 0 {
		out.Attributes[AttributeSignature] = r.secrets.Sign(e.id, now, e.body)
	}
	if out.Group == "" {
		out.Group = nobodysGroup
	}
	if r.ordered {
		out.Dedup = e.id
	}
	return r.to.Send(ctx, out)
}

// Test puts an event of type webhook.test on the queue, as all others are put, and
// returns its id.
func (r *Results) Test(ctx context.Context) (id string, err error) {
	id, body, err := webhook.TrialEvent(r.clock.Now())
	if err != nil {
		return id, err
	}
	return id, r.put(ctx, "", &event{id: id, kind: webhook.EventTest, body: body})
}
