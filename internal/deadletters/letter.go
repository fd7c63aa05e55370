package deadletters

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/jobs"
	"hakbeon/worker/queue"
)

// KindUnknown is the kind of a message that is none of ours.
const KindUnknown = "unknown"

// Kinds are the values of a letter's kind.
func Kinds() []string {
	return []string{
		jobs.TypeRecognize, jobs.TypeResolve, jobs.TypeRematch, jobs.TypeClose, jobs.TypeCancel, jobs.TypeFanout, jobs.TypeSheet, jobs.TypeFinish,
		jobs.TypeSweep, jobs.TypeDelivery, KindUnknown,
	}
}

// Letter is what may be told of a dead letter. Fields that the message does not
// have, or has in a form that can't be right, are empty.
type Letter struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"` // when it was put on the queue, by SQS's clock
	Kind     string    `json:"kind"`
	ExamCode string    `json:"exam_code,omitempty"`
	BatchID  string    `json:"batch_id,omitempty"`
	Sheet    string    `json:"sheet,omitempty"`
	Version  int       `json:"version,omitempty"`
	// Source is the name of the queue that it came from, "" if nothing says so.
	Source string `json:"source,omitempty"`
	Reason string `json:"reason,omitempty"`
	Bytes  int    `json:"bytes"` // of the body
	// Body is there only where it was asked for.
	Body string `json:"body,omitempty"`
}

// received is a letter with what is needed to bring it back.
type received struct {
	Letter
	body, receipt, group string
	attributes           map[string]string // the sender's own
}

// content is what is read of any message, right or wrong.
type content struct {
	Type     string `json:"type"`
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
	Sheet    string `json:"sheet"`
	Key      string `json:"key"`
	Page     int    `json:"page"`
	Version  int    `json:"version"`
}

func newReceived(in types.Message) received {
	r := received{
		body: aws.ToString(in.Body), receipt: aws.ToString(in.ReceiptHandle), attributes: map[string]string{},
		group: in.Attributes[string(types.MessageSystemAttributeNameMessageGroupId)],
	}
	r.ID, r.Bytes = aws.ToString(in.MessageId), len(r.body)
	if ms, err := strconv.ParseInt(in.Attributes[string(types.MessageSystemAttributeNameSentTimestamp)], 10, 64); err == nil {
		r.At = time.UnixMilli(ms).UTC()
	}
	r.describe()
	for name, value := range in.MessageAttributes {
		text := aws.ToString(value.StringValue)
		switch name {
		case queue.AttributeReason:
			r.Reason = printable(text)
		case queue.AttributeSource:
			r.Source = printable(text)
		default:
			r.attributes[name] = text
		}
	}
	// SQS's own word counts for more than an attribute, which a sender may have
	// made up on a message that SQS moved here.
	if arn := in.Attributes[string(types.MessageSystemAttributeNameDeadLetterQueueSourceArn)]; arn != "" {
		r.Source = arn[strings.LastIndexByte(arn, ':')+1:]
		r.Reason = "received more often than the queue's maxReceiveCount"
	}
	return r
}

// describe fills in what the body says. It comes from outside: what does not
// look as it should is left out.
func (r *received) describe() {
	r.Kind = KindUnknown
	var in content
	if err := json.Unmarshal([]byte(r.body), &in); err != nil && in == (content{}) {
		return
	}
	if in.Type == "" && in.ExamCode != "" {
		in.Type = jobs.TypeRecognize
	}
	if slices.Contains(Kinds(), in.Type) {
		r.Kind = in.Type
	}
	if jobs.ValidCode(in.ExamCode) {
		r.ExamCode = in.ExamCode
	}
	if jobs.ValidCode(in.BatchID) {
		r.BatchID = in.BatchID
	}
	r.Version = in.Version
	if sheetID.MatchString(in.Sheet) {
		r.Sheet = in.Sheet
	}
	if r.Kind == jobs.TypeSheet && r.ExamCode != "" && r.BatchID != "" {
		r.Sheet = jobs.SheetID(in.ExamCode, in.BatchID, in.Key, in.Page)
	}
}

var sheetID = regexp.MustCompile(jobs.SheetPattern)

// printable keeps a terminal from being told what to do.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}
