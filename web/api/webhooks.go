package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// ErrNoWebhook is what Options.TestWebhook returns where no address is configured.
var ErrNoWebhook = errors.New("there is no WEBHOOK_URL: only jobs with a callback_url have events")

type webhookTestAnswer struct {
	Success bool   `json:"success"`
	ID      string `json:"webhook_id" doc:"The header that the event came with."`
	Message string `json:"message"`
}

type webhookTestOut struct{ Body webhookTestAnswer }

type webhookKeysAnswer struct {
	Success bool     `json:"success"`
	Keys    []string `json:"keys" nullable:"false" doc:"whpk_ and base64 of an Ed25519 key each; none where WEBHOOK_SIGNING_KEY is not set."`
}

type webhookKeysOut struct{ Body webhookKeysAnswer }

func (s *server) registerWebhooks() {
	huma.Register(s.api, huma.Operation{
		OperationID: "webhook-keys", Method: http.MethodGet, Path: "/webhooks/keys",
		Summary: "The public keys that events are verified by", Tags: []string{"webhooks"}, Responses: problems(),
		Description: "The v1a signatures of events are made with their private halves. While a key is being replaced there are two.",
		Errors:      []int{401},
	}, s.webhookKeys)
	if s.opts.TestWebhook == nil {
		return
	}
	huma.Register(s.api, huma.Operation{
		OperationID: "test-webhook", Method: http.MethodPost, Path: "/webhooks/test",
		Summary: "Send a test event to the configured receiver", Tags: []string{"webhooks"}, Responses: problems(),
		Description: "An event of type webhook.test goes to WEBHOOK_URL, signed as all are, and is tried once. " +
			"The answer is 200 if the receiver's was 2xx, else 502, which says how it failed.",
		Errors: []int{401, 409, 502},
	}, s.testWebhook)
}

func (s *server) webhookKeys(context.Context, *struct{}) (*webhookKeysOut, error) {
	out := &webhookKeysOut{}
	out.Body.Success, out.Body.Keys = true, append([]string{}, s.opts.WebhookKeys...)
	return out, nil
}

func (s *server) testWebhook(ctx context.Context, _ *struct{}) (*webhookTestOut, error) {
	id, err := s.opts.TestWebhook(ctx)
	switch {
	case errors.Is(err, ErrNoWebhook):
		return nil, huma.NewError(http.StatusConflict, err.Error())
	case err != nil:
		return nil, huma.NewError(http.StatusBadGateway, err.Error()) // it holds no more of the address than the host
	}
	out := &webhookTestOut{}
	out.Body.Success, out.Body.ID, out.Body.Message = true, id, "the receiver has taken it"
	return out, nil
}
