package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hakbeon/exam"
	"hakbeon/webhook"
)

// What receivers get is what the document says, and what is not is refused by it.
func TestEventsAreAsTheDocumentSays(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(newAPI("key").do(t, get("/openapi.json")).text))
	if err != nil {
		t.Fatal(err)
	}
	schemas := jsonschema.NewCompiler()
	if err := schemas.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	student, key := "32141837", "original/e/32141837/1-01234567.jpg"
	result := exam.Result{
		Success: true, ExamCode: "e", BatchID: "b", Sheet: "0123456789abcdef", SheetKey: "uploads/e/1.jpg", Page: 1, Filename: "1.jpg", Version: 1,
		UpdatedAt: time.Unix(1, 0).UTC(), Status: exam.StatusMatched, StudentID: &student, Confidence: 1, Candidates: []exam.Candidate{{StudentID: student, Confidence: 1}},
		Meta: exam.Meta{Stage: exam.StageMatch, Reason: exam.ReasonSuccess, Digits: []exam.Digit{{Read: "3", Conf: 1}}, S3Keys: exam.Keys{Original: &key}},
	}
	failed := result
	failed.Success, failed.Status, failed.StudentID, failed.Candidates = false, exam.StatusFailed, nil, []exam.Candidate{}
	failed.Meta = exam.Meta{Stage: exam.StageRead, Reason: exam.ReasonImageUnreadable, Detail: &exam.Detail{EN: "a", KO: "b"}}
	unknown := result
	unknown.Status = "perhaps"
	for _, tt := range []struct {
		kind string
		data any
		bad  bool
	}{
		{kind: exam.EventRecognized, data: result},
		{kind: exam.EventNeedsReview, data: result},
		{kind: exam.EventFailed, data: failed},
		{kind: exam.EventCompleted, data: exam.Summary{ExamCode: "e", BatchID: "b", Alarms: exam.Alarms(), Reasons: map[string]int{"success": 1}}},
		{kind: exam.EventRejected, data: exam.Rejection{MessageID: "x", Reason: exam.RejectedField, Field: "keys", Detail: "should be there"}},
		{kind: exam.EventRecognized, data: unknown, bad: true},
		{kind: exam.EventRejected, data: result, bad: true},
	} {
		schema, err := schemas.Compile("openapi.json#/webhooks/" + tt.kind + "/post/requestBody/content/application~1json/schema")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(tt.data)
		if err != nil {
			t.Fatal(err)
		}
		body, err := webhook.Body(tt.kind, time.Unix(1, 0), raw)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(sent); (err != nil) != tt.bad {
			t.Errorf("%s: %v\n%s", tt.kind, err, body)
		}
	}
}
