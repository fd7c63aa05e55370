package conformance

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func sqsMessageCases() []sqsCase {
	return []sqsCase{
		{"a message comes back unchanged", messageUnchanged},
		{"only the attributes asked for come", attributesAsked},
		{"a message tells when it was sent and how often received", systemAttributes},
		{"a standard queue keeps the group id", groupOnStandard},
		{"a message of 1 MiB passes and a longer one does not", largeMessages},
		{"a body with forbidden characters is InvalidMessageContents", forbiddenCharacters},
		{"an empty body is refused", emptyBody},
		{"eleven attributes are refused", elevenAttributes},
		{"numbers out of range are refused", numbersOutOfRange},
		{"a long poll returns when a message arrives", pollWakes},
		{"a long poll returns empty at its end", pollEnds},
		{"a message sent after a poll was given up is not lost", pollGivenUp},
		{"many pollers share the messages", manyPollers},
		{"a delayed message comes later", delayedMessage},
		{"a queue's delay holds for every message", delayedQueue},
	}
}

func messageUnchanged(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	want := map[string]types.MessageAttributeValue{
		"reason": text("String", "학번 & <\"tag\">"),
		"count":  text("Number.int", "42"),
		"raw":    {DataType: aws.String("Binary"), BinaryValue: []byte{0, 1, 254, 255}},
	}
	body := "{\"exam\": \"기말\",\t\"x\": \"\\u0000 😀 & <>\"}\r\n"
	sent := q.send(body, func(in *sqs.SendMessageInput) { in.MessageAttributes = want })
	got := q.one(30)
	if *got.Body != body || *got.MessageId != *sent.MessageId {
		t.Errorf("got %q, id %s; want %q, id %s", *got.Body, *got.MessageId, body, *sent.MessageId)
	}
	if !reflect.DeepEqual(got.MessageAttributes, want) {
		t.Errorf("got attributes %v, want %v", got.MessageAttributes, want)
	}
	if aws.ToString(got.MD5OfMessageAttributes) != aws.ToString(sent.MD5OfMessageAttributes) {
		t.Errorf("MD5 of attributes: received %v, sent %v", got.MD5OfMessageAttributes, sent.MD5OfMessageAttributes)
	}
}

func attributesAsked(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	for names, want := range map[string]string{"a.*": "a.1 a.2", "b": "b", "": "", "nothing": ""} {
		q.send("x", func(in *sqs.SendMessageInput) {
			in.MessageAttributes = map[string]types.MessageAttributeValue{
				"a.1": text("String", "v"), "a.2": text("String", "v"), "b": text("String", "v"),
			}
		})
		in := &sqs.ReceiveMessageInput{QueueUrl: q.url, WaitTimeSeconds: 20}
		if names != "" {
			in.MessageAttributeNames = []string{names}
		}
		out, err := k.client.ReceiveMessage(t.Context(), in)
		if err != nil || len(out.Messages) != 1 {
			t.Fatalf("receive %q: %v, %v", names, out, err)
		}
		m := out.Messages[0]
		for name := range strings.FieldsSeq(want) {
			if _, ok := m.MessageAttributes[name]; !ok {
				t.Errorf("asked for %q: %s is missing", names, name)
			}
		}
		if len(m.MessageAttributes) != len(strings.Fields(want)) || len(m.Attributes) != 0 {
			t.Errorf("asked for %q: got %v and %v, want %q", names, m.MessageAttributes, m.Attributes, want)
		}
		q.finish(m)
	}
}

func systemAttributes(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	first := q.one(1)
	second := q.one(30)
	if a, b := receiveCount(t, first), receiveCount(t, second); b <= a {
		t.Errorf("receive counts %d, then %d: want rising", a, b)
	}
	for _, name := range []types.MessageSystemAttributeName{
		types.MessageSystemAttributeNameSentTimestamp, types.MessageSystemAttributeNameApproximateFirstReceiveTimestamp,
	} {
		ms, err := strconv.ParseInt(second.Attributes[string(name)], 10, 64)
		if age := time.Since(time.UnixMilli(ms)); err != nil || age.Abs() > 5*time.Minute {
			t.Errorf("%s is %q: want milliseconds, near now", name, second.Attributes[string(name)])
		}
		if first.Attributes[string(name)] != second.Attributes[string(name)] {
			t.Errorf("%s changed from one receive to the next", name)
		}
	}
}

func groupOnStandard(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x", inGroup("exam-1", false))
	if got := q.one(30).Attributes["MessageGroupId"]; got != "exam-1" {
		t.Errorf("got group %q, want exam-1", got)
	}
}

