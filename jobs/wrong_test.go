package jobs_test

import (
	"strings"
	"testing"

	"hakbeon/jobs"
)

// wrong is a valid message with one change, and the error that it should meet.
type wrong struct {
	parse  parser
	body   fields
	change fields
	field  string
	words  string
}

func refuse(t *testing.T, tests []wrong) {
	t.Helper()
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

func TestWrongNamesOfAJob(t *testing.T) {
	long := strings.Repeat("k", 1025)
	refuse(t, []wrong{
		{jobs.ParseJob, recognize(), fields{"exam_code": gone}, "exam_code", "is missing"},
		{jobs.ParseJob, recognize(), fields{"exam_code": nil}, "exam_code", "is missing"},
		{jobs.ParseJob, recognize(), fields{"exam_code": ""}, "exam_code", "is missing"},
		{jobs.ParseJob, recognize(), fields{"exam_code": "a/b"}, "exam_code", `"a/b" should match ^[A-Za-z0-9]`},
		{jobs.ParseJob, recognize(), fields{"exam_code": "a\n"}, "exam_code", "should match"},
		{jobs.ParseJob, recognize(), fields{"exam_code": "a..b"}, "exam_code", `not hold ".."`},
		{jobs.ParseJob, recognize(), fields{"exam_code": strings.Repeat("x", 65)}, "exam_code", "should match"},
		{jobs.ParseJob, recognize(), fields{"exam_code": "../../rosters/_default"}, "exam_code", "should match"},
		{jobs.ParseJob, recognize(), fields{"exam_code": ".hidden"}, "exam_code", "should match"},
		{jobs.ParseJob, recognize(), fields{"exam_code": "Ехам"}, "exam_code", "should match"}, // Cyrillic
		{jobs.ParseJob, recognize(), fields{"exam_code": "ＡＢ"}, "exam_code", "should match"},   // full width
		{jobs.ParseJob, recognize(), fields{"exam_code": "a\u202eb"}, "exam_code", "should match"},
		{jobs.ParseJob, recognize(), fields{"exam_code": "기말"}, "exam_code", "should match"},
		{jobs.ParseJob, recognize(), fields{"exam_code": 7}, "exam_code", "is a number: should be a string"},
		{jobs.ParseJob, recognize(), fields{"batch_id": "ü"}, "batch_id", "should match"},
		{jobs.ParseJob, recognize(), fields{"batch_id": ""}, "batch_id", "is empty: give it a value, or leave it out"},
		{jobs.ParseJob, recognize(), fields{"batch_id": gone}, "batch_id", "is needed with batch_total"},
		{jobs.ParseJob, recognize(), fields{"rosterkey": "x"}, "rosterkey", "is not a field of this message: known are batch_id"},
		{jobs.ParseJob, recognize(), fields{"Exam_Code": "x"}, "Exam_Code", "is not a field"},
		{jobs.ParseJob, recognize(), fields{"sheet": "9f86d081884c7d65"}, "sheet", "is not a field"},
		{jobs.ParseJob, recognize(), fields{"a\n" + long: 1}, `a\n` + strings.Repeat("k", 78) + "…", "is not a field"},
		{jobs.ParseJob, recognize(), fields{"type": "recognise"}, "type", `"recognise" is not a message of this queue: use cancel, close, recognize, rematch, resolve`},
		{jobs.ParseJob, recognize(), fields{"type": strings.Repeat("시", 300)}, "type", "시…"},
		{jobs.ParseJob, recognize(), fields{"type": ""}, "type", "not a message of this queue"},
		{jobs.ParseJob, recognize(), fields{"type": []int{1}}, "type", "is a list: should be a string"},
	})
}

func TestWrongKeysOfAJob(t *testing.T) {
	long := strings.Repeat("k", 1025)
	refuse(t, []wrong{
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
		{jobs.ParseJob, recognize(), fields{"keys": []string{"a\uffffb"}}, "keys[0]", "control"},
		{jobs.ParseJob, recognize(), fields{"manifest_key": "m.json"}, "manifest_key", "not stand beside keys"},
		{jobs.ParseJob, recognize(), fields{"manifest_key": "/m", "keys": gone}, "manifest_key", "slash"},
		{jobs.ParseJob, recognize(), fields{"manifest_key": ""}, "manifest_key", "is empty"},
	})
}

func TestWrongDownloads(t *testing.T) {
	const name, address = "should be a file's name of at most 512 bytes", "should be an absolute https address of at most 8190 bytes, without a user"
	refuse(t, []wrong{
		{jobs.ParseJob, download(), fields{"keys": []string{"a"}}, "download_url", "not stand beside keys"},
		{jobs.ParseJob, download(), fields{"manifest_key": "m.json"}, "download_url", "not stand beside keys or manifest_key"},
		{jobs.ParseJob, download(), fields{"batch_id": gone, "open": gone}, "batch_id", "is needed with download_url"},
		{jobs.ParseJob, download(), fields{"filename": gone}, "filename", "is needed with download_url"},
		{jobs.ParseJob, recognize(), fields{"filename": "001.jpg"}, "filename", "belongs to download_url"},
		{jobs.ParseJob, download(), fields{"download_url": ""}, "download_url", "is empty"},
		{jobs.ParseJob, download(), fields{"download_url": "s3://bucket/001.jpg"}, "download_url", address},
		{jobs.ParseJob, download(), fields{"download_url": "https://u:p@x.example/001.jpg"}, "download_url", address},
		{jobs.ParseJob, download(), fields{"download_url": "https://x.example/" + strings.Repeat("k", 8190)}, "download_url", address},
		{jobs.ParseJob, download(), fields{"filename": ""}, "filename", "is empty"},
		{jobs.ParseJob, download(), fields{"filename": "/001.jpg"}, "filename", name},
		{jobs.ParseJob, download(), fields{"filename": "../001.jpg"}, "filename", name},
		{jobs.ParseJob, download(), fields{"filename": "a/..."}, "filename", name},
		{jobs.ParseJob, download(), fields{"filename": "a\n.jpg"}, "filename", name},
		{jobs.ParseJob, download(), fields{"filename": strings.Repeat("시", 171)}, "filename", name},
	})
}

func TestWrongOptionsOfAJob(t *testing.T) {
	long := strings.Repeat("k", 1025)
	refuse(t, []wrong{
		{jobs.ParseJob, recognize(), fields{"batch_total": -1}, "batch_total", "is -1: should be from 1 to 100000"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 0}, "batch_total", "is empty"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 100_001}, "batch_total", "from 1 to 100000"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 1}, "batch_total", "this message alone has 2"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 2.5}, "batch_total", "is a number: should be a whole number"},
		{jobs.ParseJob, recognize(), fields{"batch_total": "2"}, "batch_total", "is a string: should be a whole number"},
		{jobs.ParseJob, recognize(), fields{"batch_total": 1e300}, "batch_total", "whole number"},
		{jobs.ParseJob, recognize(), fields{"roster_key": "rosters/x.ods"}, "roster_key", "end in .xlsx, .xls or .csv"},
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
		{jobs.ParseJob, recognize(), fields{"pages_per_sheet": "all"}, "pages_per_sheet", `should be a whole number or "auto"`},
		{jobs.ParseJob, recognize(), fields{"pages_per_sheet": -1}, "pages_per_sheet", "from 1 to 64"},
	})
}

