package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/spf13/cobra"

	"hakbeon/internal/config"
	"hakbeon/internal/deadletters"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/web/api"
	"hakbeon/web/deliveries"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

func newWebhook() *cobra.Command {
	cmd := &cobra.Command{
		Use: "webhook", Short: "Try the receiver of webhooks; the keys that it verifies by", Args: none(),
		RunE: func(*cobra.Command, []string) error { return &usageError{errors.New("say what to do: test or key")} },
	}
	cmd.AddCommand(newWebhookTest(), newWebhookKey())
	return cmd
}

func newWebhookTest() *cobra.Command {
	var envFile string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "test", Short: "Send a test event to WEBHOOK_URL", Args: none(),
		Long: `Send an event of type webhook.test to WEBHOOK_URL, signed with WEBHOOK_SECRET, once.
Exits with 0 if the receiver answered 2xx, else with 1 and what was wrong.`,
		Example: "  hakbeon webhook test --env-file worker.env",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(envFile)
			if err != nil {
				return err
			}
			_, poster, err := buildPoster(cfg, time.Now)
			if err != nil {
				return err
			}
			defer poster.Close()
			since := time.Now()
			id, err := tester(cfg, poster)(cmd.Context())
			if err != nil {
				return err
			}
			took := time.Since(since).Round(time.Millisecond)
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]any{"success": true, "webhook_id": id, "ms": took.Milliseconds()})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "the receiver has taken %s within %v\n", id, took)
			return err
		},
	}
	envFileFlag(cmd, &envFile)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newWebhookKey() *cobra.Command {
	var envFile string
	var fresh, asJSON bool
	cmd := &cobra.Command{
		Use: "key", Short: "Print the public keys that events are verified by, or make a key pair", Args: none(),
		Long: `Print the public halves of WEBHOOK_SIGNING_KEY, a line each: receivers verify the
"v1a" signatures by them. They are no secret; GET /webhooks/keys of a worker says them too.
With --new nothing is read: a new pair is printed as a setting and, behind #, its public key.`,
		Example: "  hakbeon webhook key --new >> worker.env\n  hakbeon webhook key --env-file worker.env",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if fresh {
				return printNewKey(cmd.OutOrStdout(), asJSON)
			}
			cfg, err := config.Load(envFile)
			if err != nil {
				return err
			}
			pairs, err := webhook.ParseSigningKeys(cfg.WebhookPair)
			if err != nil {
				return fmt.Errorf("WEBHOOK_SIGNING_KEY: %w", err)
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]any{"keys": pairs.PublicKeys()})
			}
			if len(pairs) == 0 {
				return errors.New("WEBHOOK_SIGNING_KEY is not set: make a pair with --new")
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.Join(pairs.PublicKeys(), "\n"))
			return err
		},
	}
	envFileFlag(cmd, &envFile)
	cmd.Flags().BoolVar(&fresh, "new", false, "make a key pair")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printNewKey(out io.Writer, asJSON bool) error {
	private, public, err := webhook.NewSigningKey()
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(out).Encode(map[string]string{"private": private, "public": public})
	}
	_, err = fmt.Fprintf(out, "# %s\nWEBHOOK_SIGNING_KEY=%s\n", public, private)
	return err
}

// signersOf are what events are signed with: the secrets that are shared with receivers, and
// private keys beside them.
func signersOf(cfg config.Config) (webhook.Secrets, error) {
	if cfg.WebhookKeys == "" {
		return nil, errors.New("WEBHOOK_SECRET is not set: webhooks are always signed; make one with: echo whsec_$(openssl rand -base64 32)")
	}
	secrets, err := webhook.ParseSecrets(cfg.WebhookKeys)
	if err != nil {
		return nil, fmt.Errorf("WEBHOOK_SECRET: %w", err)
	}
	pairs, err := webhook.ParseSigningKeys(cfg.WebhookPair)
	if err != nil {
		return nil, fmt.Errorf("WEBHOOK_SIGNING_KEY: %w", err)
	}
	return append(secrets, pairs...), nil
}

// tester posts a test event to the configured receiver.
func tester(cfg config.Config, poster *webhook.Client) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if cfg.WebhookURL == "" {
			return "", api.ErrNoWebhook
		}
		return poster.PostTest(ctx, cfg.WebhookURL)
	}
}

// deliveryLog reads what was told to whom, and has it sent again.
func deliveryLog(cfg config.Config, store *s3store.Store, client *sqs.Client) *deliveries.Door {
	callbacks := queue.NewSender(awssqs.Open(client, cfg.CallbackURL))
	return deliveries.New(byExam{store}, func(ctx context.Context, all []jobs.Delivery) error {
		return deadletters.Queue(ctx, callbacks, all)
	})
}
