package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// ErrNoWebhook is what Options.TestWebhook returns where no address is configured.
var ErrNoWebhook = errors.New("there is no WEBHOOK_URL: only jobs with a callback_url have events")

type webhookTestOut struct {
	Body struct {
		Success bool   `json:"success"`
		ID      string `json:"webhook_id" doc:"The header that the event came with."`
		Message string `json:"message"`
	}
}

func (s *server) registerWebhooks() {
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
