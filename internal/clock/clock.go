// Package clock tells the time by the queue's clock. What workers write for each
// other, and what they compare with the queue's timestamps, must not depend on a
// machine whose clock is wrong or jumps: a roster that is waited for would count as
// missing, and a batch would end too early.
package clock

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// tolerance is how far a Date header may lie outside the time that its call took
// without being believed: it has whole seconds.
const tolerance = 5 * time.Second

// Clock goes by the machine's monotonic clock, which never jumps, and is set by the
// Date of the answers that it sees. A nil Clock is the machine's. It is safe for
// concurrent use.
type Clock struct {
	changed func(ahead time.Duration)

	mu    sync.Mutex
	start time.Time     // with its monotonic reading
	set   time.Duration // added to the machine's time at the start
	heard bool          // an answer had a time
}

// New makes a Clock that begins with the machine's time. changed, if it isn't nil, is
// told how far the machine is ahead whenever the Clock was set.
func New(changed func(ahead time.Duration)) *Clock {
	return &Clock{changed: changed, start: time.Now()}
}

// Now is the time, in UTC and without a monotonic reading: use Since and Until.
func (c *Clock) Now() time.Time {
	if c == nil {
		return time.Now().UTC()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	return c.start.Add(time.Since(c.start)).Round(0).Add(c.set).UTC()
}

// Since is how long ago t was.
func (c *Clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// Until is how long it is until t.
func (c *Clock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }

// Ahead is how far the machine's time is ahead of the Clock's, negative if it is
// behind.
func (c *Clock) Ahead() time.Duration {
	if c == nil {
		return 0
	}
	return time.Now().Round(0).Sub(c.Now())
}

// Heard reports whether an answer has told its time: until then the Clock is the machine's.
func (c *Clock) Heard() bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard
}

// saw sets the Clock if an answer was not written during its call, which began so long
// ago. An answer that is merely late says nothing of the time: a machine may stand
// still before it looks at it.
func (c *Clock) saw(date time.Time, took time.Duration) {
	c.mu.Lock()
	c.heard = true
	off := date.Add(time.Second / 2).Sub(c.now()) // the seconds are cut off
	far := off > tolerance || off < -took-tolerance
	if far {
		c.set += off
	}
	c.mu.Unlock()
	if far && c.changed != nil {
		c.changed(c.Ahead())
	}
}

// Follow sets the Clock by all answers of an AWS client that has this among its
// APIOptions.
func (c *Clock) Follow(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("Clock", c.follow), middleware.After) //nolint:wrapcheck // the SDK shows it
}

func (c *Clock) follow(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	began := time.Now()
	out, meta, err := next.HandleDeserialize(ctx, in)
	if answer, ok := out.RawResponse.(*smithyhttp.Response); ok && answer.Response != nil {
		if date, bad := http.ParseTime(answer.Header.Get("Date")); bad == nil {
			c.saw(date, time.Since(began))
		}
	}
	return out, meta, err //nolint:wrapcheck // the SDK's own
}
