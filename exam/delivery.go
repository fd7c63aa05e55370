package exam

import (
	"strconv"
	"time"
)

// Attempt is a line of the log of deliveries: one attempt to tell one target of an event,
// or what else became of it there. It holds no address and nothing that a receiver said.
type Attempt struct {
	At time.Time `json:"at"`
	// Outcome is one of [Outcomes].
	Outcome string `json:"outcome"`
	// To is [ToWebhook] or [ToResultQueue]; Host is a webhook receiver's host and port.
	To   string `json:"to"`
	Host string `json:"host,omitempty"`
	// WebhookID and Type are the event's, "" where it was not made.
	WebhookID string `json:"webhook_id,omitempty"`
	Type      string `json:"type,omitempty"`
	// Sheet is "" for a batch's own event; Rejected is the id of a message that was
	// refused, "" for all other events.
	Sheet    string `json:"sheet,omitempty"`
	Rejected string `json:"rejected,omitempty"`
	Version  int    `json:"version"`
	// Status is the HTTP status of the answer, 0 without one; Error the kind of failure,
	// "" if it succeeded.
	Status int    `json:"status,omitempty"`
	Error  string `json:"error,omitempty"`
	Millis int64  `json:"ms"`
	// Next is when it is tried again, zero if it isn't.
	Next time.Time `json:"next_try,omitzero"`
}

// Attempts are some lines of the log of deliveries, as one process wrote them at once.
type Attempts struct {
	Attempts []Attempt `json:"attempts"`
}

// Where events go.
const (
	ToWebhook     = "webhook"
	ToResultQueue = "result_queue"
)

// What becomes of an event at one of its targets.
const (
	// OutcomeDelivered: the target has it.
	OutcomeDelivered = "delivered"
	// OutcomeFailed: it is tried again.
	OutcomeFailed = "failed"
	// OutcomeGone: the receiver answered 410 and is told of it no more.
	OutcomeGone = "gone"
	// OutcomeGivenUp: it was tried for three days, and is a dead letter.
	OutcomeGivenUp = "given_up"
	// OutcomeCutOff: the worker shut down in the middle; another one tries again.
	OutcomeCutOff = "cut_off"
	// OutcomePutOff: nothing was sent, since the receiver is out of order and is spared.
	OutcomePutOff = "put_off"
	// OutcomeOvertaken: nothing was sent, since a later version is there.
	OutcomeOvertaken = "overtaken"
	// OutcomeAsked: somebody asked for it to be sent again.
	OutcomeAsked = "asked"
)

// Outcomes are all outcomes of an [Attempt].
func Outcomes() []string {
	return []string{
		OutcomeDelivered, OutcomeFailed, OutcomeGone, OutcomeGivenUp, OutcomeCutOff, OutcomePutOff, OutcomeOvertaken, OutcomeAsked,
	}
}

// What an attempt's id says in a sheet's place.
const (
	batchSubject    = "batch"
	rejectedSubject = "rejected-"
)

// Delivery names what is delivered to whom: the same for all attempts.
func (a Attempt) Delivery() string {
	subject := batchSubject
	switch {
	case a.Rejected != "":
		subject = rejectedSubject + a.Rejected
	case a.Sheet != "":
		subject = a.Sheet
	}
	return subject + "-" + strconv.Itoa(a.Version) + "-" + a.To
}
