package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/exam"
	"hakbeon/webhook"
)

// event is what a receiver of webhooks, or a reader of the result queue, is told.
type event struct {
	kind, summary string
	data          reflect.Type
}

func events() []event {
	result := reflect.TypeFor[exam.Result]()
	return []event{
		{exam.EventRecognized, "A sheet has a student", result},
		{exam.EventNeedsReview, "A person has to look at a sheet", result},
		{exam.EventFailed, "A sheet could not be read, or a person has placed it nowhere", result},
		{exam.EventCompleted, "A batch has ended, once more or for the first time", reflect.TypeFor[exam.Summary]()},
		{exam.EventRejected, "A message on the jobs queue can never succeed", reflect.TypeFor[exam.Rejection]()},
		{webhook.EventTest, "Somebody asked whether events arrive", reflect.TypeFor[testEvent]()},
	}
}

// testEvent is the data of an event that tells of no sheet.
type testEvent struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// describeEvents puts what is sent to receivers into the document, and the closed lists of
// what they hold.
func (s documents) describeEvents() {
	doc := s.api.OpenAPI()
	doc.Webhooks = map[string]*huma.PathItem{}
	for _, e := range events() {
		doc.Webhooks[e.kind] = &huma.PathItem{Post: s.describe(e)}
	}
	schemas := doc.Components.Schemas.Map()
	for _, result := range []string{"Result", "Extracted"} {
		schemas[result].Properties["status"].Enum = closed(exam.Statuses())
	}
	schemas["Meta"].Properties["reason"].Enum = closed(exam.Reasons())
	schemas["Meta"].Properties["stage"].Enum = closed(exam.Stages())
	schemas["Meta"].Properties["timings_ms"].Nullable = true // of a sheet that was never read
	schemas["Summary"].Properties["alarms"].Items.Enum = closed(exam.Alarms())
	schemas["Rejection"].Properties["reason"].Enum = closed(exam.RejectionReasons())
}

// closed is a closed list as a schema has it.
func closed(values []string) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// envelope is the body of an event.
func (s documents) envelope(e event) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"type", "timestamp", "data"},
		Properties: map[string]*huma.Schema{
			"type":      {Type: huma.TypeString, Enum: []any{e.kind}},
			"timestamp": {Type: huma.TypeString, Format: "date-time"},
			"data":      s.api.OpenAPI().Components.Schemas.Schema(e.data, true, ""),
		},
	}
}

type eventHeader struct{ name, what string }

// eventHeaders are a webhook's, and attributes of a message on the result queue.
func eventHeaders() []eventHeader {
	return []eventHeader{
		{"webhook-id", "The event's id, the same in each try."},
		{"webhook-timestamp", "When this try was made, in seconds since 1970."},
		{"webhook-signature", "One or more signatures over id.timestamp.body, separated by spaces: \"v1,\" and base64 of HMAC-SHA256, \"v1a,\" and base64 of Ed25519."},
	}
}

// describe is an event as an operation of its receiver's.
func (s documents) describe(e event) *huma.Operation {
	headers := []*huma.Param{}
	for _, h := range eventHeaders() {
		headers = append(headers, &huma.Param{Name: h.name, In: "header", Required: true, Description: h.what, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	answers := map[string]*huma.Response{
		"2XX": {Description: "The receiver has it. Any other answer is tried again for three days."},
		"410": {Description: "The receiver wants no more of this event: it is not tried again."},
	}
	return &huma.Operation{
		OperationID: "event-" + e.kind, Summary: e.summary, Tags: []string{"events"},
		Description: "Standard Webhooks: verify the signature over the raw body. The same event may come twice, with the same webhook-id and body.",
		Parameters:  headers,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: s.envelope(e)}}},
		Responses:   answers, Security: []map[string][]string{},
	}
}
