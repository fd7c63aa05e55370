package jobs

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Gleaned is what a message of the jobs queue says of itself, as far as that can be
// right. It holds nothing that a sender could not have said in a good message.
type Gleaned struct {
	// Type is one of the types of the jobs queue, "" if it is none of them.
	Type              string
	ExamCode, BatchID string
}

// Glean reads what it can of a message that was refused: its fields by themselves,
// each left out unless it is as it should be. It never fails; of more than
// [MaxMessageBytes] it reads nothing.
func Glean(body string) (g Gleaned) {
	var in map[string]json.RawMessage
	if len(body) > MaxMessageBytes || json.Unmarshal([]byte(strings.TrimPrefix(body, "\ufeff")), &in) != nil || in == nil {
		return g
	}
	text := func(name string) (s string) {
		_ = json.Unmarshal(in[name], &s) // what is no text is left out
		return s
	}
	untyped := in["type"] == nil || isNull(in["type"])
	if g.Type = text("type"); untyped && (in["exam_code"] != nil || in["keys"] != nil || in["manifest_key"] != nil || in["download_url"] != nil) {
		g.Type = TypeRecognize
	}
	if _, ok := jobKinds()[g.Type]; !ok {
		g.Type = ""
	}
	if code := text("exam_code"); ValidCode(code) {
		g.ExamCode = code
	}
	if code := text("batch_id"); ValidCode(code) {
		g.BatchID = code
	}
	return g
}

// Plain says the same without anything that the sender wrote: field is "" unless it is
// one that backends' messages have, and should is what it should be.
func (e *FieldError) Plain() (field, should string) {
	should = e.Should
	if value, err := strconv.QuotedPrefix(should); err == nil {
		should = strings.TrimSpace(should[len(value):])
	}
	if name, _, _ := strings.Cut(e.Field, "["); slices.Contains(jobFields(), name) {
		field = e.Field
	}
	return field, should
}

// jobFields are the names of all fields of backends' messages.
func jobFields() []string {
	names := map[string]bool{}
	for _, fresh := range jobKinds() {
		for name := range fieldsOf(fresh()) {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
