package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"hakbeon/exam"
	"hakbeon/jobs"
)

type object = map[string]any

// queuesDescription is what a reader of the document is told first.
const queuesDescription = `The queues between a backend and hakbeon: what may lie on the jobs queue, and what
comes on the result queue. The same events come by webhook: see "webhooks" in /openapi.json. The queues' addresses
are the installation's own.`

// describeQueues makes the AsyncAPI document: of the schema of jobs, and of the schemas that
// the OpenAPI document has of events.
func (s documents) describeQueues() ([]byte, error) {
	sent, err := jobMessages()
	if err != nil {
		return nil, err
	}
	told, err := s.eventMessages()
	if err != nil {
		return nil, err
	}
	messages := maps.Clone(sent)
	maps.Copy(messages, told)
	schemas, err := s.schemasOf(messages)
	if err != nil {
		return nil, err
	}
	document, err := json.MarshalIndent(object{
		"asyncapi": "3.0.0",
		"info": object{
			"title": "hakbeon's queues", "version": s.opts.Version, "description": queuesDescription,
			"license": object{"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
		},
		"defaultContentType": "application/json",
		"servers": object{"sqs": object{
			"host": "sqs.{region}.amazonaws.com", "protocol": "sqs", "description": "Amazon SQS. Calls are signed with AWS credentials (Signature Version 4).",
			"variables": object{"region": object{"default": "ap-northeast-2"}},
		}},
		"channels": object{
			"jobs": channel("SQS_QUEUE_URL", "Where backends write. A standard queue or FIFO; MessageGroupId is the exam's code on either.", sent),
			"results": channel("RESULT_QUEUE_URL", "Where backends read: a queue of their own, standard or FIFO. Its message attributes are a webhook's headers. "+
				"The same event may come twice, with the same webhook-id and body; a lower version than one that has come is old.", told),
		},
		"operations": object{
			"takeJob":   operation("receive", "hakbeon takes what backends send", "jobs", sent),
			"tellEvent": operation("send", "hakbeon tells what has become of it", "results", told),
		},
		"components": object{"messages": messages, "schemas": schemas},
	}, "", "  ")
	return readable(document), err
}

// channel is a queue, whose address is the installation's.
func channel(setting, what string, messages object) object {
	refs := object{}
	for name := range messages {
		refs[name] = object{"$ref": "#/components/messages/" + name}
	}
	return object{"address": nil, "title": setting, "description": "The queue at " + setting + ". " + what, "messages": refs}
}

func operation(action, summary, channel string, messages object) object {
	refs := []object{}
	for _, name := range slices.Sorted(maps.Keys(messages)) {
		refs = append(refs, object{"$ref": "#/channels/" + channel + "/messages/" + name})
	}
	return object{"action": action, "summary": summary, "channel": object{"$ref": "#/channels/" + channel}, "messages": refs}
}

// jobMessages are what backends send, one for each type in the schema of jobs, and what S3
// itself sends.
func jobMessages() (object, error) {
	raw, err := jobs.Schema()
	if err != nil {
		return nil, err
	}
	var schema struct {
		OneOf []object `json:"oneOf"`
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		return nil, err
	}
	summaries := map[string]string{
		jobs.TypeRecognize: "Read an exam's sheets", jobs.TypeResolve: "A person's word on a sheet",
		jobs.TypeRematch: "Match a batch against the roster as it is now", jobs.TypeClose: "Nothing more comes to an open batch", jobs.TypeCancel: "A batch ends with what has been read",
	}
	out := object{exam.MessageS3Event: object{
		"name": exam.MessageS3Event, "title": "S3 itself tells of an upload",
		"summary": "Sent by S3, EventBridge, or SNS around either; the key says exam and batch", "payload": s3Event(),
	}}
	for _, payload := range schema.OneOf {
		name, _ := payload["title"].(string)
		out[name] = object{"name": name, "title": name, "summary": summaries[name], "payload": payload}
	}
	return out, nil
}

// s3Event is AWS's: only what tells it from a job is said here.
func s3Event() object {
	alternative := func(title string, properties object) object {
		return object{"type": "object", "title": title, "properties": properties, "required": slices.Sorted(maps.Keys(properties))}
	}
	text := object{"type": "string"}
	return object{"anyOf": []object{
		alternative("An event notification of S3", object{"Records": object{"type": "array", "minItems": 1, "items": object{
			"type": "object", "required": []string{"eventName", "s3"}, "properties": object{"eventName": text, "s3": object{"type": "object"}},
		}}}),
		alternative("An event of S3 by EventBridge", object{"source": object{"const": "aws.s3"}, "detail-type": text, "detail": object{"type": "object"}}),
		alternative("Either of them, wrapped by SNS", object{"Type": object{"const": "Notification"}, "Message": text}),
		alternative("S3's own test of the notification", object{"Event": object{"const": "s3:TestEvent"}}),
	}}
}

// eventMessages are what backends are told, with the attributes of SQS as headers.
func (s documents) eventMessages() (object, error) {
	out := object{}
	for _, e := range events() {
		raw, err := json.Marshal(s.envelope(e))
		if err != nil {
			return nil, err
		}
		out[e.kind] = object{"name": e.kind, "title": e.kind, "summary": e.summary, "headers": attributes(e.kind), "payload": json.RawMessage(raw)}
	}
	return out, nil
}

// attributes are those of a message on the result queue; traceparent is there where traces
// are on.
func attributes(kind string) object {
	properties := object{"webhook-type": object{"const": kind}, "traceparent": object{"type": "string"}}
	for _, h := range eventHeaders() {
		properties[h.name] = object{"type": "string", "description": h.what}
	}
	return object{"type": "object", "properties": properties, "required": []string{"webhook-id", "webhook-timestamp", "webhook-type"}}
}

var schemaRef = regexp.MustCompile(`"#/components/schemas/([^"]+)"`)

// schemasOf are the schemas that messages name, and those that these name.
func (s documents) schemasOf(messages object) (object, error) {
	all := s.api.OpenAPI().Components.Schemas.Map()
	out := object{}
	text, err := json.Marshal(messages)
	for open := []string{string(text)}; err == nil && len(open) > 0; open = open[1:] {
		for _, found := range schemaRef.FindAllStringSubmatch(open[0], -1) {
			if _, done := out[found[1]]; done {
				continue
			}
			if text, err = json.Marshal(all[found[1]]); err != nil {
				break
			}
			out[found[1]] = json.RawMessage(text)
			open = append(open, string(text))
		}
	}
	return out, err
}

// serveQueues shows the document to anybody, as /openapi.json is shown.
func (s documents) serveQueues(mux *http.ServeMux) {
	document, err := s.describeQueues()
	if err != nil {
		panic(err) // schemas of our own types
	}
	mux.HandleFunc("GET /asyncapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document)
	})
}
