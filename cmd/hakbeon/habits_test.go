package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/joho/godotenv"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"hakbeon/lab/synth"
)

// TestUploadsToResultsExample runs the documented programs of a backend that only uploads,
// and takes its results off a queue; what lay on the queue is what /asyncapi.json says.
func TestUploadsToResultsExample(t *testing.T) {
	t.Parallel()
	for _, e := range []example{inPython("uploads_to_results.py", "boto3"), inJava("UploadsToResults")} {
		t.Run(e.language, func(t *testing.T) { uploadsToResults(t, e.command(t)) })
	}
}

func uploadsToResults(t *testing.T, command []string) {
	t.Helper()
	drawn, sheets, roster := drawExam(t, 78, synth.ExamSpec{Code: "HABIT_2032", Roster: 6, Sheets: 4, Broken: 1})
	envFile := local(t)
	env, err := godotenv.Read(envFile)
	if err != nil {
		t.Fatal(err)
	}
	queues := sqsOf(env)
	made, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("exam-results")})
	if err != nil {
		t.Fatal(err)
	}
	env["RESULT_QUEUE_URL"], env["HTTP_ADDR"] = *made.QueueUrl, "127.0.0.1:0"
	if err := godotenv.Write(env, envFile); err != nil {
		t.Fatal(err)
	}
	worker := start(t, "worker", "--env-file", envFile)
	notifyUploads(t, envFile, env["SQS_QUEUE_URL"], queues)

	out, files := runExample(t, command, env, drawn.Code, roster, sheets)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != files || strings.Count(out, " failed ") != 1 || !strings.Contains(out, " matched ") {
		t.Errorf("the example printed:\n%s", out)
	}

	if said, code := start(t, "dlq", "replay", "--since", "1h", "--queue", "--yes", "--env-file", envFile).end(t, time.Minute); code != 0 {
		t.Fatalf("replay ended with %d: %s", code, said)
	}
	address := listens.FindStringSubmatch(worker.stderr.String())
	if address == nil {
		t.Fatal("the worker does not say where it listens")
	}
	checkTold(t, "http://"+address[1]+"/asyncapi.json", queues, *made.QueueUrl, files+1)
}

// notifyUploads does what S3 does where the bucket notifies the jobs queue, which the
// embedded one does not.
func notifyUploads(t *testing.T, envFile, jobs string, queues *sqs.Client) {
	t.Helper()
	bucket, name := s3Of(t, envFile)
	told := map[string]bool{}
	go func() {
		for t.Context().Err() == nil {
			out, err := bucket.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &name, Prefix: aws.String("uploads/")})
			if err != nil {
				return // the test is over
			}
			for _, object := range out.Contents {
				if told[*object.Key] {
					continue
				}
				told[*object.Key] = true
				body := fmt.Sprintf(`{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"local-1","eventTime":"2032-06-30T00:00:00.000Z","eventName":"ObjectCreated:Put",`+
					`"s3":{"s3SchemaVersion":"1.0","configurationId":"uploads","bucket":{"name":%q,"arn":"arn:aws:s3:::exams"},"object":{"key":%q,"size":1,"sequencer":"0055AED6DCD90281E5"}}}]}`,
					name, strings.ReplaceAll(url.QueryEscape(*object.Key), "%2F", "/"))
				if _, err := queues.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &jobs, MessageBody: &body}); err != nil {
					return
				}
			}
			select {
			case <-t.Context().Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
}

// checkTold holds so many events to the document, body and attributes.
func checkTold(t *testing.T, document string, queues *sqs.Client, queue string, want int) {
	t.Helper()
	resp, err := http.Get(document)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	value, err := jsonschema.UnmarshalJSON(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	schemas := jsonschema.NewCompiler()
	if err := schemas.AddResource("asyncapi.json", value); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	await(t, time.Minute, "the events", func() bool {
		got, err := queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: []string{"All"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range got.Messages {
			attributes := map[string]any{}
			for name, a := range m.MessageAttributes {
				attributes[name] = aws.ToString(a.StringValue)
			}
			kind, _ := attributes["webhook-type"].(string)
			body, err := jsonschema.UnmarshalJSON(strings.NewReader(*m.Body))
			if err != nil {
				t.Fatal(err)
			}
			for part, is := range map[string]any{"payload": body, "headers": attributes} {
				schema, err := schemas.Compile("asyncapi.json#/components/messages/" + kind + "/" + part)
				if err != nil {
					t.Fatal(err)
				}
				if err := schema.Validate(is); err != nil {
					text, _ := json.Marshal(is)
					t.Errorf("%s of %s: %v\n%s", part, kind, err, text)
				}
			}
			ids[fmt.Sprint(attributes["webhook-id"])] = true
		}
		return len(ids) >= want
	})
}
