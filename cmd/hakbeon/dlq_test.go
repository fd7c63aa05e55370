package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/joho/godotenv"

	"hakbeon/internal/deadletters"
	"hakbeon/lab/embedded"
	"hakbeon/lab/synth"
)

// TestDLQ looks at dead letters from other processes than the worker that made
// them, and sends them back.
func TestDLQ(t *testing.T) {
	t.Parallel()
	env := local(t)
	start(t, "worker", "--env-file", env)
	sendJob(t, env, `{"exam_code": "DLQ_2032", "keys": ["/uploads/kim-minji.jpg"]}`)
	sendJob(t, env, `{"exam_code": "OTHER", "keys": []}`)

	dlq := func(code int, args ...string) (out, said string) {
		t.Helper()
		p := start(t, append([]string{"dlq"}, append(args, "--env-file", env)...)...)
		out, got := p.end(t, time.Minute)
		if said = p.stderr.String(); got != code || strings.Contains(out+said, "minji") != (args[len(args)-1] == "--body") {
			t.Errorf("dlq %v ended with %d, want %d:\n%s\n%s", args, got, code, out, said)
		}
		return out, said
	}
	list := func(args ...string) []deadletters.Letter {
		t.Helper()
		out, _ := dlq(0, append([]string{"list", "--json"}, args...)...)
		return lettersOf(t, out)
	}

	await(t, time.Minute, "two dead letters", func() bool { return len(list()) == 2 })
	mine := list("--exam", "DLQ_2032", "--kind", "recognize", "--since", "1h")
	if len(mine) != 1 || !strings.Contains(mine[0].Reason, "keys[0]") || mine[0].Source == "" {
		t.Fatalf("got %+v", mine)
	}
	if out, _ := dlq(0, "list"); strings.Count(out, "\n") != 3 || !strings.Contains(out, "OTHER") {
		t.Errorf("list printed\n%s", out)
	}
	if out, _ := dlq(0, "show", mine[0].ID); !strings.Contains(out, mine[0].Reason) {
		t.Errorf("show printed\n%s", out)
	}
	dlq(0, "show", mine[0].ID, "--body")
	dlq(1, "show", "no-such-id")
	dlq(2, "redrive")
	dlq(2, "redrive", "--all", "--exam", "DLQ_2032")
	if _, said := dlq(2, "redrive", "--all"); !strings.Contains(said, "--yes") {
		t.Errorf("redrive without a terminal said %s", said)
	}
	if out, _ := dlq(0, "redrive", "--exam", "DLQ_2032", "--dry-run"); !strings.Contains(out, "would go back to "+mine[0].Source) {
		t.Errorf("redrive --dry-run printed\n%s", out)
	}
	if now := list("--exam", "DLQ_2032"); len(now) != 1 || now[0].ID != mine[0].ID {
		t.Errorf("after a dry run: %+v", now)
	}
	// The worker finds it as wrong as before: another dead letter with the same body.
	if out, _ := dlq(0, "redrive", mine[0].ID, "--yes", "--json"); !strings.Contains(out, `"count":1`) {
		t.Errorf("redrive printed\n%s", out)
	}
	await(t, time.Minute, "it to come again", func() bool {
		now := list("--exam", "DLQ_2032")
		return len(now) == 1 && now[0].ID != mine[0].ID
	})
	if len(list("--exam", "OTHER")) != 1 {
		t.Error("another exam's letter is gone")
	}
}

// TestReplay sends the webhooks of an exam again: the same ids and bodies.
func TestReplay(t *testing.T) {
	t.Parallel()
	drawn, sheets, roster := drawExam(t, 5, synth.ExamSpec{Code: "REPLAY_2032", Roster: 5, Sheets: 3})
	env := local(t)
	sink := sinkOf(t, env)
	start(t, "worker", "--env-file", env)
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--wait")
	if _, code := submit.end(t, 2*time.Minute); code != 0 {
		t.Fatalf("submit ended with %d: %s", code, submit.stderr.String())
	}
	readLedger(t, sink, len(drawn.Sheets))
	known, before, err := sink.Events(t.Context(), 0, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, e := range known {
		ids[e.ID] = true
	}
	dry, code := start(t, "dlq", "replay", drawn.Code, "--dry-run", "--env-file", env).end(t, time.Minute)
	if code != 0 || !strings.Contains(dry, "4 webhooks would be queued") {
		t.Errorf("replay --dry-run ended with %d: %s", code, dry)
	}
	out, code := start(t, "dlq", "replay", drawn.Code, "--since", "1h", "--yes", "--json", "--env-file", env).end(t, time.Minute)
	if code != 0 || !strings.Contains(out, `"count":4`) {
		t.Errorf("replay ended with %d: %s", code, out)
	}
	var again []embedded.Event
	await(t, time.Minute, "the webhooks to come again", func() bool {
		events, next, err := sink.Events(t.Context(), before, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		again, before = append(again, events...), next
		return len(again) >= 4
	})
	for _, e := range again {
		if !ids[e.ID] || !e.SameBodyAsFirst || !e.Verified {
			t.Errorf("webhook %s (%s) is no repeat: %+v", e.ID, e.Type, e)
		}
	}
	for _, args := range [][]string{{"dlq"}, {"dlq", "replay"}, {"dlq", "replay", "../x"}, {"dlq", "replay", "A", "--since", "yesterday"}} {
		if _, code := start(t, append(args, "--env-file", env)...).end(t, time.Minute); code != 2 {
			t.Errorf("hakbeon %v ended with %d, want 2", args, code)
		}
	}
}

func sendJob(t *testing.T, envFile, body string) {
	t.Helper()
	env, err := godotenv.Read(envFile)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqsOf(env).SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(env["SQS_QUEUE_URL"]), MessageBody: &body}); err != nil {
		t.Fatal(err)
	}
}

// sqsOf is a client of the SQS that an environment names.
func sqsOf(env map[string]string) *sqs.Client {
	return sqs.New(sqs.Options{
		Region: env["AWS_REGION"], BaseEndpoint: aws.String(env["AWS_ENDPOINT_URL_SQS"]),
		Credentials: credentials.NewStaticCredentialsProvider(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], ""),
	})
}

func lettersOf(t *testing.T, out string) []deadletters.Letter {
	t.Helper()
	var all []deadletters.Letter
	for line := range strings.Lines(out) {
		var l deadletters.Letter
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, l)
	}
	return all
}
