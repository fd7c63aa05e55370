package api_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/api"
)

func TestExtractNamesTheExam(t *testing.T) {
	for _, tt := range []struct{ query, field, header, want string }{
		{"", "", "", "default"},
		{"", "", "H", "H"},
		{"", "F", "H", "F"},
		{"Q", "F", "H", "Q"},
	} {
		a := newAPI()
		r := postFile(t, "/extract-student-id/?exam_code="+tt.query, "image", "a.jpg", []byte("x"), "exam_code", tt.field)
		r.Header.Set("X-Exam-Code", tt.header)
		if got := a.do(t, r); got.status != 200 || a.uploads[0].ExamCode != tt.want || got.body["exam_code"] != tt.want {
			t.Errorf("%+v: got %d %s", tt, got.status, got.text)
		}
	}
}

func TestExtract(t *testing.T) {
	a := newAPI()
	got := a.do(t, postFile(t, "/extract-student-id/?return_images=true", "image", "a.jpg", []byte("image"), "student_id_list", "2, 1,2"))
	want := base64.StdEncoding.EncodeToString([]byte("image"))
	if got.status != 200 || got.body["student_id"] != "32141837" || got.body["success"] != true || got.body["original_image_base64"] != want {
		t.Errorf("got %d %s", got.status, got.text)
	}
	if up := a.uploads[0]; up.Filename != "a.jpg" || string(up.Image) != "image" || fmt.Sprint(up.Students) != "[1 2]" {
		t.Errorf("got %+v", up)
	}
	got = a.do(t, postFile(t, "/extract-student-id/", "image", "a.jpg", []byte("image")))
	if got.body["header_image_base64"] != nil || got.body["original_image_base64"] != nil {
		t.Errorf("images that nobody asked for: %s", got.text)
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name   string
		r      *http.Request
		status int
		says   string
	}{
		{"no form", postJSON("/extract-student-id/", "{}"), 415, "multipart/form-data"},
		{"a broken form", func() *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/extract-student-id/", strings.NewReader("--x\r\nbroken"))
			r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			return r
		}(), 400, "multipart"},
		{"a misspelt parameter", postFile(t, "/extract-student-id/?examcode=E", "image", "a.jpg", []byte("x")), 422, "examcode"},
		{"a misspelt field", postFile(t, "/extract-student-id/", "image", "a.jpg", []byte("x"), "examcode", "E"), 422, "examcode"},
		{"another file", postFile(t, "/extract-student-id/", "file", "a.jpg", []byte("x")), 422, "image"},
		{"an empty roster", postFile(t, "/upload-roster/", "file", "r.xlsx", nil), 422, "empty"},
		{"a bad exam", postFile(t, "/extract-student-id/?exam_code=a..b", "image", "a.jpg", []byte("x")), 422, "exam_code"},
		{"a bad exam in the form", postFile(t, "/extract-student-id/", "image", "a.jpg", []byte("x"), "exam_code", "../x"), 422, "exam_code"},
		{"a bad list", postFile(t, "/extract-student-id/", "image", "a.jpg", []byte("x"), "student_id_list", "a;b"), 422, "student_id_list"},
		{"too large", postFile(t, "/extract-student-id/", "image", "a.jpg", make([]byte, 2<<20)), 413, "too large"},
		{"much too large", postFile(t, "/extract-student-id/", "image", "a.jpg", make([]byte, 4<<20)), 413, "too large"},
		{"a roster that is none", postFile(t, "/upload-roster/", "file", "r.xlsx", []byte("<html>")), 422, ".xlsx"},
		{"no roster", get("/roster/"), 404, "upload"},
		{"no roster to remove", httptest.NewRequest(http.MethodDelete, "/roster/?exam_code=a", nil), 404, ""},
		{"no JSON", postJSON("/jobs", "{"), 400, ""},
		{"a job of another kind", func() *http.Request {
			r := postJSON("/jobs", "a=b")
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return r
		}(), 415, ""},
		{"an unknown field", postJSON("/jobs", `{"exam_code": "a", "keys": ["k"], "rooster_key": "x"}`), 422, ""},
		{"our own message", postJSON("/jobs", `{"type": "sheet", "exam_code": "a", "batch_id": "b", "key": "k", "page": 1}`), 422, ""},
		{"a total below its keys", postJSON("/jobs", `{"exam_code": "a", "batch_id": "b", "batch_total": 1, "keys": ["k", "l"]}`), 409, "batch_total"},
		{"a callback elsewhere", postJSON("/jobs", `{"exam_code": "a", "keys": ["k"], "callback_url": "https://evil.example.com/"}`), 403, "callback_url"},
		{"an image elsewhere", postJSON("/jobs", `{"exam_code": "a", "batch_id": "b", "filename": "1.jpg", "download_url": "https://evil.example.com/1.jpg"}`), 403, "download_url"},
		{"an image without a name", postJSON("/jobs", `{"exam_code": "a", "batch_id": "b", "download_url": "https://x.example.com/1.jpg"}`), 422, ""},
		{"an image's bad name", postJSON("/jobs", `{"exam_code": "a", "batch_id": "b", "filename": "a/...", "download_url": "https://x.example.com/1.jpg"}`), 422, ""},
		{"a job too large", postJSON("/jobs", `{"exam_code": "a", "keys": ["`+strings.Repeat("k", 1<<20)+`"]}`), 413, ""},
		{"no batch", get("/exams/a/batches/b"), 404, "no such batch"},
		{"a bad batch", get("/exams/a/batches/..b"), 422, "batch_id"},
		{"a slash", get("/exams/a%2Fb/batches/b"), 422, "exam_code"},
		{"corrections of no batch", postJSON("/exams/a/batches/b/corrections", `[{"file": "x", "student_id": "1"}]`), 404, ""},
		{"no corrections", postJSON("/exams/a/batches/b/corrections", `[]`), 422, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI()
			a.options.MaxImage = 1 << 20
			a.options.CheckCallback = func(string) error { return errors.New("its host is not on the list") }
			a.options.CheckDownload = a.options.CheckCallback
			got := a.do(t, tt.r)
			if got.status != tt.status || !strings.Contains(got.text, tt.says) || got.body["success"] != false {
				t.Errorf("got %d %s, want %d %q", got.status, got.text, tt.status, tt.says)
			}
			if len(a.queue)+len(a.uploads)+len(a.store.objects) > 0 {
				t.Error("something was done all the same")
			}
		})
	}
}

