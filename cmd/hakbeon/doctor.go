package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/spf13/cobra"

	"hakbeon/internal/apikey"
	"hakbeon/internal/awsclient"
	"hakbeon/internal/clock"
	"hakbeon/internal/config"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/web/people"
	"hakbeon/web/signin"
	"hakbeon/worker/deliver"
	"hakbeon/worker/queue/awssqs"
)

const checkTimeout = 20 * time.Second

func newDoctor() *cobra.Command {
	var envFile string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Check every outside thing and say what to do", Args: none(),
		Long: `Check settings, model, webhook, bucket, queues and credentials one by one, and say
what to do about each that is not well. Exits with 1 if any is not. With --json,
one JSON object a line: check, ok, says. If RESULT_QUEUE_URL is set, an event of type
webhook.test is put on that queue.`,
		Example: "  hakbeon doctor --env-file worker.env\n  hakbeon doctor --json | jq 'select(.ok | not)'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			say := sayLine
			if asJSON {
				say = sayJSON
			}
			return runDoctor(cmd.Context(), envFile, func(check string, ok bool, says string) error {
				return say(cmd.OutOrStdout(), check, ok, says)
			})
		},
	}
	envFileFlag(cmd, &envFile)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return cmd
}

func sayLine(out io.Writer, check string, ok bool, says string) error {
	mark := "ok  "
	if !ok {
		mark = "FAIL"
	}
	_, err := fmt.Fprintf(out, "%s  %-16s %s\n", mark, check, says)
	return err
}

func sayJSON(out io.Writer, check string, ok bool, says string) error {
	return json.NewEncoder(out).Encode(struct {
		Check string `json:"check"`
		OK    bool   `json:"ok"`
		Says  string `json:"says"`
	}{check, ok, says})
}

// check looks at one thing and says what it found, or what is wrong with it.
type check struct {
	name string
	look func(context.Context) (string, error)
}

func runDoctor(ctx context.Context, envFile string, say func(check string, ok bool, says string) error) error {
	cfg, err := config.Load(envFile)
	if err != nil {
		return err
	}
	checks := []check{
		{"settings", func(context.Context) (string, error) {
			err := config.Need("AWS_REGION", "S3_BUCKET", "SQS_QUEUE_URL", "SQS_WORK_QUEUE_URL",
				"SQS_CALLBACK_QUEUE_URL", "SQS_DLQ_URL", "WEBHOOK_SECRET")
			if err != nil {
				return "", err
			}
			_, err = uploadPatterns(cfg)
			return "complete", errors.Join(queuesOf(cfg).Check(), err)
		}},
		{"api keys", func(context.Context) (string, error) { return checkKeys(cfg) }},
		{"model", func(context.Context) (string, error) { return checkModel(cfg) }},
		{"webhook", func(ctx context.Context) (string, error) { return checkWebhook(ctx, cfg) }},
	}
	if cfg.OIDCIssuer != "" {
		checks = append(checks, check{"sign-in", func(ctx context.Context) (string, error) { return checkSignIn(ctx, cfg) }})
	}
	store, awsCfg, source, err := connectAs(ctx, cfg, nil)
	if err != nil {
		checks = append(checks, check{"aws", func(context.Context) (string, error) { return "", err }})
	} else {
		checks = append(checks, awsChecks(cfg, store, awsCfg, source)...)
	}
	return runChecks(ctx, say, checks)
}

func runChecks(ctx context.Context, say func(check string, ok bool, says string) error, checks []check) error {
	failed := 0
	for _, c := range checks {
		bounded, cancel := context.WithTimeout(ctx, checkTimeout)
		said, err := c.look(bounded)
		cancel()
		ok := err == nil
		if !ok {
			said = err.Error()
			failed++
		}
		if err := say(c.name, ok, said); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, len(checks))
	}
	return nil
}

func checkKeys(cfg config.Config) (string, error) {
	keys := cfg.Keys()
	if err := keys.Guessable(); err != nil {
		return "", fmt.Errorf("API_KEY: %w", err)
	}
	if _, err := people.ParseSecrets(cfg.SessionSecret); err != nil {
		return "", fmt.Errorf("SESSION_SECRET: %w", err)
	}
	if len(keys) == 0 {
		return "none: HTTP is for this machine alone, unless HTTP_ALLOW_ANONYMOUS is set", nil
	}
	return fmt.Sprintf("%d, of %d characters or more", len(keys), apikey.Shortest), nil
}

// checkSignIn asks the provider by whom people sign in. That it knows us shows when
// somebody does.
func checkSignIn(ctx context.Context, cfg config.Config) (string, error) {
	provider := signin.New(signin.Options{Issuer: cfg.OIDCIssuer, ClientID: cfg.OIDCClient})
	if err := provider.Check(ctx); err != nil {
		return "", err
	}
	return "OIDC_ISSUER answers", nil
}

func checkModel(cfg config.Config) (string, error) {
	reader, err := openReader(cfg)
	if err != nil {
		return "", err
	}
	return "model " + reader.Model(), reader.Close()
}

func checkWebhook(ctx context.Context, cfg config.Config) (string, error) {
	_, poster, err := buildPoster(cfg, time.Now)
	if err != nil {
		return "", err
	}
	defer poster.Close()
	switch {
	case cfg.WebhookURL == "" && cfg.ResultURL != "":
		return "no WEBHOOK_URL: events go to RESULT_QUEUE_URL, and to the callback_url of jobs that have one", nil
	case cfg.WebhookURL == "":
		return "no WEBHOOK_URL: only jobs with a callback_url have events", nil
	}
	if err := poster.Check(ctx, cfg.WebhookURL); err != nil {
		return "", fmt.Errorf("WEBHOOK_URL: %w", err)
	}
	u, err := url.Parse(cfg.WebhookURL)
	if err != nil {
		return "", errors.New("WEBHOOK_URL is no address") // the error would show it
	}
	return "signed, to " + u.Scheme + "://" + u.Host, nil
}

