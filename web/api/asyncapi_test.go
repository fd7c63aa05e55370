package api_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/webhook"
	"hakbeon/worker/arrivals"
)

// queues is the AsyncAPI document as a client gets it.
func queues(t *testing.T) (*jsonschema.Compiler, map[string]any) {
	t.Helper()
	got := newAPI("key").do(t, get("/asyncapi.json"))
	if got.status != 200 {
		t.Fatalf("without a key: %d %s", got.status, got.text)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(got.text))
	if err != nil {
		t.Fatal(err)
	}
	schemas := jsonschema.NewCompiler()
	if err := schemas.AddResource("asyncapi.json", document); err != nil {
		t.Fatal(err)
	}
	whole, _ := document.(map[string]any)
	return schemas, whole
}

func payload(t *testing.T, schemas *jsonschema.Compiler, message string) *jsonschema.Schema {
	t.Helper()
	schema, err := schemas.Compile("asyncapi.json#/components/messages/" + message + "/payload")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func valid(t *testing.T, schema *jsonschema.Schema, body string) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

const sentByS3 = `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"exams"},"object":{"key":"uploads/E/1.jpg"}}}]}`

// What the worker takes off the jobs queue is what the document says may lie there, under
// the name that it has there, and what it refuses is not.
func TestQueuesTakeWhatTheDocumentSays(t *testing.T) {
	schemas, _ := queues(t)
	wrapped, err := json.Marshal(map[string]string{"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:ap-northeast-2:123456789012:uploads", "Message": sentByS3})
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string][]string{
		jobs.TypeRecognize: {`{"exam_code":"E","keys":["uploads/E/1.jpg"]}`, `{"type":"recognize","exam_code":"E","batch_id":"b","open":true,"keys":["a"],"pages_per_sheet":"auto"}`},
		jobs.TypeResolve:   {`{"type":"resolve","exam_code":"E","batch_id":"b","sheet":"0123456789abcdef","student_id":"1","by":"김조교"}`},
		jobs.TypeRematch:   {`{"type":"rematch","exam_code":"E","batch_id":"b"}`},
		jobs.TypeClose:     {`{"type":"close","exam_code":"E","batch_id":"b"}`},
		exam.MessageS3Event: {
			sentByS3, string(wrapped), `{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"exams"}`,
			`{"version":"0","detail-type":"Object Created","source":"aws.s3","detail":{"bucket":{"name":"exams"},"object":{"key":"uploads/E/1.jpg"}}}`,
		},
	}
	for name, sent := range bodies {
		for _, body := range sent {
			_, isEvent, err := arrivals.Parse(body)
			if err == nil && !isEvent {
				_, err = jobs.ParseJob(body)
			}
			if err != nil || isEvent != (name == exam.MessageS3Event) {
				t.Fatalf("%s: the worker reads %v, %v", body, isEvent, err)
			}
			for other := range bodies {
				if err := valid(t, payload(t, schemas, other), body); (err == nil) != (other == name) {
					t.Errorf("%s as %s: %v", body, other, err)
				}
			}
		}
	}
	for _, body := range []string{`{"exam_code":"../E","keys":["a"]}`, `{"type":"close","exam_code":"E"}`, `{"exam_code":"E","keys":["a"],"more":1}`} {
		for name := range bodies {
			if valid(t, payload(t, schemas, name), body) == nil {
				t.Errorf("%s is a %s", body, name)
			}
		}
	}
}

// What goes out is what the document says: every event there is, and the test's as it is
// really made.
func TestQueuesTellWhatTheDocumentSays(t *testing.T) {
	schemas, document := queues(t)
	channels, _ := document["channels"].(map[string]any)
	results, _ := channels["results"].(map[string]any)
	told, _ := results["messages"].(map[string]any)
	want := []string{exam.EventCompleted, exam.EventFailed, exam.EventNeedsReview, exam.EventRecognized, exam.EventRejected, webhook.EventTest}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(told)); !slices.Equal(got, want) {
		t.Errorf("told: %q", got)
	}
	_, trial, err := webhook.TrialEvent(time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	rejection, err := json.Marshal(exam.Rejection{MessageID: "x", Reason: exam.RejectedField, Field: "keys", Detail: "should be there"})
	if err != nil {
		t.Fatal(err)
	}
	rejected, err := webhook.Body(exam.EventRejected, time.Unix(1, 0), rejection)
	if err != nil {
		t.Fatal(err)
	}
	for body, kind := range map[string]string{string(trial): webhook.EventTest, string(rejected): exam.EventRejected} {
		for _, name := range want {
			if err := valid(t, payload(t, schemas, name), body); (err == nil) != (name == kind) {
				t.Errorf("%s as %s: %v", body, name, err)
			}
		}
	}
}

