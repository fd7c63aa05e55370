package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/embedded"
	"hakbeon/webhook"
	"hakbeon/worker/deliver"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// ledger sorts by exam what the backend was told.
type ledger struct {
	sink    *embedded.Sink
	queue   queue.Driver    // the result queue
	secrets webhook.Secrets // that events are signed with

	mu    sync.Mutex
	told  map[string]told
	grown chan struct{}
	err   error
}

// resultsName is the result queue's name as points say it.
const resultsName = "results"

// channel is a way on which a backend is told.
type channel int

const (
	byHook  channel = iota // webhooks
	byQueue                // messages on the result queue
)

// channels says who has what came by each.
var channels = [...]string{byHook: "the receiver", byQueue: "the result queue"}

// told is what a backend was told of an exam, by channel.
type told [len(channels)][]event

// The events that are of no sheet.
const (
	eventEnd      = "batch.completed"
	eventRejected = "job.rejected"
)

// event is a delivery and what it says it is of. One of the result queue is taken down as
// the receiver does its own, but for the objects, which nobody looks for.
type event struct {
	embedded.Event

	Data struct {
		Exam    string `json:"exam_code"`
		Sheet   string `json:"sheet"`
		Version int    `json:"version"`
		Message string `json:"message_id"` // of a message that was refused
	} `json:"data"`
}

// resultQueue makes the queue that the workers put events on, and returns its address.
func resultQueue(ctx context.Context, stack *embedded.Stack) (string, error) {
	cfg, err := stack.AWSConfig(ctx)
	if err != nil {
		return "", err
	}
	made, err := sqs.NewFromConfig(cfg).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("hakbeon-" + resultsName)})
	if err != nil {
		return "", fmt.Errorf("make the result queue: %w", err)
	}
	return *made.QueueUrl, nil
}

// newLedger reads the stack's sink and the queue at the address.
func newLedger(ctx context.Context, stack *embedded.Stack, results string) (*ledger, error) {
	cfg, err := stack.AWSConfig(ctx)
	if err != nil {
		return nil, err
	}
	secrets, err := webhook.ParseSecrets(stack.Env["WEBHOOK_SECRET"])
	if err != nil {
		return nil, err
	}
	return &ledger{
		sink: stack.Sink(), queue: awssqs.Open(sqs.NewFromConfig(cfg), results), secrets: secrets,
		told: map[string]told{}, grown: make(chan struct{}),
	}, nil
}

// run reads both channels until ctx ends.
func (l *ledger) run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { l.readHooks(ctx) })
	both.Go(func() { l.readResults(ctx) })
	both.Wait()
}

// readHooks reads the receiver's own ledger.
func (l *ledger) readHooks(ctx context.Context) {
	var after int64
	for ctx.Err() == nil {
		events, next, err := l.sink.Events(ctx, after, 10*time.Second)
		l.add(byHook, events, err)
		if err != nil {
			return
		}
		after = next
	}
}

// readResults takes the messages off the result queue. One whose delete fails comes again.
func (l *ledger) readResults(ctx context.Context) {
	for ctx.Err() == nil {
		received, err := l.queue.Receive(ctx, queue.BatchSize, 10*time.Second, visibility)
		var events []embedded.Event
		var receipts []string
		for _, m := range received {
			events = append(events, resultEvent(m, l.secrets))
			receipts = append(receipts, m.Receipt)
		}
		l.add(byQueue, events, err)
		if err != nil {
			return
		}
		if len(receipts) > 0 {
			l.queue.Delete(ctx, receipts)
		}
	}
}

// resultEvent reads a message of the result queue. Its signature is held to the time at
// which it was sent.
func resultEvent(m queue.Received, secrets webhook.Secrets) embedded.Event {
	e := embedded.Event{ID: m.Attributes[deliver.AttributeID], Type: m.Attributes[deliver.AttributeType], Body: m.Body, SameBodyAsFirst: true}
	header := http.Header{}
	for name, value := range m.Attributes {
		header.Set(name, value)
	}
	err := webhook.Verify(secrets, header, []byte(m.Body), m.Sent)
	if e.Verified = err == nil; err != nil {
		e.Problem = err.Error()
	}
	return e
}

func (l *ledger) add(by channel, events []embedded.Event, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = errors.Join(l.err, err)
	for _, raw := range events {
		e := event{Event: raw}
		_ = json.Unmarshal([]byte(raw.Body), &e) // what isn't ours has no exam
		e.Event = raw
		t := l.told[e.Data.Exam]
		t[by] = append(t[by], e)
		l.told[e.Data.Exam] = t
	}
	close(l.grown)
	l.grown = make(chan struct{})
}

// of returns what was told of an exam, and a channel that is closed when there may be more.
func (l *ledger) of(exam string) (told, <-chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.told[exam], l.grown, l.err
}
