package webhook

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"
)

// EventTest is the type of an event that somebody asked for to see whether events
// arrive: it tells of no sheet.
const EventTest = "webhook.test"

// TrialEvent makes an event of type [EventTest] of that time, with an id of its own.
func TrialEvent(at time.Time) (id string, body []byte, err error) {
	const data = `{"success":true,"message":"a test: your receiver is reached, and this signature is made with the secret that you share"}`
	body, err = Body(EventTest, at, json.RawMessage(data))
	return EventID(EventTest, rand.Text()), body, err
}

// PostTest posts an event of type [EventTest], signed as all are, and returns its id.
// It is tried once; each call is an event of its own. Errors are those of Post.
func (c *Client) PostTest(ctx context.Context, url string) (id string, err error) {
	id, body, err := TrialEvent(c.now())
	if err != nil {
		return id, err
	}
	return id, c.Post(ctx, url, id, body)
}