// Every reference in the document leads somewhere, and no schema is there that nothing
// names.
func TestQueuesDocumentIsWhole(t *testing.T) {
	_, document := queues(t)
	named := map[string]bool{}
	var walk func(node any)
	walk = func(node any) {
		switch n := node.(type) {
		case map[string]any:
			if ref, ok := n["$ref"].(string); ok {
				named[ref] = true
				at := any(document)
				for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
					inner, _ := at.(map[string]any)
					at = inner[step]
				}
				if at == nil {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for _, inner := range n {
				walk(inner)
			}
		case []any:
			for _, inner := range n {
				walk(inner)
			}
		}
	}
	walk(document)
	components, _ := document["components"].(map[string]any)
	for kind, all := range components {
		of, _ := all.(map[string]any)
		for name := range of {
			if !named["#/components/"+kind+"/"+name] {
				t.Errorf("nothing names the %s %s", kind, name)
			}
		}
		if len(of) < 3 {
			t.Errorf("only %d %s", len(of), kind)
		}
	}
}

// Every schema in either document is one: no validator of the formats looks into them, and
// generators do.
func TestDocumentsSchemasAreSchemas(t *testing.T) {
	for _, path := range []string{"/openapi.json", "/asyncapi.json"} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(newAPI("key").do(t, get(path)).text))
		if err != nil {
			t.Fatal(err)
		}
		schemas := jsonschema.NewCompiler()
		if err := schemas.AddResource("document.json", document); err != nil {
			t.Fatal(err)
		}
		compiled := 0
		var walk func(at string, node any)
		walk = func(at string, node any) {
			inner, _ := node.(map[string]any)
			for name, value := range inner {
				below := at + "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
				if name == "schema" || name == "payload" || name == "headers" && path == "/asyncapi.json" || strings.HasSuffix(at, "components/schemas") {
					if _, err := schemas.Compile("document.json#" + below); err != nil {
						t.Errorf("%s%s: %v", path, below, err)
					}
					compiled++
					continue
				}
				walk(below, value)
			}
		}
		walk("", document)
		if compiled < 15 {
			t.Errorf("%s: only %d schemas were found", path, compiled)
		}
	}
}

// POST /jobs takes what the queue takes: for each type of message the same fields, and its
// schema takes what is really sent.
func TestPostedJobsAreTheQueues(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(newAPI("key").do(t, get("/openapi.json")).text))
	if err != nil {
		t.Fatal(err)
	}
	const at = "openapi.json#/paths/~1jobs/post/requestBody/content/application~1json/schema"
	schemas := jsonschema.NewCompiler()
	if err := schemas.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	posted, err := schemas.Compile(at)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]map[string]bool{}
	note := func(kinds []any, properties []string) {
		kind, _ := kinds[0].(string)
		if fields[kind] == nil {
			fields[kind] = map[string]bool{}
		}
		for _, p := range properties {
			fields[kind][p] = true
		}
	}
	for _, one := range posted.OneOf {
		note(one.Properties["type"].Enum.Values, slices.Collect(maps.Keys(one.Properties)))
	}
	raw, err := jobs.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var queue struct {
		OneOf []struct {
			Title      string         `json:"title"`
			Properties map[string]any `json:"properties"`
		} `json:"oneOf"`
	}
	if err := json.Unmarshal(raw, &queue); err != nil {
		t.Fatal(err)
	}
	for _, message := range queue.OneOf {
		got, want := slices.Sorted(maps.Keys(fields[message.Title])), slices.Sorted(maps.Keys(message.Properties))
		if !slices.Equal(got, want) {
			t.Errorf("%s: POST /jobs has %q, the queue %q", message.Title, got, want)
		}
	}
	for _, body := range []string{
		`{"exam_code":"E","keys":["uploads/E/1.jpg"]}`, `{"exam_code":"E","keys":["a"],"pages_per_sheet":"auto"}`, `{"exam_code":"E","keys":["a"],"pages_per_sheet":null}`,
		`{"exam_code":"E","keys":["a"],"roster_key":"rosters/E.csv"}`, `{"exam_code":"E","keys":["a"],"roster_key":"rosters/E.XLS"}`,
		`{"type":"recognize","exam_code":"E","batch_id":"b","open":true,"keys":["a"]}`, `{"type":"close","exam_code":"E","batch_id":"b"}`,
		`{"type":"resolve","exam_code":"E","batch_id":"b","sheet":"0123456789abcdef","student_id":"1","by":"김조교"}`,
	} {
		if _, err := jobs.ParseJob(body); err != nil {
			t.Fatal(err)
		}
		if err := valid(t, posted, body); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
}
