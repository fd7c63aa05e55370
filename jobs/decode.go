package jobs

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// field is where one JSON field of a message goes.
type field struct {
	value    reflect.Value
	optional bool
}

// fieldsOf returns the fields of a message by their JSON names.
func fieldsOf(m Message) map[string]field {
	known := map[string]field{}
	for f, value := range reflect.ValueOf(m).Elem().Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		known[name] = field{value, strings.HasPrefix(options, "omit")}
	}
	return known
}

// decode fills the message. It is stricter than encoding/json: a name must be
// right to the letter and known, and a value must not be empty. A misspelt or
// empty roster_key that is passed over would match the sheets against the wrong
// roster.
func decode(fields map[string]json.RawMessage, m Message) error {
	known := fieldsOf(m)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f, ok := known[name]
		if !ok {
			return &FieldError{strings.Trim(quote(name), `"`), "is not a field of this message: known are " +
				strings.Join(slices.Sorted(maps.Keys(known)), ", ")}
		}
		if should := f.set(fields[name]); should != "" {
			return &FieldError{name, should}
		}
	}
	return nil
}

// set takes the field's value, and says what it should be if it is wrong. Null
// is what many encoders write for a value that was not given.
func (f field) set(raw json.RawMessage) (should string) {
	if isNull(raw) {
		return ""
	}
	if json.Unmarshal(raw, f.value.Addr().Interface()) != nil {
		return "is " + jsonKind(raw) + ": should be " + wanted(f.value.Type())
	}
	if f.optional && f.value.Kind() != reflect.Bool && (f.value.IsZero() || f.value.Kind() == reflect.Slice && f.value.Len() == 0) {
		return "is empty: give it a value, or leave it out"
	}
	return ""
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// jsonKind names the kind of a valid JSON value.
func jsonKind(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// wanted names the JSON that a field of this type takes.
func wanted(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "a time such as 2006-01-02T15:04:05Z"
	case t == reflect.TypeFor[PageCount]():
		return `a whole number or "auto"`
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Slice:
		return "a list of strings"
	case t.Kind() == reflect.Int:
		return "a whole number"
	default:
		return "a string"
	}
}

// quote shows a value from outside, cut to a bounded length.
func quote(s string) string {
	const most = 80
	if len(s) > most {
		cut := most
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return strconv.Quote(s)
}
