package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"hakbeon/internal/clock"
	"hakbeon/internal/config"
	"hakbeon/worker/deliver"
	"hakbeon/worker/queue/awssqs"
)

// queueUse is what hakbeon does with a queue.
type queueUse struct {
	name, url string
	// delays says that single messages are delayed on it, takes that they are taken off it,
	// sends that they are put on it.
	delays, takes, sends bool
}

func queueUses(cfg config.Config) []queueUse {
	return []queueUse{
		{name: "jobs queue", url: cfg.JobsURL, takes: true, sends: servesHTTP(cfg)},
		{name: "work queue", url: cfg.WorkURL, delays: true, takes: true, sends: true},
		{name: "callback queue", url: cfg.CallbackURL, delays: true, takes: true, sends: true},
		{name: "dead letters", url: cfg.DeadURL, sends: true},
	}
}

// servesHTTP says whether anybody beyond this machine can bring anything by HTTP.
func servesHTTP(cfg config.Config) bool { return len(cfg.Keys()) > 0 || cfg.AllowAnonymous }

// checkClock judges how far our clock is ahead of that of the queues, which were
// asked before.
func checkClock(queueTime *clock.Clock) (string, error) {
	const harmless = 5 * time.Second
	ahead := queueTime.Ahead()
	switch {
	case !queueTime.Heard():
		return "", errors.New("no queue has answered with its time: mend the queues first")
	case ahead.Abs() > harmless:
		return "", fmt.Errorf("ours is %v ahead of the queues': set it by NTP; workers go by the queues'", ahead.Round(time.Second))
	}
	return "agrees with the queues'", nil
}

// checkQueue looks at a queue's attributes, and at what may be done with it.
func checkQueue(ctx context.Context, client *sqs.Client, q queueUse) (string, error) {
	if q.url == "" {
		return "", errors.New("its address is not set")
	}
	if q.delays && strings.HasSuffix(q.url, ".fifo") {
		return "", errors.New("is a FIFO queue, which can't delay single messages: make it a standard queue")
	}
	out, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &q.url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if missing, ok := errors.AsType[*types.QueueDoesNotExist](err); ok {
		return "", fmt.Errorf("there is no such queue: make it, or correct the address: %w", missing)
	}
	if err != nil {
		return "", fmt.Errorf("ask for the queue's attributes (sqs:GetQueueAttributes): %w", err)
	}
	a := out.Attributes
	if err := checkAttributes(a, q.delays); err != nil {
		return "", err
	}
	unseen, err := checkRights(ctx, client, q)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s waiting, %s in flight, %s delayed; messages are kept %s s%s",
		a["ApproximateNumberOfMessages"], a["ApproximateNumberOfMessagesNotVisible"], a["ApproximateNumberOfMessagesDelayed"],
		a["MessageRetentionPeriod"], unseen), nil
}

// checkRights takes a message and gives it back at once. What can't be done without
// spending one is asked for in a way that changes nothing: a refusal for want of the right
// is found, and any other answer shows little, so that is said.
func checkRights(ctx context.Context, client *sqs.Client, q queueUse) (unseen string, err error) {
	receipt := aws.String("no receipt")
	attempts, asked := []attempt{}, []string{}
	ask := func(action string, do func() error) {
		attempts = append(attempts, attempt{action, func() error { return denied(do()) }})
		asked = append(asked, action)
	}
	if q.takes {
		attempts = append(attempts, attempt{"sqs:ReceiveMessage", func() error { return checkTaking(ctx, client, q.url) }})
		ask("sqs:DeleteMessage", func() error {
			_, err := client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: receipt})
			return err //nolint:wrapcheck // by its caller
		})
		ask("sqs:ChangeMessageVisibility", func() error {
			_, err := client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &q.url, ReceiptHandle: receipt})
			return err //nolint:wrapcheck // by its caller
		})
	}
	if q.sends {
		ask("sqs:SendMessage", func() error {
			_, err := client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &q.url, Entries: []types.SendMessageBatchRequestEntry{}})
			return err //nolint:wrapcheck // by its caller
		})
	}
	if err := tryAll(attempts); err != nil || len(asked) == 0 {
		return "", err
	}
	return "; asked for, not seen to work: " + strings.Join(asked, ", "), nil
}

// checkTaking takes one message, if there is one, and gives it back.
func checkTaking(ctx context.Context, client *sqs.Client, url string) error {
	out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 1, VisibilityTimeout: 5})
	if err != nil {
		return err //nolint:wrapcheck // by its caller
	}
	for _, m := range out.Messages {
		_, err := client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle})
		if err != nil {
			return fmt.Errorf("give a message back (sqs:ChangeMessageVisibility): %w", err)
		}
	}
	return nil
}

// denied is an error that says that something may not be done, or was not asked at all.
func denied(err error) error {
	answer, ok := errors.AsType[smithy.APIError](err)
	if ok && !strings.Contains(answer.ErrorCode(), "AccessDenied") && !strings.Contains(answer.ErrorCode(), "Forbidden") {
		return nil
	}
	return err
}

// checkResults looks at the result queue and puts a test event on it: nothing else shows
// whether it may be written to.
func checkResults(ctx context.Context, client *sqs.Client, cfg config.Config, queueTime *clock.Clock) (string, error) {
	said, err := checkQueue(ctx, client, queueUse{url: cfg.ResultURL})
	if err != nil {
		return "", err
	}
	secrets, err := signersOf(cfg)
	if err != nil {
		return "", err
	}
	if _, err := deliver.NewResults(awssqs.Open(client, cfg.ResultURL), secrets, queueTime).Test(ctx); err != nil {
		return "", fmt.Errorf("put an event of type webhook.test on it (sqs:SendMessage): %w", err)
	}
	return said + "; it took an event of type webhook.test", nil
}

const (
	minRetention = 4 * 24 * time.Hour
	minReceives  = 100
)

// checkAttributes: a webhook is tried for three days, and outages are no reason
// for the redrive policy to take a message away.
func checkAttributes(a map[string]string, delays bool) error {
	kept, err := strconv.Atoi(a["MessageRetentionPeriod"])
	if err == nil && delays && time.Duration(kept)*time.Second < minRetention {
		return fmt.Errorf("keeps messages for %d s: set MessageRetentionPeriod to %d or more", kept, int(minRetention.Seconds()))
	}
	if a["RedrivePolicy"] == "" {
		return nil
	}
	var redrive struct {
		MaxReceiveCount json.Number `json:"maxReceiveCount"`
	}
	if err := json.Unmarshal([]byte(a["RedrivePolicy"]), &redrive); err != nil {
		return errors.New("its RedrivePolicy is not JSON with a deadLetterTargetArn and a maxReceiveCount")
	}
	if n, err := redrive.MaxReceiveCount.Int64(); err == nil && n < minReceives {
		return fmt.Errorf("its RedrivePolicy gives messages up after %d receipts, an outage included: set maxReceiveCount to 1000", n)
	}
	return nil
}
