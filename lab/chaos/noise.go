package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"hakbeon/lab/faultproxy"
)

// noise is what goes wrong by chance, between all calls.
type noise struct {
	rate float64 // share of calls that meet a fault, delays apart

	mu     sync.Mutex
	random *rand.Rand
	// storms are services that do nothing until some time, by their name.
	storms map[string]time.Time
	delays int
	stormy int // storms so far
}

func newNoise(seed uint64, rate float64) *noise {
	return &noise{rate: rate, random: rand.New(rand.NewPCG(seed, 1)), storms: map[string]time.Time{}}
}

const (
	stormEvery  = 10 * time.Second
	stormAtMost = 2 * time.Second
	delayAtMost = 400 * time.Millisecond
	// longDelay is beyond a heartbeat, and below the visibility.
	longDelay = 2 * time.Second
)

// run raises storms until ctx ends: now S3, now SQS answers nobody.
func (n *noise) run(ctx context.Context) {
	for n.rate > 0 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(stormEvery):
		}
		n.mu.Lock()
		service := []string{"s3", "sqs"}[n.random.IntN(2)]
		n.storms[service] = time.Now().Add(time.Duration(n.random.Int64N(int64(stormAtMost))))
		n.stormy++
		n.mu.Unlock()
	}
}

// request decides what happens to a call before it is passed on.
func (n *noise) request(ctx context.Context, service string) faultproxy.Fault {
	fault, delay := n.draw(service)
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
		}
	}
	return fault
}

func (n *noise) draw(service string) (faultproxy.Fault, time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.rate == 0 {
		return faultproxy.None, 0
	}
	if time.Now().Before(n.storms[service]) {
		return n.pick(faultproxy.SlowDown, faultproxy.SlowDown, faultproxy.Error500, faultproxy.Reset), 0
	}
	switch p := n.random.Float64(); {
	case p < n.rate:
		return n.pick(faultproxy.Reset, faultproxy.Error500, faultproxy.SlowDown, faultproxy.Truncate, faultproxy.Twice, faultproxy.Lost), 0
	case p < 2*n.rate:
		n.delays++
		if n.random.IntN(20) == 0 {
			return faultproxy.None, longDelay
		}
		return faultproxy.None, time.Duration(n.random.Int64N(int64(delayAtMost)))
	}
	return faultproxy.None, 0
}

func (n *noise) pick(of ...faultproxy.Fault) faultproxy.Fault { return of[n.random.IntN(len(of))] }

// between is a time between the two.
func (n *noise) between(least, most time.Duration) time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return least + time.Duration(n.random.Int64N(int64(most-least)))
}
