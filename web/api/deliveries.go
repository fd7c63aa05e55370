package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/deliveries"
)

type deliveriesIn struct {
	BatchPath
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many deliveries to list."`
	After string `query:"after" maxLength:"64" pattern:"^([a-z0-9_-]+)?$" doc:"Lists the deliveries after this one: the next of the answer before."`
	State string `query:"state" enum:"delivered,waiting,gone,given_up,overtaken,undelivered," doc:"Only those; undelivered is all but delivered and overtaken."`
}

// deliveryAttempt is one attempt, or what else became of a delivery.
type deliveryAttempt struct {
	At      time.Time  `json:"at"`
	Outcome string     `json:"outcome"            doc:"put_off, overtaken and asked (by somebody, for it to be sent again) are no attempts: nothing was sent."`
	Status  int        `json:"status,omitempty"   doc:"The HTTP status of the answer; left out if there was none, and for the result queue."`
	Error   string     `json:"error,omitempty"    doc:"The kind of failure, such as timeout; of the result queue, SQS's code."`
	Millis  int64      `json:"ms"                 doc:"How long it took."`
	Next    *time.Time `json:"next_try,omitempty" doc:"When it was to be tried again."`
}

type delivery struct {
	ID        string            `json:"id"                   doc:"Names the event and its target, for a replay."`
	WebhookID string            `json:"webhook_id,omitempty" doc:"The event's id; left out as long as nothing was sent."`
	Type      string            `json:"type,omitempty"       doc:"The event's type; left out as long as nothing was sent."`
	Sheet     string            `json:"sheet,omitempty"      doc:"Left out for a batch's own event."`
	Version   int               `json:"version"`
	To        string            `json:"to"                   enum:"webhook,result_queue"`
	Host      string            `json:"host,omitempty"       doc:"The receiver's host and port."`
	State     string            `json:"state"                doc:"waiting: it is tried, or tried again, when it is due."`
	Next      *time.Time        `json:"next_try,omitempty"   doc:"When it is tried again. A receiver that is out of order is spared: then it may be later."`
	Attempts  []deliveryAttempt `json:"attempts"             nullable:"false" doc:"In the order of their time."`
}

type deliveriesAnswer struct {
	Success    bool           `json:"success"`
	Exam       string         `json:"exam_code"`
	Batch      string         `json:"batch_id"`
	Counts     map[string]int `json:"counts"     doc:"How many deliveries are in each state, whatever is listed."`
	Deliveries []delivery     `json:"deliveries" nullable:"false" doc:"The latest first."`
	Cut        bool           `json:"cut"        doc:"There were more than 100,000 attempts, and the oldest are left out."`
	Next       *string        `json:"next"       doc:"The after of the next request; null at the end."`
}

type deliveriesOut struct{ Body deliveriesAnswer }

type replayIn struct {
	BatchPath
	ID string `path:"id" maxLength:"64" pattern:"^[a-z0-9_-]+$"`
}

type replayAllIn struct{ BatchPath }

type replayAnswer struct {
	Success bool   `json:"success"`
	Queued  int    `json:"queued"`
	Message string `json:"message"`
}

type replayOut struct{ Body replayAnswer }

func (s examsOf) registerDeliveries() {
	if s.opts.Deliveries == nil {
		return
	}
	const path = "/exams/{exam_code}/batches/{batch_id}/deliveries"
	again := "Each has the webhook-id and the body that it always had, and three days of attempts. "
	huma.Register(s.api, huma.Operation{
		OperationID: "list-deliveries", Method: http.MethodGet, Path: path,
		Summary: "What was told of a batch, to whom, and how they answered", Tags: []string{"webhooks"}, Responses: problems(),
		Description: "Each event by each way, with all attempts. Workers write it some seconds behind; one that is killed takes its last seconds with it.",
		Errors:      []int{401, 404, 503},
	}, s.listDeliveries)
	huma.Register(s.api, huma.Operation{
		OperationID: "replay-delivery", Method: http.MethodPost, Path: path + "/{id}/replay", DefaultStatus: http.StatusAccepted,
		Summary: "Send an event again", Tags: []string{"webhooks"}, Responses: problems(),
		Description: again + "What was delivered may be sent again, too. A version that was overtaken is not.",
		Errors:      []int{401, 404, 409, 503},
	}, s.replayDelivery)
	huma.Register(s.api, huma.Operation{
		OperationID: "replay-undelivered", Method: http.MethodPost, Path: path + "/replay", DefaultStatus: http.StatusAccepted,
		Summary: "Send all events again that were not delivered", Tags: []string{"webhooks"}, Responses: problems(),
		Description: again + "What is waiting to be tried is tried at once, and may come twice. What was asked for within the last minute is left out.",
		Errors:      []int{401, 404, 503},
	}, s.replayUndelivered)
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	schemas["Delivery"].Properties["state"].Enum = closed(deliveries.States())
	schemas["DeliveryAttempt"].Properties["outcome"].Enum = closed(exam.Outcomes())
}