// What is out of order outside is 503 and says when to come back; the cause is
// not told.
func TestOutages(t *testing.T) {
	for _, r := range []*http.Request{
		postFile(t, "/extract-student-id/", "image", "a.jpg", []byte("x")), postFile(t, "/upload-roster/", "file", "r.xlsx", rosterFile(t, "1")),
		get("/roster/"), httptest.NewRequest(http.MethodDelete, "/roster/", nil), get("/exams/a/batches/b"),
		postJSON("/jobs", `{"exam_code": "a", "keys": ["k"]}`),
	} {
		a := newAPI()
		secret := &s3store.Error{Op: "get", Key: "secret", Kind: s3store.ErrUnavailable}
		a.store.err = secret
		a.options.Extract = func(context.Context, api.Upload) (*api.Extraction, error) { return nil, secret }
		a.options.Enqueue = func(context.Context, jobs.Message) error { return secret }
		got := a.do(t, r)
		if got.status != 503 || got.header.Get("Retry-After") == "" || strings.Contains(got.text, "secret") {
			t.Errorf("%s %s: got %d %s, Retry-After %q", r.Method, r.URL, got.status, got.text, got.header.Get("Retry-After"))
		}
	}
}

func TestRoster(t *testing.T) {
	a := newAPI()
	changed := 0
	a.options.RosterChanged = func() { changed++ }
	got := a.do(t, postFile(t, "/upload-roster/", "file", "명단.xlsx", rosterFile(t, "32141837", "32141838", "32141837")))
	if got.status != 200 || got.body["filename"] != "명단.xlsx" || got.body["student_count"] != 2.0 || len(got.body["skipped"].([]any)) != 1 {
		t.Errorf("upload: got %d %s", got.status, got.text)
	}
	a.do(t, postFile(t, "/upload-roster/", "file", "b.xlsx", rosterFile(t, "1"), "exam_code", "B"))
	for query, want := range map[string]string{"": layout.DefaultRosterKey, "?exam_code=A": layout.DefaultRosterKey, "?exam_code=B": "rosters/B.xlsx"} {
		if got := a.do(t, get("/roster/"+query)); got.status != 200 || got.body["s3_key"] != want {
			t.Errorf("roster of %q: got %d %s", query, got.status, got.text)
		}
	}
	if got := a.do(t, httptest.NewRequest(http.MethodDelete, "/roster/?exam_code=B", nil)); got.status != 200 || a.store.objects["rosters/B.xlsx"] != nil {
		t.Errorf("remove: got %d %s", got.status, got.text)
	}
	if changed != 3 {
		t.Errorf("the worker was told of %d changes, want 3", changed)
	}
	a.store.objects[layout.DefaultRosterKey] = []byte("no roster")
	if got := a.do(t, get("/roster/")); got.status != 409 {
		t.Errorf("a roster of no use: got %d %s", got.status, got.text)
	}
}