func TestWrongVerdicts(t *testing.T) {
	refuse(t, []wrong{
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
		{jobs.ParseJob, resolve(), fields{"by": ""}, "by", "is empty"},
		{jobs.ParseJob, resolve(), fields{"by": strings.Repeat("김", 201)}, "by", "at most 200 characters"},
		{jobs.ParseJob, resolve(), fields{"by": "a\nb"}, "by", "without control characters"},
		{jobs.ParseJob, resolve(), fields{"by": "a\uffffb"}, "by", "without control characters"},
		{jobs.ParseJob, resolve(), fields{"keys": []string{"a"}}, "keys", "is not a field"},
		{jobs.ParseJob, rematch(), fields{"exam_code": "-x"}, "exam_code", "should match"},
		{jobs.ParseJob, rematch(), fields{"batch_id": gone}, "batch_id", "is missing"},
	})
}

func TestWrongMessagesOfOurOwn(t *testing.T) {
	refuse(t, []wrong{
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
		{parseDelivery, delivery(), fields{"rejected": "../x", "sheet": gone}, "rejected", "should match"},
		{parseDelivery, delivery(), fields{"rejected": "9f86d081884c7d65"}, "rejected", "beside sheet"},
		{parseDelivery, delivery(), fields{"rejected": "9f86d081884c7d65", "sheet": gone, "exam_code": "a/b"}, "exam_code", "should match"},
		{parseDelivery, delivery(), fields{"to": "https://x.example"}, "to", "should be queue"},
		{parseDelivery, delivery(), fields{"version": gone}, "version", "counted from 1"},
		{parseDelivery, delivery(), fields{"attempt": -1}, "attempt", "counted from 0"},
		{parseDelivery, delivery(), fields{"first_try": "today"}, "first_try", "is a string: should be a time such as"},
		{parseDelivery, delivery(), fields{"not_before": 5}, "not_before", "is a number: should be a time"},
		{parseDelivery, delivery(), fields{"url": "https://x.example"}, "url", "is not a field"},
	})
}
