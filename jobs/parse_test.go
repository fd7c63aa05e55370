package jobs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hakbeon/jobs"
)

type parser = func(string) (jobs.Message, error)

func TestParseTakesEveryType(t *testing.T) {
	tests := []struct {
		name  string
		parse parser
		body  fields
		want  jobs.Message
	}{
		{"a job of all fields", jobs.ParseJob, recognize(), &jobs.Recognize{
			Type: "recognize", ExamCode: "SaS_2017_Final",
			Keys:    []string{"uploads/SaS_2017_Final/001.jpg", "uploads/SaS_2017_Final/002.jpg"},
			BatchID: "2017-12-18-a", BatchTotal: 2, RosterKey: "rosters/SaS_2017_Final.xlsx",
			CallbackURL: "https://backend.example.com/hooks/recognition", PagesPerSheet: 2,
		}},
		{"a job of the least", jobs.ParseJob, fields{"exam_code": "x", "keys": []string{"a"}},
			&jobs.Recognize{Type: "recognize", ExamCode: "x", Keys: []string{"a"}}},
		{"a job with its type", jobs.ParseJob, fields{"type": "recognize", "exam_code": "x", "manifest_key": "m.json"},
			&jobs.Recognize{Type: "recognize", ExamCode: "x", ManifestKey: "m.json"}},
		{"an image elsewhere", jobs.ParseJob, download(), &jobs.Recognize{
			Type: "recognize", ExamCode: "SaS_2017_Final", BatchID: "2017-12-18-a", Open: true, Filename: "1반/001.jpg",
			DownloadURL: "https://pictures.example.com/001.jpg?X-Amz-Signature=0f&x=%2F",
		}},
		{"null counts as left out", jobs.ParseJob,
			fields{"type": nil, "exam_code": "x", "keys": []string{"a"}, "batch_id": nil, "batch_total": nil, "roster_key": nil, "manifest_key": nil},
			&jobs.Recognize{Type: "recognize", ExamCode: "x", Keys: []string{"a"}}},
		{"a key twice", jobs.ParseJob, fields{"exam_code": "x", "batch_id": "b", "batch_total": 1, "keys": []string{"a", "a"}},
			&jobs.Recognize{Type: "recognize", ExamCode: "x", BatchID: "b", BatchTotal: 1, Keys: []string{"a", "a"}}},
		{"a verdict by student", jobs.ParseJob, resolve(), &jobs.Resolve{
			Type: "resolve", ExamCode: "x", BatchID: "b", Sheet: "9f86d081884c7d65", StudentID: "32141837",
		}},
		{"a verdict without student", jobs.ParseJob, resolve().with(fields{"student_id": gone, "verdict": "undo"}),
			&jobs.Resolve{Type: "resolve", ExamCode: "x", BatchID: "b", Sheet: "9f86d081884c7d65", Verdict: "undo"}},
		{"a verdict of somebody", jobs.ParseJob, resolve().with(fields{"by": "김조교 & Co. <1>"}), &jobs.Resolve{
			Type: "resolve", ExamCode: "x", BatchID: "b", Sheet: "9f86d081884c7d65", StudentID: "32141837", By: "김조교 & Co. <1>",
		}},
		{"a rematch", jobs.ParseJob, rematch(), &jobs.Rematch{Type: "rematch", ExamCode: "x", BatchID: "b"}},
		{"a fanout", jobs.ParseTask, fanout(),
			&jobs.Fanout{Type: "fanout", ExamCode: "x", BatchID: "b", Part: "9f86d081884c7d65", From: 0, To: 100}},
		{"a sheet", jobs.ParseTask, sheet(),
			&jobs.Sheet{Type: "sheet", ExamCode: "x", BatchID: "b", Key: "uploads/시험/1.jpg", Page: 1}},
		{"a finish", jobs.ParseTask, finish(), &jobs.Finish{Type: "finish", ExamCode: "x", BatchID: "b"}},
		{"a sweep", jobs.ParseTask, sweep(), &jobs.Sweep{Type: "sweep", ExamCode: "x", BatchID: "b", Sheet: "9f86d081884c7d65"}},
		{"a sheet's delivery", parseDelivery, delivery(), &jobs.Delivery{
			Type: "delivery", ExamCode: "x", BatchID: "b", Sheet: "9f86d081884c7d65", Version: 1, Attempt: 3,
			FirstTry: nineOClock, NotBefore: nineOClock.Add(15 * time.Minute),
		}},
		{"a batch's delivery", parseDelivery, delivery().with(fields{"sheet": gone, "first_try": gone, "not_before": gone}),
			&jobs.Delivery{Type: "delivery", ExamCode: "x", BatchID: "b", Version: 1, Attempt: 3}},
		{"a delivery to the result queue", parseDelivery, fields{"type": "delivery", "exam_code": "x", "batch_id": "b", "to": "queue", "version": 2},
			&jobs.Delivery{Type: "delivery", ExamCode: "x", BatchID: "b", To: jobs.ToQueue, Version: 2}},
		{"a refusal's delivery", parseDelivery, fields{"type": "delivery", "exam_code": "", "batch_id": "", "rejected": "9f86d081884c7d65", "version": 1},
			&jobs.Delivery{Type: "delivery", Rejected: "9f86d081884c7d65", Version: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.parse(tt.body.json(t))
			if err != nil {
				t.Fatalf("parse: %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("message differs (-want +got):\n%s", diff)
			}
			roundTrip(t, tt.parse, got)
		})
	}
}

// roundTrip fails unless m is the same after encoding and parsing.
func roundTrip(t *testing.T, parse parser, m jobs.Message) {
	t.Helper()
	body, err := jobs.Encode(m)
	if err != nil {
		t.Fatalf("encode what was parsed: %v", err)
	}
	again, err := parse(body)
	if err != nil {
		t.Fatalf("parse what was encoded, %s: %v", body, err)
	}
	if diff := cmp.Diff(m, again); diff != "" {
		t.Errorf("round trip differs (-first +second):\n%s", diff)
	}
}

// What is ours is refused on the backends' queue, and each of our queues
// refuses what lies on the others.
func TestParseRefusesOtherQueuesMessages(t *testing.T) {
	queues := []struct {
		name  string
		parse parser
		takes []fields
	}{
		{"jobs", jobs.ParseJob, []fields{recognize().with(fields{"type": "recognize"}), resolve(), rematch()}},
		{"work", jobs.ParseTask, []fields{fanout(), sheet(), finish(), sweep()}},
		{"callbacks", parseDelivery, []fields{delivery()}},
	}
	for _, at := range queues {
		for _, of := range queues {
			for _, body := range of.takes {
				_, err := at.parse(body.json(t))
				if at.name == of.name {
					if err != nil {
						t.Errorf("%s queue refused its own %v: %v", at.name, body["type"], err)
					}
					continue
				}
				wantField(t, err, "type", "is not a message of this queue")
			}
		}
	}
}

func TestParseRefusesWhatIsNoObject(t *testing.T) {
	deep := strings.Repeat("[", 500_000)
	tests := []struct{ name, body, want string }{
		{"nothing", "", "not one JSON object: unexpected end of JSON input at byte 0"},
		{"spaces", "  ", "unexpected end"},
		{"no JSON", "hello", "invalid character 'h'"},
		{"cut off", `{"exam_code": "x"`, "unexpected end of JSON input at byte 17"},
		{"two objects", `{"exam_code":"x","keys":["a"]}{}`, "after top-level value at byte 31"},
		{"trailing text", `{"exam_code":"x","keys":["a"]} done`, "after top-level value"},
		{"a list", ` [1]`, "message is a list: send one JSON object"},
		{"a string", `"{}"`, "message is a string"},
		{"a number", `12`, "message is a number"},
		{"a boolean", `true`, "message is a boolean"},
		{"null", ` null `, "message is null: send one JSON object"},
		{"not UTF-8", "{\"exam_code\":\"\xff\"}", "not UTF-8"},
		{"too long", strings.Repeat(" ", 1<<20+1), "1048577 bytes: send at most 1048576, or list the keys in an object named by manifest_key"},
		{"nested deeply", `{"keys":` + deep, "exceeded max depth"},
		{"a key nested deeply", `{"exam_code":"x","keys":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
			"keys: is a list: should be a list of strings"},
		{"a number without end", `{"exam_code":"x","batch_total":` + strings.Repeat("9", 1<<19) + `}`, "should be a whole number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := jobs.ParseJob(tt.body)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got error %v, want %q in it", err, tt.want)
			}
			if n := len(err.Error()); n > 500 {
				t.Errorf("the error has %d bytes: should be bounded", n)
			}
		})
	}
}

// The largest message that SQS carries is read, and fast enough to be no burden.
func TestParseLargest(t *testing.T) {
	head, entry := `{"exam_code":"x","keys":["a"`, `,"b"`
	n := (jobs.MaxMessageBytes - len(head) - 2) / len(entry)
	body := head + strings.Repeat(entry, n) + `]}`
	_, err := jobs.ParseJob(body)
	wantField(t, err, "keys", "should have at most 100000")

	entry = `,"uploads/1.jpg"`
	n = (jobs.MaxMessageBytes - len(head) - 2) / len(entry)
	body = head + strings.Repeat(entry, n) + `]}`
	m, err := jobs.ParseJob(body + strings.Repeat(" ", jobs.MaxMessageBytes-len(body)))
	if err != nil {
		t.Fatalf("a message of 1 MiB: %v", err)
	}
	if got := len(m.(*jobs.Recognize).Keys); got != n+1 {
		t.Errorf("got %d keys, want %d", got, n+1)
	}
}