// A roster is found, and removed, in whichever form it was laid into S3.
func TestRosterKinds(t *testing.T) {
	table := []byte("학번\n32141837\n32141838\n")
	for _, test := range []struct {
		there       []string
		query, want string
		left        int
	}{
		{[]string{"rosters/A.csv"}, "?exam_code=A", "rosters/A.csv", 0},
		{[]string{"rosters/_default.csv"}, "", "rosters/_default.csv", 0},
		{[]string{"rosters/A.xls", "rosters/A.csv", "rosters/_default.xlsx"}, "?exam_code=A", "rosters/A.csv", 1},
	} {
		a := newAPI()
		for _, key := range test.there {
			a.store.objects[key] = table
		}
		if got := a.do(t, get("/roster/"+test.query)); got.status != 200 || got.body["s3_key"] != test.want || got.body["student_count"] != 2.0 {
			t.Errorf("of %v: got %d %s", test.there, got.status, got.text)
		}
		got := a.do(t, httptest.NewRequest(http.MethodDelete, "/roster/"+test.query, nil))
		if got.status != 200 || got.body["s3_key"] != test.want || len(a.store.objects) != test.left {
			t.Errorf("remove of %v: got %d %s, left %d objects", test.there, got.status, got.text, len(a.store.objects))
		}
	}
}

func TestJob(t *testing.T) {
	for body, want := range map[string]string{
		`{"exam_code": "E", "keys": ["uploads/1.jpg"], "batch_id": "b"}`:                                                         "recognize",
		`{"exam_code": "E", "manifest_key": "uploads/m.json", "batch_id": "b", "roster_key": "r.XLSX"}`:                          "recognize",
		`{"exam_code": "E", "batch_id": "b", "filename": "반/1.jpg", "download_url": "https://x.example.com/1?X-Amz-Date=2%2F3"}`: "download_url",
		`{"exam_code": "E", "batch_id": "b", "open": true, "filename": ".1", "download_url": "https://x.example.com/1"}`:         "download_url",
		`{"type": "resolve", "exam_code": "E", "batch_id": "b", "sheet": "0123456789abcdef", "student_id": "1"}`:                 "resolve",
		`{"type": "rematch", "exam_code": "E", "batch_id": "b"}`:                                                                 "rematch",
	} {
		a := newAPI()
		got := a.do(t, postJSON("/jobs", body))
		if got.status != 202 || got.header.Get("Location") != "/exams/E/batches/b" || got.body["results"] != "results/E/b/" {
			t.Errorf("%s: got %d %s", body, got.status, got.text)
			continue
		}
		if text, err := jobs.Encode(a.queue[0]); err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: on the queue is %s, %v", body, text, err)
		}
	}
	a := newAPI()
	got := a.do(t, postJSON("/jobs", `{"exam_code": "E", "keys": ["k"]}`))
	if want := jobs.DefaultBatchID("E", []string{"k"}, ""); got.body["batch_id"] != want || a.queue[0].(*jobs.Recognize).BatchID != want {
		t.Errorf("a job without a name: got %s, want %s", got.text, want)
	}
}