// logOf is a batch's log. Where there is none there should be a batch: a message that was
// refused may name one that isn't.
func (s examsOf) logOf(ctx context.Context, b layout.Batch) (*deliveries.Log, error) {
	log, err := s.opts.Deliveries.Read(ctx, b)
	if err != nil {
		return nil, s.failed(ctx, "the deliveries could not be read", err)
	}
	if len(log.Deliveries) == 0 {
		_, err = s.batchJob(ctx, s.view(b))
	}
	return log, err
}

func (s examsOf) listDeliveries(ctx context.Context, in *deliveriesIn) (*deliveriesOut, error) {
	b := in.batch()
	log, err := s.logOf(s.opts.Scope(ctx, b.ExamCode), b)
	if err != nil {
		return nil, err
	}
	out := &deliveriesOut{}
	out.Body.Success, out.Body.Exam, out.Body.Batch, out.Body.Cut = true, b.ExamCode, b.BatchID, log.Cut
	out.Body.Counts = log.Counts()
	page, more := log.Page(in.State, in.After, in.Limit)
	out.Body.Deliveries = make([]delivery, len(page))
	for i, d := range page {
		out.Body.Deliveries[i] = newDelivery(d)
	}
	if more {
		out.Body.Next = &page[len(page)-1].ID
	}
	return out, nil
}

func newDelivery(d *deliveries.Delivery) delivery {
	out := delivery{
		ID: d.ID, WebhookID: d.WebhookID, Type: d.Type, Sheet: d.Sheet, Version: d.Version, To: d.To, Host: d.Host,
		State: d.State, Next: optionalTime(d.Next), Attempts: make([]deliveryAttempt, len(d.Attempts)),
	}
	for i, a := range d.Attempts {
		out.Attempts[i] = deliveryAttempt{a.At, a.Outcome, a.Status, a.Error, a.Millis, optionalTime(a.Next)}
	}
	return out
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s examsOf) replayDelivery(ctx context.Context, in *replayIn) (*replayOut, error) {
	b := in.batch()
	err := s.opts.Deliveries.One(s.opts.Scope(ctx, b.ExamCode), b, in.ID)
	switch {
	case errors.Is(err, deliveries.ErrNone), errors.Is(err, s3store.ErrNotFound):
		return nil, huma.NewError(http.StatusNotFound, deliveries.ErrNone.Error())
	case errors.Is(err, deliveries.ErrOvertaken):
		return nil, huma.NewError(http.StatusConflict, err.Error())
	case err != nil:
		return nil, s.failed(ctx, "the event was not queued", err)
	}
	return replayed(1), nil
}

func (s examsOf) replayUndelivered(ctx context.Context, in *replayAllIn) (*replayOut, error) {
	b := in.batch()
	ctx = s.opts.Scope(ctx, b.ExamCode)
	if _, err := s.logOf(ctx, b); err != nil {
		return nil, err
	}
	queued, err := s.opts.Deliveries.All(ctx, b)
	if err != nil {
		return nil, s.failed(ctx, "not all events were queued", err)
	}
	return replayed(queued), nil
}

func replayed(n int) *replayOut {
	out := &replayOut{}
	out.Body.Success, out.Body.Queued, out.Body.Message = true, n, "on the queue"
	if n == 0 {
		out.Body.Message = "nothing is undelivered"
	}
	return out
}
