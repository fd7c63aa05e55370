package main

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hakbeon/lab/faultproxy"
	"hakbeon/lab/fleet"
)

// meter notes how old messages are when they are received, and what the workers take.
type meter struct {
	workers []*fleet.Process

	mu      sync.Mutex
	ages    []float64 // seconds between a sheet's being sent and its being received
	seconds []float64 // of the samples
	memory  []float64 // MiB of all workers together
}

// answered reads the answers to receives on their way to a worker.
func (m *meter) answered(_ context.Context, c *faultproxy.Call, a *faultproxy.Answer) faultproxy.Fault {
	if !strings.HasSuffix(c.Header.Get("X-Amz-Target"), ".ReceiveMessage") {
		return faultproxy.None
	}
	var out struct {
		Messages []struct {
			Body       string `json:"Body"`
			Attributes struct {
				Sent     string `json:"SentTimestamp"`
				Receives string `json:"ApproximateReceiveCount"`
			} `json:"Attributes"`
		} `json:"Messages"`
	}
	if json.Unmarshal(a.Body, &out) != nil {
		return faultproxy.None
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, msg := range out.Messages {
		sent, err := strconv.ParseInt(msg.Attributes.Sent, 10, 64)
		if err == nil && msg.Attributes.Receives == "1" && strings.Contains(msg.Body, `"type":"sheet"`) {
			m.ages = append(m.ages, time.Since(time.UnixMilli(sent)).Seconds())
		}
	}
	return faultproxy.None
}

// run samples the workers' memory every half second until ctx ends.
func (m *meter) run(ctx context.Context) error {
	began := time.Now()
	tick := time.NewTicker(time.Second / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		total := 0.0
		for _, w := range m.workers {
			bytes, err := w.Resident()
			if err != nil {
				return err
			}
			total += float64(bytes) / (1 << 20)
		}
		m.mu.Lock()
		m.seconds = append(m.seconds, time.Since(began).Seconds())
		m.memory = append(m.memory, total)
		m.mu.Unlock()
	}
}

// slope is the memory's, in MiB an hour, after the warm-up.
func (m *meter) slope(warm time.Duration) slope {
	m.mu.Lock()
	defer m.mu.Unlock()
	from, _ := slices.BinarySearch(m.seconds, warm.Seconds())
	s := slopeOf(m.seconds[from:], m.memory[from:])
	return slope{s.mean * 3600, s.low * 3600, s.high * 3600}
}

// age is a quantile of the ages, in seconds.
func (m *meter) age(q float64) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.ages) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(m.ages))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// usage adds up what the workers hold now.
func (m *meter) usage(ctx context.Context) (total fleet.Usage, err error) {
	for _, w := range m.workers {
		u, err := w.Usage(ctx)
		if err != nil {
			return total, err
		}
		total.Resident += u.Resident
		total.Files += u.Files
		total.Goroutines += u.Goroutines
	}
	return total, nil
}