// batch puts a batch of three sheets into S3, of which two have a result.
func (a *kit) batch(t *testing.T) (layout.Batch, []string) {
	t.Helper()
	b, sheets := a.batchOf(t, "uploads/1/a.jpg", "uploads/2/a.jpg", "uploads/c.jpg")
	delete(a.store.objects, b.Result(sheets[1]))
	return b, sheets
}

// batchOf puts a batch of these keys into S3, each with its result.
func (a *kit) batchOf(t *testing.T, keys ...string) (layout.Batch, []string) {
	t.Helper()
	b := layout.Batch{ExamCode: "E", BatchID: "b"}
	a.store.put(t, b.Job(), exam.Job{ExamCode: "E", BatchID: "b", Total: len(keys)})
	a.store.put(t, b.Part("p"), exam.Part{Keys: keys})
	var sheets []string
	for _, key := range keys {
		id := jobs.SheetID("E", "b", key, 1)
		sheets = append(sheets, id)
		a.store.put(t, b.Result(id), exam.Sheet{Result: exam.Result{Sheet: id, SheetKey: key, UpdatedAt: time.Unix(0, 0)}})
	}
	return b, sheets
}

func TestBatch(t *testing.T) {
	a := newAPI()
	b, _ := a.batch(t)
	got := a.do(t, get("/exams/E/batches/b?limit=1"))
	if got.status != 200 || got.body["status"] != "processing" || got.body["done"] != 2.0 || got.body["files"] != 3.0 || len(got.body["sheets"].([]any)) != 1 {
		t.Fatalf("got %d %s", got.status, got.text)
	}
	rest := a.do(t, get("/exams/E/batches/b?limit=1&after="+got.body["next"].(string)))
	if len(rest.body["sheets"].([]any)) != 1 || rest.body["next"] != nil {
		t.Errorf("the rest: %s", rest.text)
	}
	a.store.put(t, b.Summary(), exam.Summary{Total: 3, MissingIDs: []string{"1"}, Sheets: []exam.SummarySheet{{}}, CreatedAt: time.Unix(0, 0)})
	got = a.do(t, get("/exams/E/batches/b"))
	if got.body["status"] != "completed" || strings.Contains(got.text, "missing_ids") {
		t.Errorf("after the end: %s", got.text)
	}
}

func TestCorrections(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		status     int
		sheet      int
	}{
		{"by name", `[{"file": "c.jpg", "student_id": "1"}]`, 202, 2},
		{"by key", `[{"file": "uploads/1/a.jpg", "student_id": "1"}]`, 202, 0},
		{"by part of the key", `[{"file": "1/a.jpg", "verdict": "unreadable"}]`, 202, 0},
		{"of two files", `[{"file": "a.jpg", "student_id": "1"}]`, 409, 0},
		{"of no file", `[{"file": "x.jpg", "student_id": "1"}]`, 409, 0},
		{"of no page", `[{"file": "c.jpg", "page": 2, "student_id": "1"}]`, 409, 0},
		{"of no result", `[{"file": "uploads/2/a.jpg", "student_id": "1"}]`, 409, 0},
		{"one of two wrong", `[{"file": "c.jpg", "student_id": "1"}, {"file": "x.jpg", "student_id": "1"}]`, 409, 0},
		{"student and verdict", `[{"file": "c.jpg", "student_id": "1", "verdict": "undo"}]`, 409, 0},
		{"nobody", `[{"file": "c.jpg"}]`, 409, 0},
		{"nothing", `[{"student_id": "1"}]`, 409, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI()
			_, sheets := a.batch(t)
			got := a.do(t, postJSON("/exams/E/batches/b/corrections", tt.body))
			if got.status != tt.status || (tt.status != 202) != (len(a.queue) == 0) {
				t.Fatalf("got %d %s, %d on the queue", got.status, got.text, len(a.queue))
			}
			if strings.Contains(got.text, "jobs.") {
				t.Errorf("%s speaks of the program's types", got.text)
			}
			if tt.status == 202 && a.queue[0].(*jobs.Resolve).Sheet != sheets[tt.sheet] {
				t.Errorf("got %+v", a.queue[0])
			}
		})
	}
}

