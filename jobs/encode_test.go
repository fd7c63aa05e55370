package jobs_test

import (
	"testing"
	"time"

	"hakbeon/jobs"
)

var nineOClock = time.Date(2017, 12, 18, 9, 0, 0, 0, time.UTC)

// Encode fills the type in, writes text as it is and leaves empty fields out.
func TestEncode(t *testing.T) {
	tests := []struct {
		in   jobs.Message
		want string
	}{
		{&jobs.Recognize{ExamCode: "x", Keys: []string{"a&b<시험>.jpg"}}, `{"type":"recognize","exam_code":"x","keys":["a&b<시험>.jpg"]}`},
		{&jobs.Resolve{ExamCode: "x", BatchID: "b", Sheet: "9f86d081884c7d65", Verdict: jobs.VerdictUndo},
			`{"type":"resolve","exam_code":"x","batch_id":"b","sheet":"9f86d081884c7d65","verdict":"undo"}`},
		{&jobs.Rematch{ExamCode: "x", BatchID: "b"}, `{"type":"rematch","exam_code":"x","batch_id":"b"}`},
		{&jobs.Fanout{ExamCode: "x", BatchID: "b", Part: "9f86d081884c7d65", To: 5},
			`{"type":"fanout","exam_code":"x","batch_id":"b","part":"9f86d081884c7d65","from":0,"to":5}`},
		{&jobs.Sheet{ExamCode: "x", BatchID: "b", Key: "k", Page: 3}, `{"type":"sheet","exam_code":"x","batch_id":"b","key":"k","page":3}`},
		{&jobs.Finish{ExamCode: "x", BatchID: "b", Hop: 2}, `{"type":"finish","exam_code":"x","batch_id":"b","hop":2}`},
		{&jobs.Sweep{ExamCode: "x", BatchID: "b", Sheet: "9f86d081884c7d65"},
			`{"type":"sweep","exam_code":"x","batch_id":"b","sheet":"9f86d081884c7d65"}`},
		{&jobs.Delivery{ExamCode: "x", BatchID: "b", Version: 1, FirstTry: nineOClock},
			`{"type":"delivery","exam_code":"x","batch_id":"b","version":1,"attempt":0,"first_try":"2017-12-18T09:00:00Z"}`},
	}
	for _, tt := range tests {
		got, err := jobs.Encode(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("got %s, error %v, want %s", got, err, tt.want)
		}
		if tt.in.Exam() != "x" {
			t.Errorf("got group %q of %s, want the exam code", tt.in.Exam(), got)
		}
	}
}

func TestEncodeRefusesWhatIsRefusedLater(t *testing.T) {
	tests := []struct {
		in    jobs.Message
		field string
	}{
		{&jobs.Recognize{ExamCode: "x"}, "keys"},
		{&jobs.Recognize{ExamCode: "x", Keys: []string{"a\xffb"}}, "keys[0]"},
		{&jobs.Recognize{ExamCode: "x", Keys: []string{"a"}, CallbackURL: "https://x.example/\xff"}, "callback_url"},
		{&jobs.Recognize{ExamCode: "x", Keys: make([]string, jobs.MaxKeys+1)}, "keys"},
		{&jobs.Resolve{ExamCode: "x", BatchID: "b", Sheet: "9f86d081884c7d65"}, "student_id"},
		{&jobs.Sheet{ExamCode: "x", BatchID: "b", Key: "k"}, "page"},
		{&jobs.Delivery{ExamCode: "x", BatchID: "b"}, "version"},
	}
	for _, tt := range tests {
		body, err := jobs.Encode(tt.in)
		if body != "" {
			t.Errorf("got %s beside the error", body)
		}
		wantField(t, err, tt.field, "")
	}
	tooLate := &jobs.Delivery{ExamCode: "x", BatchID: "b", Version: 1, FirstTry: nineOClock.AddDate(9000, 0, 0)}
	if _, err := jobs.Encode(tooLate); err == nil {
		t.Error("a time that JSON can't say was encoded")
	}
}
