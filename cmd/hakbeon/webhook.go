package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
		Use: "webhook", Short: "Try the receiver of webhooks", Args: none(),
		RunE: func(*cobra.Command, []string) error { return &usageError{errors.New("say what to do: test")} },
	}
	cmd.AddCommand(newWebhookTest())
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
