package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// FieldError says which field of a message is wrong and what it should be.
type FieldError struct {
	Field  string // JSON name, with an index where it is an element: "keys[3]"
	Should string // what the field should be
}

// Error implements error.
func (e *FieldError) Error() string { return e.Field + ": " + e.Should }

// kinds maps a message's type to a fresh value of it.
type kinds map[string]func() Message

func jobKinds() kinds {
	return kinds{
		TypeRecognize: func() Message { return &Recognize{} },
		TypeResolve:   func() Message { return &Resolve{} },
		TypeRematch:   func() Message { return &Rematch{} },
	}
}

func taskKinds() kinds {
	return kinds{
		TypeFanout: func() Message { return &Fanout{} },
		TypeSheet:  func() Message { return &Sheet{} },
		TypeFinish: func() Message { return &Finish{} },
		TypeSweep:  func() Message { return &Sweep{} },
	}
}

func deliveryKinds() kinds {
	return kinds{TypeDelivery: func() Message { return &Delivery{} }}
}

// ParseJob reads a message of the jobs queue: a *Recognize, *Resolve or
// *Rematch. Our own message types are refused there.
func ParseJob(body string) (Message, error) { return parse(body, jobKinds(), TypeRecognize) }

// ParseTask reads a message of the work queue: a *Fanout, *Sheet, *Finish or *Sweep.
func ParseTask(body string) (Message, error) { return parse(body, taskKinds(), "") }

// ParseDelivery reads a message of the callback queue.
func ParseDelivery(body string) (*Delivery, error) {
	m, err := parse(body, deliveryKinds(), "")
	if err != nil {
		return nil, err
	}
	return m.(*Delivery), nil
}

func parse(body string, known kinds, untyped string) (Message, error) {
	if len(body) > MaxMessageBytes {
		return nil, fmt.Errorf("message has %d bytes: send at most %d, or list the keys in an object named by manifest_key", len(body), MaxMessageBytes)
	}
	if !utf8.ValidString(body) {
		return nil, errors.New("message is not UTF-8")
	}
	kind, err := typeOf(body, untyped)
	if err != nil {
		return nil, err
	}
	fresh, ok := known[kind]
	if !ok {
		return nil, &FieldError{"type", fmt.Sprintf("%s is not a message of this queue: use %s", quote(kind), known.names())}
	}
	m := fresh()
	if err := decodeStrict(body, m); err != nil {
		return nil, err
	}
	if err := m.validate(); err != nil {
		return nil, err
	}
	return m, nil
}

func typeOf(body, untyped string) (string, error) {
	var head struct {
		Type *string `json:"type"`
	}
	if err := json.Unmarshal([]byte(body), &head); err != nil {
		return "", explain(err, nil)
	}
	if head.Type == nil {
		return untyped, nil
	}
	return *head.Type, nil
}

// decodeStrict refuses unknown fields: a misspelt roster_key that is passed
// over would match the sheets against the wrong roster.
func decodeStrict(body string, into Message) error {
	dec := json.NewDecoder(strings.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return explain(err, into)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("message has something after its JSON object: send exactly one object")
	}
	return nil
}

// explain turns encoding/json's errors into ones for the sender of a message.
func explain(err error, into Message) error {
	if typeErr, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if typeErr.Field == "" {
			return fmt.Errorf("message is a JSON %s: send one JSON object", typeErr.Value)
		}
		return &FieldError{typeErr.Field, fmt.Sprintf("is a JSON %s: should be %s", typeErr.Value, jsonName(typeErr.Type))}
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return &FieldError{strings.Trim(name, `"`), "is not a field of this message: known are " + strings.Join(fieldNames(into), ", ")}
	}
	return fmt.Errorf("message is not JSON: %w", err)
}

func jsonName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.String:
		return "a string"
	default:
		return "a " + t.String()
	}
}

func fieldNames(m Message) []string {
	t := reflect.TypeOf(m).Elem()
	names := make([]string, 0, t.NumField())
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// Encode returns the JSON of a message. It fails on a message that its own
// parser would refuse.
func Encode(m Message) (string, error) {
	if err := m.validate(); err != nil {
		return "", fmt.Errorf("encode %T: %w", m, err)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return "", fmt.Errorf("encode %T: %w", m, err)
	}
	return strings.TrimSuffix(buf.String(), "\n"), nil
}
