package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"hakbeon/internal/apikey"
	"hakbeon/internal/awsclient"
	"hakbeon/internal/clock"
	"hakbeon/internal/config"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/web/people"
	"hakbeon/web/signin"
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
			_, errHosts := downloadHosts(cfg)
			return "complete", errors.Join(queuesOf(cfg).Check(), err, errHosts)
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
	return "signed, to " + u.Scheme + "://" + u.Host + ", which may be dialled; 'hakbeon webhook test' posts to it", nil
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
	if servesHTTP(cfg) {
		checks = append(checks, check{"brought by http", func(ctx context.Context) (string, error) {
			return checkBringing(ctx, store, cfg.SessionSecret != "")
		}})
	}
	for _, q := range queueUses(cfg) {
		checks = append(checks, check{q.name, func(ctx context.Context) (string, error) { return checkQueue(ctx, client, q) }})
	}
	if cfg.ResultURL != "" {
		checks = append(checks, check{"result queue", func(ctx context.Context) (string, error) {
			return checkResults(ctx, client, cfg, queueTime)
		}})
	}
	return append(checks, check{"clock", func(context.Context) (string, error) { return checkClock(queueTime) }})
}
