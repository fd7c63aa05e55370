package jobs_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"hakbeon/jobs"
)

// fields are a message's JSON fields, as the tests' tables write them.
type fields map[string]any

// with returns a copy in which the named fields are others; a nil value is JSON's
// null, and gone leaves the field out.
func (f fields) with(changes fields) fields {
	out := maps.Clone(f)
	maps.Copy(out, changes)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == gone })
	return out
}

// gone is the value of a field that is to be left out.
var gone = new(int)

func (f fields) json(t testing.TB) string {
	t.Helper()
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatalf("write %v: %v", f, err)
	}
	return string(b)
}

// A valid message of each type.
func recognize() fields {
	return fields{
		"exam_code": "SaS_2017_Final", "keys": []string{"uploads/SaS_2017_Final/001.jpg", "uploads/SaS_2017_Final/002.jpg"},
		"batch_id": "2017-12-18-a", "batch_total": 2, "roster_key": "rosters/SaS_2017_Final.xlsx",
		"callback_url": "https://backend.example.com/hooks/recognition", "pages_per_sheet": 2,
	}
}

func download() fields {
	return fields{
		"exam_code": "SaS_2017_Final", "batch_id": "2017-12-18-a", "open": true, "filename": "1반/001.jpg",
		"download_url": "https://pictures.example.com/001.jpg?X-Amz-Signature=0f&x=%2F",
	}
}

func resolve() fields {
	return fields{"type": "resolve", "exam_code": "x", "batch_id": "b", "sheet": "9f86d081884c7d65", "student_id": "32141837"}
}

func rematch() fields { return fields{"type": "rematch", "exam_code": "x", "batch_id": "b"} }

func fanout() fields {
	return fields{"type": "fanout", "exam_code": "x", "batch_id": "b", "part": "9f86d081884c7d65", "from": 0, "to": 100}
}

func sheet() fields {
	return fields{"type": "sheet", "exam_code": "x", "batch_id": "b", "key": "uploads/시험/1.jpg", "page": 1}
}

func finish() fields { return fields{"type": "finish", "exam_code": "x", "batch_id": "b", "hop": 0} }

func sweep() fields {
	return fields{"type": "sweep", "exam_code": "x", "batch_id": "b", "sheet": "9f86d081884c7d65"}
}

func delivery() fields {
	return fields{
		"type": "delivery", "exam_code": "x", "batch_id": "b", "sheet": "9f86d081884c7d65", "version": 1, "attempt": 3,
		"first_try": "2017-12-18T09:00:00Z", "not_before": "2017-12-18T09:15:00Z",
	}
}

// parseDelivery gives ParseDelivery the shape of the other parsers.
func parseDelivery(body string) (jobs.Message, error) {
	m, err := jobs.ParseDelivery(body)
	if err != nil {
		return nil, err
	}
	return m, nil
}

// wantField fails unless err blames the field and says the words of it.
func wantField(t testing.TB, err error, field, words string) {
	t.Helper()
	blame, ok := errors.AsType[*jobs.FieldError](err)
	switch {
	case !ok:
		t.Errorf("got error %v, want one of field %s", err, field)
	case blame.Field != field || !strings.Contains(blame.Should, words):
		t.Errorf("got error %q, want field %s and %q", err, field, words)
	}
}
