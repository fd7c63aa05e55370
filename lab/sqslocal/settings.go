package sqslocal

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The names of queue attributes that the code refers to.
const (
	attrDelay     = "DelaySeconds"
	attrMaxSize   = "MaximumMessageSize"
	attrRetention = "MessageRetentionPeriod"
	attrWait      = "ReceiveMessageWaitTimeSeconds"
	attrHidden    = "VisibilityTimeout"
	attrRedrive   = "RedrivePolicy"
	attrFIFO      = "FifoQueue"
	attrContent   = "ContentBasedDeduplication"
	attrScope     = "DeduplicationScope"
)

// yes is the value of an attribute that is on.
const yes = "true"

// maxMessage is the largest message and the largest batch, in bytes.
const maxMessage = 1 << 20

// settings are a queue's attributes as far as they can be set: the text of
// each, and what it means.
type settings struct {
	text         map[string]string
	delay        time.Duration
	retention    time.Duration
	wait         time.Duration
	visibility   time.Duration
	maxSize      int
	redrive      *redrivePolicy // nil: none
	byContent    bool
	dedupByGroup bool
}

// redrivePolicy says when a message goes to which dead-letter queue.
type redrivePolicy struct {
	target      string // ARN
	maxReceives int
}

// rule checks an attribute's value.
type rule func(value string) bool

// rules are all attributes that can be set on a queue.
func rules(fifo bool) map[string]rule {
	all := map[string]rule{
		attrDelay:                      between(0, 900),
		attrMaxSize:                    between(1024, maxMessage),
		attrRetention:                  between(60, 14*24*3600),
		attrWait:                       between(0, 20),
		attrHidden:                     between(0, 12*3600),
		attrRedrive:                    isJSON,
		"RedriveAllowPolicy":           isJSON,
		"Policy":                       isJSON,
		"KmsMasterKeyId":               func(string) bool { return true },
		"KmsDataKeyReusePeriodSeconds": between(60, 24*3600),
		"SqsManagedSseEnabled":         oneOf(yes, "false"),
	}
	if fifo {
		all[attrFIFO] = oneOf(yes)
		all[attrContent] = oneOf(yes, "false")
		all[attrScope] = oneOf("messageGroup", "queue")
		all["FifoThroughputLimit"] = oneOf("perQueue", "perMessageGroupId")
	}
	return all
}

// defaultText is what a new queue has.
func defaultText(fifo bool) map[string]string {
	text := map[string]string{
		attrDelay: "0", attrMaxSize: strconv.Itoa(maxMessage), attrRetention: "345600",
		attrWait: "0", attrHidden: "30", "SqsManagedSseEnabled": yes,
	}
	if fifo {
		text[attrFIFO], text[attrContent] = yes, "false"
		text[attrScope], text["FifoThroughputLimit"] = "queue", "perQueue"
	}
	return text
}

// change checks the new values and returns the settings with them. An empty
// policy takes the policy away.
func (s settings) change(fifo bool, values map[string]string) (settings, error) {
	text := maps.Clone(s.text)
	known := rules(fifo)
	for name, value := range values {
		valid, ok := known[name]
		switch {
		case !ok:
			return settings{}, sqsError("InvalidAttributeName", "InvalidAttributeName", "Unknown Attribute %s.", name)
		case value == "" && strings.HasSuffix(name, "Policy"):
			delete(text, name)
		case !valid(value):
			return settings{}, sqsError("InvalidAttributeValue", "InvalidAttributeValue",
				"Invalid value for the parameter %s.", name)
		default:
			text[name] = value
		}
	}
	return parseSettings(text)
}

// parseSettings reads values that passed the rules.
func parseSettings(text map[string]string) (settings, error) {
	s := settings{
		text:         text,
		delay:        seconds(text[attrDelay]),
		retention:    seconds(text[attrRetention]),
		wait:         seconds(text[attrWait]),
		visibility:   seconds(text[attrHidden]),
		byContent:    text[attrContent] == yes,
		dedupByGroup: text[attrScope] == "messageGroup",
	}
	s.maxSize, _ = strconv.Atoi(text[attrMaxSize])
	if policy := text[attrRedrive]; policy != "" {
		var err error
		s.redrive, err = parseRedrive(policy)
		return s, err
	}
	return s, nil
}

// parseRedrive reads a RedrivePolicy; maxReceiveCount may be a number or a text.
func parseRedrive(text string) (*redrivePolicy, error) {
	var policy struct {
		DeadLetterTargetArn string `json:"deadLetterTargetArn"`
		MaxReceiveCount     any    `json:"maxReceiveCount"`
	}
	err := json.Unmarshal([]byte(text), &policy)
	count, bad := strconv.Atoi(fmt.Sprint(policy.MaxReceiveCount))
	if err != nil || bad != nil || count < 1 || count > 1000 || policy.DeadLetterTargetArn == "" {
		return nil, outOfRange(text, attrRedrive,
			"The policy needs deadLetterTargetArn, and maxReceiveCount from 1 to 1000")
	}
	return &redrivePolicy{target: policy.DeadLetterTargetArn, maxReceives: count}, nil
}

func seconds(text string) time.Duration {
	n, _ := strconv.Atoi(text)
	return time.Duration(n) * time.Second
}

func between(low, high int) rule {
	return func(value string) bool {
		n, err := strconv.Atoi(value)
		return err == nil && low <= n && n <= high
	}
}

func oneOf(allowed ...string) rule {
	return func(value string) bool { return slices.Contains(allowed, value) }
}

func isJSON(value string) bool { return json.Valid([]byte(value)) }
