package main

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"hakbeon/lab/embedded"
)

// ledger sorts what the receiver got by exam.
type ledger struct {
	sink *embedded.Sink

	mu     sync.Mutex
	events map[string][]event
	grown  chan struct{}
	err    error
}

// The events that are of no sheet.
const (
	eventEnd      = "batch.completed"
	eventRejected = "job.rejected"
)

// event is a delivery and what it says it is of.
type event struct {
	embedded.Event

	Data struct {
		Exam    string `json:"exam_code"`
		Sheet   string `json:"sheet"`
		Version int    `json:"version"`
		Message string `json:"message_id"` // of a message that was refused
	} `json:"data"`
}

func newLedger(sink *embedded.Sink) *ledger {
	return &ledger{sink: sink, events: map[string][]event{}, grown: make(chan struct{})}
}

// run reads the receiver's own ledger until ctx ends.
func (l *ledger) run(ctx context.Context) {
	var after int64
	for ctx.Err() == nil {
		events, next, err := l.sink.Events(ctx, after, 10*time.Second)
		l.add(events, err)
		if err != nil {
			return
		}
		after = next
	}
}

func (l *ledger) add(events []embedded.Event, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
	for _, raw := range events {
		e := event{Event: raw}
		_ = json.Unmarshal([]byte(raw.Body), &e) // what isn't ours has no exam
		e.Event = raw
		l.events[e.Data.Exam] = append(l.events[e.Data.Exam], e)
	}
	close(l.grown)
	l.grown = make(chan struct{})
}

// of returns an exam's events, and a channel that is closed when there may be more.
func (l *ledger) of(exam string) ([]event, <-chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.events[exam], l.grown, l.err
}
