// Package arrivals understands what S3 itself says on the jobs queue: that an object was
// created. [Parse] tells such a message from a backend's job, in each of the forms that
// S3's word comes in: an event notification, an EventBridge event, and either wrapped by
// SNS. [Patterns] say which exam and which batch a key belongs to.
//
// It is pure: what is done with it is worker/intake's.
package arrivals

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"hakbeon/jobs"
)

// Object is one that was created.
type Object struct {
	Bucket string
	Key    string // as it is, decoded
}

// Notice is what one message says.
type Notice struct {
	Created []Object
	// Others counts the events of other kinds, such as that an object was removed.
	Others int
	// Test is the message by which S3 tries a new notification.
	Test bool
}

// Parse reads a message; ok is false if it is not of S3, and then a job. An error says
// that it is of S3 and can't be read, ever. It holds nothing of the message.
func Parse(body string) (n Notice, ok bool, err error) {
	if len(body) > jobs.MaxMessageBytes {
		return n, false, nil
	}
	in := fieldsOf([]byte(body))
	if message, wrapped := sns(in); wrapped {
		if in = fieldsOf([]byte(message)); in == nil {
			return n, false, nil
		}
	}
	switch {
	case in["Records"] != nil:
		n, err = notification(in["Records"])
	case text(in["Event"]) == "s3:TestEvent":
		n.Test = true
	case text(in["source"]) == "aws.s3" && in["detail-type"] != nil:
		n, err = bridged(in)
	default:
		return n, false, nil
	}
	return n, true, err
}

// fieldsOf are those of a JSON object, by their names to the letter; nil if it is none.
func fieldsOf(raw []byte) map[string]json.RawMessage {
	var in map[string]json.RawMessage
	if json.Unmarshal(raw, &in) != nil {
		return nil
	}
	return in
}

// text is the string that a field is, "" if it is none.
func text(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s) // what is no string is ""
	return s
}

// sns is the message that SNS wraps.
func sns(in map[string]json.RawMessage) (message string, wrapped bool) {
	if text(in["Type"]) != "Notification" || in["TopicArn"] == nil {
		return "", false
	}
	return text(in["Message"]), true
}

// record is what is read of one record of an event notification.
type record struct {
	Source string `json:"eventSource"`
	Name   string `json:"eventName"`
	S3     struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key string `json:"key"`
		} `json:"object"`
	} `json:"s3"`
}

var errRecords = errors.New("should hold the records of an event notification, under Records")

// notification reads the records of S3's own form, whose keys are encoded as in a query:
// a space is +.
func notification(raw json.RawMessage) (n Notice, err error) {
	var records []record
	if json.Unmarshal(raw, &records) != nil || len(records) == 0 {
		return n, errRecords
	}
	for i := range records {
		r := &records[i]
		if !strings.HasSuffix(r.Source, ":s3") || r.Name == "" {
			return n, errRecords
		}
		// Servers that speak S3's language write s3: before the name.
		if !strings.HasPrefix(strings.TrimPrefix(r.Name, "s3:"), "ObjectCreated:") {
			n.Others++
			continue
		}
		key, err := url.QueryUnescape(r.S3.Object.Key)
		if err != nil || key == "" || r.S3.Bucket.Name == "" {
			return n, fmt.Errorf("record %d should name a bucket and an object, its key URL-encoded", i)
		}
		n.Created = append(n.Created, Object{r.S3.Bucket.Name, key})
	}
	return n, nil
}

// bridged reads EventBridge's form, whose keys are as they are.
func bridged(in map[string]json.RawMessage) (n Notice, err error) {
	if text(in["detail-type"]) != "Object Created" {
		return Notice{Others: 1}, nil
	}
	var detail struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key string `json:"key"`
		} `json:"object"`
	}
	if json.Unmarshal(in["detail"], &detail) != nil || detail.Bucket.Name == "" || detail.Object.Key == "" {
		return n, errors.New("detail: should name a bucket and an object")
	}
	n.Created = []Object{{detail.Bucket.Name, detail.Object.Key}}
	return n, nil
}
