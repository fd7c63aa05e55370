package credentials

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Numbers of the renewing.
const (
	askTimeout = 10 * time.Second
	// Credentials are renewed when a third of their life is left, at most so much,
	// less a jitter of up to a half of that: many workers that began together then
	// don't ask together.
	mostAhead    = 10 * time.Minute
	aheadShare   = 3
	firstRetry   = time.Second
	longestRetry = 30 * time.Second
	// soon is when the SDK's cache asks again while a renewal is under way.
	soon = 200 * time.Millisecond
	// leastApart is the least time between two renewals that S3 forces.
	leastApart = time.Second
)

// keeper holds credentials of a provider and renews them. It lies under the SDK's
// cache, which it tells when to ask again.
type keeper struct {
	source  aws.CredentialsProvider
	observe func(until time.Time, err error)

	mu      sync.Mutex
	held    aws.Credentials
	since   time.Time // when held came
	renewAt time.Time
	under   *renewal // under way, nil if none
	failed  error    // of the last renewal, nil if it went well
	tries   int      // that failed in a row
	retryAt time.Time
	used    time.Time
}

// renewal is one request for credentials.
type renewal struct {
	done chan struct{}
	err  error
}

// Retrieve implements aws.CredentialsProvider. What it returns ends, for the SDK's
// cache, when it should be asked again.
func (k *keeper) Retrieve(ctx context.Context) (aws.Credentials, error) {
	creds, wait, err := k.take(ctx)
	if err != nil || wait == nil {
		return creds, err
	}
	select {
	case <-wait.done:
	case <-ctx.Done():
		return aws.Credentials{}, fmt.Errorf("wait for credentials: %w", ctx.Err())
	}
	if wait.err != nil {
		return aws.Credentials{}, wait.err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.forCache(time.Now()), nil
}

// take returns what is held, and begins to renew it if that is due; or, if nothing
// can be used, what to wait for.
func (k *keeper) take(ctx context.Context) (aws.Credentials, *renewal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	k.used = now
	k.begin(ctx, now)
	switch {
	case k.usable(now):
		return k.forCache(now), nil, nil
	case k.under != nil:
		return aws.Credentials{}, k.under, nil
	}
	return aws.Credentials{}, nil, k.failed
}

func (k *keeper) usable(now time.Time) bool {
	return k.held.HasKeys() && (!k.held.CanExpire || now.Before(k.held.Expires))
}

func (k *keeper) due(now time.Time) bool {
	return !k.held.HasKeys() || k.held.CanExpire && !now.Before(k.renewAt)
}

// begin starts a renewal if one is due and none is under way.
func (k *keeper) begin(ctx context.Context, now time.Time) {
	if k.under != nil || !k.due(now) || now.Before(k.retryAt) {
		return
	}
	run := &renewal{done: make(chan struct{})}
	k.under = run
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	go func() {
		defer cancel()
		creds, err := k.source.Retrieve(ctx)
		k.settle(run, creds, err)
	}()
}

func (k *keeper) settle(run *renewal, creds aws.Credentials, err error) {
	k.mu.Lock()
	now := time.Now()
	if err != nil {
		k.failed = err
		k.retryAt = now.Add(min(firstRetry<<min(k.tries, 10), longestRetry))
		k.tries++
	} else {
		k.failed, k.tries, k.retryAt = nil, 0, time.Time{}
		k.held, k.since = creds, now
		ahead := min(creds.Expires.Sub(now)/aheadShare, mostAhead)
		k.renewAt = creds.Expires.Add(-ahead + time.Duration(rand.Int64N(int64(max(ahead/2, 1)))))
	}
	run.err, k.under = err, nil
	close(run.done)
	k.mu.Unlock()
	if k.observe != nil {
		k.observe(creds.Expires, err)
	}
}

// forCache is what is held, ending when the cache should ask again.
func (k *keeper) forCache(now time.Time) aws.Credentials {
	out := k.held
	if out.CanExpire {
		out.Expires = k.renewAt
		if !out.Expires.After(now) {
			out.Expires = now.Add(soon)
		}
	}
	return out
}

// forget drops credentials that S3 says have ended. A renewal that has brought
// others meanwhile is enough, and so is one that was a moment ago.
func (k *keeper) forget(accessKey string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held.AccessKeyID == accessKey && time.Since(k.since) >= leastApart {
		k.held, k.retryAt = aws.Credentials{}, time.Time{}
	}
}

// look renews if that is due and returns the state.
func (k *keeper) look(ctx context.Context, begin bool) Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	if begin {
		k.begin(ctx, now)
	}
	s := Status{
		Held: k.held.HasKeys(), SessionToken: k.held.SessionToken != "", Err: k.failed,
		Expired: k.held.HasKeys() && !k.usable(now),
	}
	if k.held.CanExpire {
		s.Expires = k.held.Expires
	}
	return s
}