func largeMessages(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send(strings.Repeat("x", 1<<20))
	if got := len(*q.one(30).Body); got != 1<<20 {
		t.Errorf("got %d bytes, want 1 MiB", got)
	}
	_, err := q.trySend(strings.Repeat("x", 1<<20+1))
	sqsWants(t, "1 MiB and a byte", err, "InvalidParameterValue")
	_, err = q.trySend(strings.Repeat("x", 1<<20-8), func(in *sqs.SendMessageInput) {
		in.MessageAttributes = map[string]types.MessageAttributeValue{"n": text("String", "ab")}
	})
	sqsWants(t, "1 MiB and a byte with attributes", err, "InvalidParameterValue")
}

func forbiddenCharacters(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	for _, body := range []string{"nul \x00", "bell \x07", "not a character \uffff"} {
		_, err := q.trySend(body)
		if _, ok := errors.AsType[*types.InvalidMessageContents](err); !ok {
			t.Errorf("send %q: got %v, want InvalidMessageContents", body, err)
		}
	}
}

func emptyBody(t *testing.T, k *sqsKit) {
	_, err := k.standard(t, nil).trySend("")
	sqsWants(t, "empty body", err, "MissingParameter", "MissingRequiredParameterException", "InvalidParameterValue")
}

func elevenAttributes(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	_, err := q.trySend("x", func(in *sqs.SendMessageInput) {
		in.MessageAttributes = map[string]types.MessageAttributeValue{}
		for i := range 11 {
			in.MessageAttributes[fmt.Sprintf("a%d", i)] = text("String", "v")
		}
	})
	sqsWants(t, "eleven attributes", err, "InvalidParameterValue")
}

func numbersOutOfRange(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	_, err := q.trySend("x", func(in *sqs.SendMessageInput) { in.DelaySeconds = 901 })
	sqsWants(t, "delay of 901", err, "InvalidParameterValue")
	for what, in := range map[string]*sqs.ReceiveMessageInput{
		"11 messages":         {MaxNumberOfMessages: 11},
		"21 seconds' wait":    {WaitTimeSeconds: 21},
		"visibility of 43201": {VisibilityTimeout: 43201},
	} {
		in.QueueUrl = q.url
		_, err := k.client.ReceiveMessage(t.Context(), in)
		sqsWants(t, what, err, "InvalidParameterValue")
	}
}

func pollWakes(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	got := make(chan int, 1)
	go func() {
		messages, err := q.tryPoll(1, 30, 20)
		if err != nil {
			t.Errorf("receive: %v", err)
		}
		got <- len(messages)
	}()
	time.Sleep(time.Second)
	begin := time.Now()
	q.send("x")
	if n := <-got; n != 1 || time.Since(begin) > 10*time.Second {
		t.Errorf("got %d messages after %v, want one at once", n, time.Since(begin))
	}
}

func pollEnds(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	begin := time.Now()
	q.silent(2)
	if took := time.Since(begin); took < 1900*time.Millisecond || took > 10*time.Second {
		t.Errorf("a poll of 2 s took %v", took)
	}
}

func pollGivenUp(t *testing.T, k *sqsKit) {
	q := k.standard(t, map[string]string{"VisibilityTimeout": "5"})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := k.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: q.url, WaitTimeSeconds: 20})
	if err == nil {
		t.Fatal("a poll that was given up succeeded")
	}
	q.send("x")
	q.one(30) // where the old poll took it, when that is over
}

func manyPollers(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	const pollers = 5
	got := make(chan []types.Message, pollers)
	for range pollers {
		go func() {
			messages, err := q.tryPoll(1, 60, 20)
			if err != nil {
				t.Errorf("receive: %v", err)
			}
			got <- messages
		}()
	}
	time.Sleep(500 * time.Millisecond)
	for i := range pollers {
		q.send(strconv.Itoa(i))
	}
	var all []types.Message
	for range pollers {
		all = append(all, <-got...)
	}
	sameBodies(t, all, "0", "1", "2", "3", "4")
}

func delayedMessage(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	begin := time.Now()
	q.send("later", func(in *sqs.SendMessageInput) { in.DelaySeconds = 3 })
	q.send("now")
	if got := q.one(60); *got.Body != "now" {
		t.Errorf("got %q first, want the message without delay", *got.Body)
	}
	q.one(60)
	if took := time.Since(begin); took < 2900*time.Millisecond {
		t.Errorf("a delay of 3 s took %v", took)
	}
}

func delayedQueue(t *testing.T, k *sqsKit) {
	q := k.standard(t, map[string]string{"DelaySeconds": "3"})
	begin := time.Now()
	q.send("x")
	q.one(60)
	if took := time.Since(begin); took < 2900*time.Millisecond {
		t.Errorf("a delay of 3 s took %v", took)
	}
}
