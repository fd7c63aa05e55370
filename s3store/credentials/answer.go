package credentials

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// parseAnswer reads what an endpoint answers: an object with access key, secret,
// token and expiry, alone or inside "credentials" or "data". Names are met in
// camelCase, snake_case and as AWS STS has them. Errors never quote the answer.
func parseAnswer(body []byte) (aws.Credentials, error) {
	fields, err := fieldsOf(body)
	if err != nil {
		return aws.Credentials{}, err
	}
	for range 2 {
		for _, inner := range []string{"credentials", "data"} {
			if nested, ok := fields[inner]; ok {
				if fields, err = fieldsOf(nested); err != nil {
					return aws.Credentials{}, err
				}
			}
		}
	}
	creds := aws.Credentials{
		AccessKeyID: text(fields["accesskeyid"]), SecretAccessKey: text(fields["secretaccesskey"]),
		SessionToken: text(fields["sessiontoken"]), CanExpire: true,
	}
	var missing []string
	for name, value := range map[string]string{
		"accessKeyId": creds.AccessKeyID, "secretAccessKey": creds.SecretAccessKey, "sessionToken": creds.SessionToken,
	} {
		if value == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return aws.Credentials{}, fmt.Errorf("the answer has no %s", strings.Join(missing, ", "))
	}
	creds.Expires, err = expiry(firstOf(fields, "expiration", "expiresat", "expires"))
	return creds, err
}

// fieldsOf reads an object with its names in lower case, without underscores.
func fieldsOf(body []byte) (map[string]json.RawMessage, error) {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil || object == nil {
		return nil, errors.New("the answer is not a JSON object")
	}
	fields := make(map[string]json.RawMessage, len(object))
	for name, value := range object {
		fields[strings.ToLower(strings.ReplaceAll(name, "_", ""))] = value
	}
	return fields, nil
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

func firstOf(fields map[string]json.RawMessage, names ...string) json.RawMessage {
	for _, name := range names {
		if raw, ok := fields[name]; ok {
			return raw
		}
	}
	return nil
}

// layouts of an expiry: RFC 3339, and what Python and Java make of a time without
// asking for it. One without a zone is taken as UTC.
var layouts = [...]string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
}

// millis is a number that can't be a time in seconds.
const millis = 100_000_000_000

func expiry(raw json.RawMessage) (time.Time, error) {
	if n, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64); err == nil && n > 0 {
		if n >= millis {
			n /= 1000
		}
		return time.UnixMilli(int64(n * 1000)), nil
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, strings.TrimSpace(text(raw))); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("the answer has no expiration as RFC 3339 has it, such as 2032-01-31T09:00:00Z")
}
