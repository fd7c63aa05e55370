package jobs_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hakbeon/jobs"
)

// FuzzParseJob: no bytes panic; what is taken encodes to what is taken again and
// is the same, and the schema takes it too.
func FuzzParseJob(f *testing.F) {
	for _, sample := range []fields{recognize(), download(), resolve(), rematch(), sheet(), delivery(), recognize().with(fields{"batch_id": nil})} {
		f.Add(sample.json(f))
	}
	f.Add(`{"exam_code":"x","keys":["\ud800","a\u2028"],"roster_key":"\u0041.xlsx"}`)
	f.Add(`{"exam_code":"x","exam_code":"y","keys":["a"],"callback_url":"http://[::1]:80/?q#f"}`)
	f.Add(`[[[[`)
	s := schema(f)
	f.Fuzz(func(t *testing.T, body string) {
		m, err := jobs.ParseJob(body)
		g := jobs.Glean(body)
		for _, code := range []string{g.ExamCode, g.BatchID} {
			if code != "" && !jobs.ValidCode(code) {
				t.Errorf("gleaned the code %q", code)
			}
		}
		if blame, ok := errors.AsType[*jobs.FieldError](err); ok {
			if field, should := blame.Plain(); len(field)+len(should) > 1000 {
				t.Errorf("a plain error of %d bytes", len(field)+len(should))
			}
		}
		if err == nil && g.ExamCode != m.Exam() {
			t.Errorf("gleaned exam %q of %q", g.ExamCode, m.Exam())
		}
		if err != nil {
			if n := len(err.Error()); n > 1000 {
				t.Errorf("the error has %d bytes", n)
			}
			return
		}
		if err := valid(t, s, body); err != nil {
			t.Errorf("the schema refuses what ParseJob takes: %v", err)
		}
		checkAgain(t, m, jobs.ParseJob)
	})
}

// FuzzParseTask has anything come from the queues that the workers write themselves,
// and others perhaps too: what is taken is written back as it was.
func FuzzParseTask(f *testing.F) {
	for _, sample := range []fields{sheet(), fanout(), finish(), sweep(), delivery(), recognize()} {
		f.Add(sample.json(f))
	}
	f.Fuzz(func(t *testing.T, body string) {
		if m, err := jobs.ParseTask(body); err == nil {
			checkAgain(t, m, jobs.ParseTask)
		}
		if d, err := jobs.ParseDelivery(body); err == nil {
			checkAgain(t, d, func(body string) (jobs.Message, error) { return jobs.ParseDelivery(body) })
		}
	})
}

// checkAgain writes a message and reads it.
func checkAgain(t *testing.T, m jobs.Message, parse func(string) (jobs.Message, error)) {
	t.Helper()
	encoded, err := jobs.Encode(m)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	if len(encoded) > jobs.MaxMessageBytes {
		t.Skip("escapes made it too long")
	}
	again, err := parse(encoded)
	if err != nil {
		t.Fatalf("parse %q: %v", encoded, err)
	}
	if diff := cmp.Diff(m, again); diff != "" {
		t.Errorf("differs (-first +second):\n%s", diff)
	}
}
