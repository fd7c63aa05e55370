package main

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// probes ask /livez all the time.
type probes struct {
	mu     sync.Mutex
	slow   time.Duration
	failed int

	cancel context.CancelFunc
	done   chan struct{}
}

const (
	probeEvery = 100 * time.Millisecond
	probeWaits = 5 * time.Second
)

func startProbes(address string) *probes {
	ctx, cancel := context.WithCancel(context.Background())
	p := &probes{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for {
			p.ask(ctx, address)
			select {
			case <-time.After(probeEvery):
			case <-ctx.Done():
				return
			}
		}
	}()
	return p
}

func (p *probes) ask(ctx context.Context, address string) {
	bounded, cancel := context.WithTimeout(ctx, probeWaits)
	defer cancel()
	since := time.Now()
	ok := livez(bounded, address)
	took := time.Since(since)
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slow = max(p.slow, took)
	if !ok {
		p.failed++
	}
}

func livez(ctx context.Context, address string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/livez", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err == nil && answer.StatusCode == http.StatusOK
}

// stop can be called again.
func (p *probes) stop() {
	p.cancel()
	<-p.done
}

func (p *probes) result() (slow time.Duration, failed int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.slow, p.failed
}
