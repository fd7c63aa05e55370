package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
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

// FormError says that a message is not one JSON object in UTF-8, or too long. Its text
// quotes at most one character of the message.
type FormError struct{ err error }

// Error implements error.
func (e *FormError) Error() string { return e.err.Error() }

// Unwrap returns what JSON's decoder said, if it was asked.
func (e *FormError) Unwrap() error { return e.err }

func malformed(format string, args ...any) error { return &FormError{fmt.Errorf(format, args...)} }

// kinds maps a message's type to a fresh value of it.
type kinds map[string]func() Message

func jobKinds() kinds {
	return kinds{
		TypeRecognize: func() Message { return &Recognize{} },
		TypeResolve:   func() Message { return &Resolve{} },
		TypeRematch:   func() Message { return &Rematch{} },
		TypeClose:     func() Message { return &Close{} },
		TypeCancel:    func() Message { return &Cancel{} },
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

func (k kinds) names() string {
	return strings.Join(slices.Sorted(maps.Keys(k)), ", ")
}

// ParseJob reads a message of the jobs queue: a *Recognize, *Resolve, *Rematch,
// *Close or *Cancel. Our own message types are refused there. A field that is null counts
// as left out; one that is there and empty is refused.
func ParseJob(body string) (Message, error) { return parse(body, jobKinds(), TypeRecognize) }

// ParseTask reads a message of the work queue: a *Fanout, *Sheet, *Finish or *Sweep.
func ParseTask(body string) (Message, error) { return parse(body, taskKinds(), "") }

// ParseDelivery reads a message of the callback queue.
func ParseDelivery(body string) (*Delivery, error) {
	m, err := parse(body, deliveryKinds(), "")
	if err != nil {
		return nil, err
	}
	return m.(*Delivery), nil //nolint:forcetypeassert // the only kind there
}

func parse(body string, known kinds, untyped string) (Message, error) {
	fields, err := split(body)
	if err != nil {
		return nil, err
	}
	kind, err := typeOf(fields, untyped)
	if err != nil {
		return nil, err
	}
	fresh, ok := known[kind]
	if !ok {
		return nil, &FieldError{"type", fmt.Sprintf("%s is not a message of this queue: use %s", quote(kind), known.names())}
	}
	m := fresh()
	if err := decode(fields, m); err != nil {
		return nil, err
	}
	if err := m.validate(); err != nil {
		return nil, err
	}
	return m, nil
}

// split takes a message apart into its fields.
func split(body string) (map[string]json.RawMessage, error) {
	if len(body) > MaxMessageBytes {
		return nil, malformed("message has %d bytes: send at most %d, or list the keys in an object named by manifest_key", len(body), MaxMessageBytes)
	}
	if !utf8.ValidString(body) {
		return nil, malformed("message is not UTF-8")
	}
	body = strings.TrimPrefix(body, "\ufeff") // some platforms write one before all text
	var fields map[string]json.RawMessage
	err := json.Unmarshal([]byte(body), &fields)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, malformed("message is not one JSON object: %w at byte %d", syntax, syntax.Offset)
	}
	if err != nil || fields == nil {
		return nil, malformed("message is %s: send one JSON object", jsonKind([]byte(strings.TrimSpace(body))))
	}
	if twice := repeatedField(body); twice != "" {
		return nil, &FieldError{strings.Trim(quote(twice), `"`), "stands there twice: send each field once"}
	}
	return fields, nil
}

// repeatedField is a field of a JSON object that it has twice: programs differ in
// which of the two they take. "" if there is none.
func repeatedField(body string) string {
	d := json.NewDecoder(strings.NewReader(body))
	seen := map[string]bool{}
	if _, err := d.Token(); err != nil {
		return ""
	}
	for d.More() {
		name, err := d.Token()
		field, ok := name.(string)
		if err != nil || !ok {
			return ""
		}
		if seen[field] {
			return field
		}
		seen[field] = true
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return ""
		}
	}
	return ""
}

func typeOf(fields map[string]json.RawMessage, untyped string) (string, error) {
	raw, ok := fields["type"]
	if !ok || isNull(raw) {
		return untyped, nil
	}
	var kind string
	if json.Unmarshal(raw, &kind) != nil {
		return "", &FieldError{"type", "is " + jsonKind(raw) + ": should be a string"}
	}
	return kind, nil
}

// Encode returns the JSON of a message, its type filled in. It fails on a message
// that its own parser would refuse; only the length is not looked at, see
// [MaxMessageBytes].
func Encode(m Message) (string, error) {
	if err := m.validate(); err != nil {
		return "", err
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return "", fmt.Errorf("encode a message: %w", err)
	}
	return strings.TrimSuffix(buf.String(), "\n"), nil
}