func awsChecks(cfg config.Config, store *s3store.Store, awsCfg aws.Config, source *credentials.Source) []check {
	queueTime := clock.New(nil)
	client := awsclient.SQS(awsCfg, queueTime.Follow)
	checks := []check{
		{"credentials", func(context.Context) (string, error) { return checkOrder(cfg, source), nil }},
		{"identity at sqs", func(ctx context.Context) (string, error) { return checkChain(ctx, awsCfg) }},
		{"identity at s3", func(ctx context.Context) (string, error) { return checkSource(ctx, awsCfg, source) }},
		{"bucket", func(ctx context.Context) (string, error) { return checkBucket(ctx, store) }},
	}
	for _, q := range []struct {
		name, url string
		delays    bool
	}{
		{"jobs queue", cfg.JobsURL, false}, {"work queue", cfg.WorkURL, true},
		{"callback queue", cfg.CallbackURL, true}, {"dead letters", cfg.DeadURL, false},
	} {
		checks = append(checks, check{q.name, func(ctx context.Context) (string, error) {
			return checkQueue(ctx, client, q.url, q.delays)
		}})
	}
	if cfg.ResultURL != "" {
		checks = append(checks, check{"result queue", func(ctx context.Context) (string, error) {
			return checkResults(ctx, client, cfg, queueTime)
		}})
	}
	return append(checks, check{"clock", func(context.Context) (string, error) { return checkClock(queueTime.Ahead()) }})
}

// checkClock judges how far our clock is ahead of that of the queues, which were
// asked before.
func checkClock(ahead time.Duration) (string, error) {
	const harmless = 5 * time.Second
	if ahead.Abs() > harmless {
		return "", fmt.Errorf("ours is %v ahead of the queues': set it by NTP; workers go by the queues'", ahead.Round(time.Second))
	}
	return "agrees with the queues'", nil
}

// checkBucket does all that the worker does, on a key that no exam can have.
func checkBucket(ctx context.Context, store *s3store.Store) (string, error) {
	const probe, copied = "results/_doctor/probe", "results/_doctor/copy"
	steps := []struct {
		name string
		do   func() error
	}{
		{"s3:ListBucket", func() error {
			for _, err := range store.List(ctx, "results/_doctor/") {
				return err
			}
			return nil
		}},
		{"s3:DeleteObject", func() error { return store.Delete(ctx, probe, copied) }},
		{"s3:PutObject", func() error { _, err := store.Create(ctx, probe, []byte("1"), s3store.TypeBinary); return err }},
		{"conditional writes (If-None-Match)", func() error {
			if _, err := store.Create(ctx, probe, []byte("2"), s3store.TypeBinary); !errors.Is(err, s3store.ErrExists) {
				return fmt.Errorf("a second object was written over the first: this S3 can't be used (%v)", err) //nolint:errorlint // shown as text
			}
			return nil
		}},
		{"conditional writes (If-Match)", func() error {
			info, err := store.Head(ctx, probe)
			if err != nil {
				return err
			}
			if _, err := store.Replace(ctx, probe, []byte("3"), s3store.TypeBinary, info.ETag); err != nil {
				return err
			}
			if _, err := store.Replace(ctx, probe, []byte("4"), s3store.TypeBinary, info.ETag); !errors.Is(err, s3store.ErrChanged) {
				return fmt.Errorf("an object was overwritten that had changed: this S3 can't be used (%v)", err) //nolint:errorlint // shown as text
			}
			return nil
		}},
		{"s3:GetObject", func() error { _, err := store.Get(ctx, probe, 10); return err }},
		{"copy inside the bucket", func() error { return store.Copy(ctx, probe, copied, "") }},
		{"s3:DeleteObject", func() error { return store.Delete(ctx, probe, copied) }},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			return "", fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return store.Bucket() + ": list, read, write once, copy and delete work", nil
}

// checkQueue looks at a queue's attributes; delays says that hakbeon delays
// messages on it.
func checkQueue(ctx context.Context, client *sqs.Client, url string, delays bool) (string, error) {
	if url == "" {
		return "", errors.New("its address is not set")
	}
	if delays && strings.HasSuffix(url, ".fifo") {
		return "", errors.New("is a FIFO queue, which can't delay single messages: make it a standard queue")
	}
	out, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if missing, ok := errors.AsType[*types.QueueDoesNotExist](err); ok {
		return "", fmt.Errorf("there is no such queue: make it, or correct the address: %w", missing)
	}
	if err != nil {
		return "", fmt.Errorf("ask for the queue's attributes (sqs:GetQueueAttributes): %w", err)
	}
	a := out.Attributes
	if err := checkAttributes(a, delays); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s waiting, %s in flight, %s delayed; messages are kept %s s",
		a["ApproximateNumberOfMessages"], a["ApproximateNumberOfMessagesNotVisible"], a["ApproximateNumberOfMessagesDelayed"],
		a["MessageRetentionPeriod"]), nil
}

// checkResults looks at the result queue and puts a test event on it: nothing else shows
// whether it may be written to.
func checkResults(ctx context.Context, client *sqs.Client, cfg config.Config, queueTime *clock.Clock) (string, error) {
	said, err := checkQueue(ctx, client, cfg.ResultURL, false)
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
