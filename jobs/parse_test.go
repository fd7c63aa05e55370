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

func TestParseNamesTheWrongField(t *testing.T) {
	long := strings.Repeat("k", 1025)
	tests := []struct {
		parse  parser
		body   fields
		change fields
		field  string
		words  string
	}{
		{jobs.ParseJob, recognize(), fields{"exam_code": gone}, "exam_code", "is missing"},
		{jobs.ParseJob, recognize(), fields{"exam_code": nil}, "exam_code", "is missing"},
		{jobs.ParseJob, recognize(), fields{"exam_code": ""}, "exam_code", "is missing"},
		{jobs.ParseJob, recognize(), fields{"exam_code": "a/b"}, "exam_code", `"a/b" should match ^[A-Za-z0-9]`},
		{jobs.ParseJob, recognize(), fields{"exam_code": "a\n"}, "exam_code", "should match"},
		{jobs.ParseJob, recognize(), fields{"exam_code": "a..b"}, "exam_code", `not hold ".."`},
		{jobs.ParseJob, recognize(), fields{"exam_code": strings.Repeat("x", 65)}, "exam_code", "should match"},
		{jobs.ParseJob, recognize(), fields{"exam_code": 7}, "exam_code", "is a number: should be a string"},
		{jobs.ParseJob, recognize(), fields{"keys": gone}, "keys", "at least one object"},
		{jobs.ParseJob, recognize(), fields{"keys": []string{}}, "keys", "is empty"},
		{jobs.ParseJob, recognize(), fields{"keys": "a.jpg"}, "keys", "is a string: should be a list of strings"},
		{jobs.ParseJob, recognize(), fields{"keys": []any{"a", 1}}, "keys", "should be a list of strings"},
		{jobs.ParseJob, recognize(), fields{"keys": []any{"a", nil}}, "keys[1]", "not be empty"},
		{jobs.ParseJob, recognize(), fields{"keys": []string{"a", "", "b"}}, "keys[1]", "not be empty"},
		{jobs.ParseJob, recognize(), fields{"keys": []string{long}}, "keys[0]", "1025 bytes: should have at most 1024"},
		{jobs.ParseJob, recognize(), fields{"keys": []string{strings.Repeat("시", 342)}}, "keys[0]", "1026 bytes"},
		{jobs.ParseJob, recognize(), fields{"keys": []string{"/a"}}, "keys[0]", "without a slash at its start"},
		{jobs.ParseJob, recognize(), fields{"keys": []string{"a/"}}, "keys[0]", "without a slash"},
		{jobs.ParseJob, recognize(), fields{"keys": []string{"a//b"}}, "keys[0]", "no empty"},
		{jobs.ParseJob, recognize(), fields{"keys": []string{"a/../b"}}, "keys[0]", `".."`},
		{jobs.ParseJob, recognize(), fields{"keys": []string{"./b"}}, "keys[0]", `"."`},
		{jobs.ParseJob, recognize(), fields{"keys": []string{"a\x00b"}}, "keys[0]", "control"},
		{jobs.ParseJob, recognize(), fields{"manifest_key": "m.json"}, "manifest_key", "not stand beside keys"},
		{jobs.ParseJob, recognize(), fields{"manifest_key": "/m", "keys": gone}, "manifest_key", "slash"},
		{jobs.ParseJob, recognize(), fields{"manifest_key": ""}, "manifest_key", "is empty"},
		{jobs.ParseJob, recognize(), fields{"batch_id": "ü"}, "batch_id", "should match"},
		{jobs.ParseJob, recognize(), fields{"batch_id": ""}, "batch_id", "is empty: give it a value, or leave it out"},
		{jobs.ParseJob, recognize(), fields{"batch_id": gone}, "batch_id", "is needed with batch_total"},
		{jobs.ParseJob, recognize(), fields{"batch_total": -1}, "batch_total", "is -1: should be from 1 to 100000"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 0}, "batch_total", "is empty"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 100_001}, "batch_total", "from 1 to 100000"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 1}, "batch_total", "this message alone has 2"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 2.5}, "batch_total", "is a number: should be a whole number"},
		{jobs.ParseJob, recognize(), fields{"batch_total": "2"}, "batch_total", "is a string: should be a whole number"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 1e300}, "batch_total", "whole number"},
		{jobs.ParseJob, recognize(), fields{"roster_key": "rosters/x.csv"}, "roster_key", "end in .xlsx"},
		{jobs.ParseJob, recognize(), fields{"roster_key": "../x.xlsx"}, "roster_key", `".."`},
		{jobs.ParseJob, recognize(), fields{"roster_key": ""}, "roster_key", "is empty"},
		{jobs.ParseJob, recognize(), fields{"callback_url": "ftp://x.example"}, "callback_url", "absolute https address"},
		{jobs.ParseJob, recognize(), fields{"callback_url": "/hook"}, "callback_url", "absolute"},
		{jobs.ParseJob, recognize(), fields{"callback_url": "https://:443/hook"}, "callback_url", "absolute"},
		{jobs.ParseJob, recognize(), fields{"callback_url": "https://u:p@x.example"}, "callback_url", "without a user"},
		{jobs.ParseJob, recognize(), fields{"callback_url": "https://x.example/" + long + long}, "callback_url", "2048 bytes"},
		{jobs.ParseJob, recognize(), fields{"callback_url": "https://x.example/%zz"}, "callback_url", "absolute"},
		{jobs.ParseJob, recognize(), fields{"pages_per_sheet": 65}, "pages_per_sheet", "from 1 to 64"},
		{jobs.ParseJob, recognize(), fields{"pages_per_sheet": true}, "pages_per_sheet", "is a boolean"},
		{jobs.ParseJob, recognize(), fields{"rosterkey": "x"}, "rosterkey", "is not a field of this message: known are batch_id"},
		{jobs.ParseJob, recognize(), fields{"Exam_Code": "x"}, "Exam_Code", "is not a field"},
		{jobs.ParseJob, recognize(), fields{"sheet": "9f86d081884c7d65"}, "sheet", "is not a field"},
		{jobs.ParseJob, recognize(), fields{"a\n" + long: 1}, `a\n` + strings.Repeat("k", 78) + "…", "is not a field"},
		{jobs.ParseJob, recognize(), fields{"type": "recognise"}, "type", `"recognise" is not a message of this queue: use recognize, rematch, resolve`},
		{jobs.ParseJob, recognize(), fields{"type": strings.Repeat("시", 300)}, "type", "시…"},
		{jobs.ParseJob, recognize(), fields{"type": ""}, "type", "not a message of this queue"},
		{jobs.ParseJob, recognize(), fields{"type": []int{1}}, "type", "is a list: should be a string"},

		{jobs.ParseJob, resolve(), fields{"exam_code": gone}, "exam_code", "is missing"},
		{jobs.ParseJob, resolve(), fields{"batch_id": gone}, "batch_id", "is missing"},
		{jobs.ParseJob, resolve(), fields{"sheet": gone}, "sheet", "should match"},
		{jobs.ParseJob, resolve(), fields{"sheet": "9F86D081884C7D65"}, "sheet", "should match ^[0-9a-f]{16}$"},
		{jobs.ParseJob, resolve(), fields{"student_id": gone}, "student_id", "or verdict should be given"},
		{jobs.ParseJob, resolve(), fields{"verdict": "undo"}, "student_id", "not both"},
		{jobs.ParseJob, resolve(), fields{"student_id": "3214 1837"}, "student_id", "should match"},
		{jobs.ParseJob, resolve(), fields{"student_id": strings.Repeat("1", 33)}, "student_id", "should match"},
		{jobs.ParseJob, resolve(), fields{"student_id": 32141837}, "student_id", "is a number: should be a string"},
		{jobs.ParseJob, resolve(), fields{"student_id": gone, "verdict": "maybe"}, "verdict", "one of not_on_roster, unreadable, undo"},
		{jobs.ParseJob, resolve(), fields{"keys": []string{"a"}}, "keys", "is not a field"},
		{jobs.ParseJob, rematch(), fields{"exam_code": "-x"}, "exam_code", "should match"},
		{jobs.ParseJob, rematch(), fields{"batch_id": gone}, "batch_id", "is missing"},

		{jobs.ParseTask, fanout(), fields{"part": "x"}, "part", "should match"},
		{jobs.ParseTask, fanout(), fields{"from": -1}, "from", "a range of keys"},
		{jobs.ParseTask, fanout(), fields{"from": 100}, "from", "a range of keys"},
		{jobs.ParseTask, fanout(), fields{"to": 100_001}, "from", "a range of keys"},
		{jobs.ParseTask, fanout(), fields{"batch_id": gone}, "batch_id", "is missing"},
		{jobs.ParseTask, sheet(), fields{"key": gone}, "key", "not be empty"},
		{jobs.ParseTask, sheet(), fields{"page": 0}, "page", "counted from 1"},
		{jobs.ParseTask, sheet(), fields{"page": "1"}, "page", "is a string"},
		{jobs.ParseTask, sheet(), fields{"exam_code": gone}, "exam_code", "is missing"},
		{jobs.ParseTask, finish(), fields{"hop": -1}, "hop", "counted from 0"},
		{jobs.ParseTask, finish(), fields{"batch_id": "?"}, "batch_id", "should match"},
		{jobs.ParseTask, sweep(), fields{"sheet": gone}, "sheet", "should match"},
		{jobs.ParseTask, sweep(), fields{"exam_code": "?"}, "exam_code", "should match"},
		{jobs.ParseTask, sweep(), fields{"type": gone}, "type", `"" is not a message of this queue: use fanout, finish, sheet, sweep`},

		{parseDelivery, delivery(), fields{"exam_code": gone}, "exam_code", "is missing"},
		{parseDelivery, delivery(), fields{"sheet": "x"}, "sheet", "should match"},
		{parseDelivery, delivery(), fields{"version": gone}, "version", "counted from 1"},
		{parseDelivery, delivery(), fields{"attempt": -1}, "attempt", "counted from 0"},
		{parseDelivery, delivery(), fields{"first_try": "today"}, "first_try", "is a string: should be a time such as"},
		{parseDelivery, delivery(), fields{"not_before": 5}, "not_before", "is a number: should be a time"},
		{parseDelivery, delivery(), fields{"url": "https://x.example"}, "url", "is not a field"},
	}
	for _, tt := range tests {
		body := tt.body.with(tt.change)
		t.Run(tt.field+" "+tt.words, func(t *testing.T) {
			m, err := tt.parse(body.json(t))
			if m != nil {
				t.Errorf("got a message beside the error: %+v", m)
			}
			wantField(t, err, tt.field, tt.words)
		})
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