// macOS writes file names decomposed, and people type them composed: both mean the
// same file. Where a batch has both, each is called by its own.
func TestCorrectionOfAnotherNormalForm(t *testing.T) {
	const composed, decomposed = "\ub2f5\uc548.jpg", "\u1103\u1161\u11b8\u110b\u1161\u11ab.jpg"
	for _, tt := range []struct {
		keys  []string
		typed string
		want  int
	}{
		{[]string{"uploads/" + decomposed}, composed, 0},
		{[]string{"uploads/" + composed}, decomposed, 0},
		{[]string{"uploads/" + decomposed}, "uploads/" + composed, 0},
		{[]string{"uploads/" + decomposed, "uploads/" + composed}, "uploads/" + composed, 1},
		{[]string{"uploads/" + decomposed, "uploads/" + composed}, composed, 1},
	} {
		a := newAPI()
		b, sheets := a.batchOf(t, tt.keys...)
		body := fmt.Sprintf(`[{"file": %q, "student_id": "1"}]`, tt.typed)
		got := a.do(t, postJSON("/exams/"+b.ExamCode+"/batches/"+b.BatchID+"/corrections", body))
		if got.status != 202 || a.queue[0].(*jobs.Resolve).Sheet != sheets[tt.want] {
			t.Errorf("%+q among %+q: got %d %s", tt.typed, tt.keys, got.status, got.text)
		}
	}
}

func TestWebhookTestEvent(t *testing.T) {
	a := newAPI()
	if got := a.do(t, postJSON("/webhooks/test", "")); got.status != 404 {
		t.Errorf("without a receiver to test: got %d %s", got.status, got.text)
	}
	for _, tt := range []struct {
		err    error
		status int
		says   string
	}{
		{nil, 200, "evt_1"},
		{api.ErrNoWebhook, 409, "WEBHOOK_URL"},
		{errors.New("webhook to https://backend.test: dns"), 502, "dns"},
	} {
		a := newAPI()
		a.options.TestWebhook = func(context.Context) (string, error) { return "evt_1", tt.err }
		if got := a.do(t, postJSON("/webhooks/test", "")); got.status != tt.status || !strings.Contains(got.text, tt.says) || got.body["success"] != (tt.err == nil) {
			t.Errorf("%v: got %d %s, want %d", tt.err, got.status, got.text, tt.status)
		}
	}
}

func TestWebhookKeys(t *testing.T) {
	a := newAPI("secret-api-key")
	r := get("/webhooks/keys")
	r.Header.Set("X-API-Key", "secret-api-key")
	if got := a.do(t, r); got.status != 200 || len(got.body["keys"].([]any)) != 0 {
		t.Errorf("without a pair: got %d %s", got.status, got.text)
	}
	a.options.WebhookKeys = []string{"whpk_x"}
	if got := a.do(t, r); got.body["keys"].([]any)[0] != "whpk_x" {
		t.Errorf("got %s", got.text)
	}
	if got := a.do(t, get("/webhooks/keys")); got.status != 401 {
		t.Errorf("nobody: got %d %s", got.status, got.text)
	}
}

func TestHealth(t *testing.T) {
	a := newAPI()
	a.store.objects[layout.DefaultRosterKey] = rosterFile(t, "1", "2")
	a.options.Health = api.Health{Model: "m", Credentials: func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{SessionToken: "secret", CanExpire: true, Expires: time.Now().Add(time.Hour)}, nil
	}}
	got := a.do(t, get("/health"))
	creds := got.body["s3_credentials"].(map[string]any)
	if got.status != 200 || creds["status"] != "active" || creds["has_session_token"] != true || creds["is_expired"] != false || creds["expiration"] == nil ||
		got.body["student_count"] != 2.0 || got.body["roster_loaded"] != true || got.body["ocr_model"] != true || strings.Contains(got.text, "secret") {
		t.Errorf("got %d %s", got.status, got.text)
	}
	a.options.Health.Credentials = func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{CanExpire: true, Expires: time.Now().Add(-time.Hour)}, nil
	}
	a.options.Ready = func() error { return errors.New("s3 is out of order") }
	got = a.do(t, get("/health"))
	if got.status != 200 || got.body["status"] != "degraded" || !strings.Contains(got.text, "expired") || !strings.Contains(got.text, "out of order") {
		t.Errorf("got %d %s", got.status, got.text)
	}
}
