package page_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/internal/apikey"
	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store/layout"
	"hakbeon/web/upload"
)

// door takes what is brought to the rig.
func (r *rig) door() *upload.Door {
	door := upload.Door{
		Presign: func(_ context.Context, key string, size int64) (string, error) {
			return fmt.Sprintf("https://bucket.example/%s?size=%d", key, size), nil
		}, Origin: "https://bucket.example",
		PresignPart: func(_ context.Context, key, upload string, part int32, size int64) (string, error) {
			return fmt.Sprintf("https://bucket.example/%s?size=%d&part=%d&upload=%s", key, size, part, upload[:2]), nil
		},
		Store: r.store, Send: r.send, PartBytes: 20, MaxFile: 100, MaxRoster: 200,
		Submit: func(ctx context.Context, job jobs.Recognize) (layout.Batch, error) {
			return layout.Batch{}, r.send(ctx, &job)
		},
		Rosters: func(_ context.Context, data []byte) (*roster.Roster, error) {
			return roster.Read(data, roster.Limits{})
		},
		RosterChanged: func() {}, Hold: func(context.Context, int64) (func(), error) { return func() {}, nil },
	}.WithDefaults()
	return &door
}

const goodRoster = "학번,이름\n32141837,김하나\n32141838,이두리\n미정?,박세찬\n"

// What a person brings is taken with a session and the page's token alone.
func TestBringNeedsASession(t *testing.T) {
	of := "/review/exams/e/b2/"
	for _, call := range [][2]string{
		{http.MethodPut, of + "scans?name=1.jpg"}, {http.MethodPost, of + "begin"}, {http.MethodPost, of + "rematch"}, {http.MethodPost, of + "cancel"}, {http.MethodPost, of + "address?name=1.jpg&size=1"},
		{http.MethodPost, of + "scans/large?name=1.jpg&size=1"}, {http.MethodPut, of + "scans/large?name=1.jpg&size=1&part=1&upload=u"}, {http.MethodPost, of + "scans/large/end?name=1.jpg&size=1&upload=u"},
		{http.MethodPut, of + "roster"}, {http.MethodPost, "/review/rosters"}, {http.MethodGet, of + "scans"}, {http.MethodGet, "/review/exams"},
	} {
		s := serve(t, key)
		if status, _ := s.do(call[0], call[1], goodRoster, ""); status != http.StatusUnauthorized {
			t.Errorf("%v without a session: got %d", call, status)
		}
		_, err := s.login(key, "/exams/e")
		must(t, err)
		if status, _ := s.do(call[0], call[1], goodRoster, "x"); call[0] != http.MethodGet && status != http.StatusForbidden {
			t.Errorf("%v without the page's token: got %d", call, status)
		}
		if objects := len(s.store.objects); objects != 1 {
			t.Errorf("%v: there are %d objects", call, objects)
		}
	}
}

func TestBring(t *testing.T) {
	s := serve(t)
	token := s.token()
	large := "name=3.tif&size=25&upload=" + url.QueryEscape("of uploads/e/http-b2/3.tif")
	for _, step := range []struct {
		method, path, body string
		status             int
		text               string // part of the answer
	}{
		{http.MethodPost, "/review/rosters", goodRoster, 200, `"students":2`},
		{http.MethodPost, "/review/rosters", "no,roster\n1,2\n", 422, "ID"},
		{http.MethodPost, "/review/rosters", strings.Repeat("x", 201), 413, "too large"},
		{http.MethodPut, "/review/exams/e/b2/roster", goodRoster, 200, `"left_out":1`},
		{http.MethodPut, "/review/exams/..e/b2/roster", goodRoster, 404, ""},
		{http.MethodGet, "/review/exams/e/b2/scans", "", 200, "[]"},
		{http.MethodPut, "/review/exams/e/b2/scans?name=1.jpg", "picture", 204, ""},
		{http.MethodPut, "/review/exams/e/b2/scans?name=..%2F1.jpg", "picture", 422, "name"},
		{http.MethodPut, "/review/exams/e/b2/scans?name=2.jpg", strings.Repeat("x", 101), 413, "too large"},
		{http.MethodGet, "/review/exams/e/b2/scans", "", 200, `[{"name":"1.jpg","size":7}]`},
		{http.MethodPost, "/review/exams/e/b2/address?name=a%2F2.jpg&size=100", "", 200, `{"url":"https://bucket.example/uploads/e/http-b2/a/2.jpg?size=100"}`},
		{http.MethodPost, "/review/exams/e/b2/address?name=..%2F2.jpg&size=100", "", 422, "name"},
		{http.MethodPost, "/review/exams/e/b2/address?name=2.jpg&size=101", "", 413, "too large"},
		{http.MethodPost, "/review/exams/e/b2/address?name=2.jpg&size=-1", "", 413, "too large"},
		{http.MethodPost, "/review/exams/e/b2/address?name=2.jpg&size=0", "", 422, "empty"},
		{http.MethodPost, "/review/exams/e/b2/address?name=2.jpg", "", 400, "size"},
		{http.MethodPost, "/review/exams/e/b2/scans/large?name=3.tif&size=25", "", 200, `{"upload":"of uploads/e/http-b2/3.tif"}`},
		{http.MethodPost, "/review/exams/e/b2/scans/large?name=3.tif&size=101", "", 413, "too large"},
		{http.MethodPost, "/review/exams/e/b2/scans/large?name=3.tif", "", 400, "size"},
		{http.MethodPut, "/review/exams/e/b2/scans/large?" + large + "&part=1", "first part of twenty", 200, `{"tag":"first part of twenty"}`},
		{http.MethodPut, "/review/exams/e/b2/scans/large?" + large + "&part=2", "last.", 200, ""},
		{http.MethodPut, "/review/exams/e/b2/scans/large?" + large + "&part=3", "", 400, "no such part"},
		{http.MethodPut, "/review/exams/e/b2/scans/large?" + large + "&part=1", "short", 400, "whole"},
		{http.MethodPut, "/review/exams/e/b2/scans/large?name=3.tif&size=25&part=2&upload=gone", "last.", 410, "beginning"},
		{http.MethodPost, "/review/exams/e/b2/address?" + large + "&part=2", "", 200, `{"url":"https://bucket.example/uploads/e/http-b2/3.tif?size=5\u0026part=2\u0026upload=of"}`},
		{http.MethodPost, "/review/exams/e/b2/address?" + large + "&part=3", "", 400, "no such part"},
		{http.MethodPost, "/review/exams/e/b2/scans/large/end?" + large, `{"tags":["a"]}`, 400, "no such part"},
		{http.MethodPost, "/review/exams/e/b2/scans/large/end?" + large, `tags`, 400, "JSON"},
		{http.MethodPost, "/review/exams/e/b2/scans/large/end?" + large, `{"tags":["first part of twenty","last."]}`, 204, ""},
		{http.MethodGet, "/review/exams/e/b2/scans", "", 200, `{"name":"3.tif","size":25}`},
		{http.MethodPost, "/review/exams/e/b2/begin", `{"names":["1.jpg","2.jpg"],"pages_per_sheet":1}`, 409, "missing"},
		{http.MethodPost, "/review/exams/e/b2/begin", `{"names":[]}`, 422, "no file"},
		{http.MethodPost, "/review/exams/e/b2/begin", `{"files":[]}`, 400, "JSON"},
		{http.MethodPost, "/review/exams/e/b2/begin", `{"names":["1.jpg"],"pages_per_sheet":"auto"}`, 202, ""},
		{http.MethodPost, "/review/exams/e/b2/rematch", "", 202, ""},
		{http.MethodPost, "/review/exams/e/b2/cancel", "", 202, ""},
	} {
		if status, text := s.do(step.method, step.path, step.body, token); status != step.status || !strings.Contains(text, step.text) {
			t.Errorf("%s %s: got %d %s, want %d %s", step.method, step.path, status, text, step.status, step.text)
		}
	}
	if len(s.queued) != 3 {
		t.Fatalf("queued %+v", s.queued)
	}
	if job, ok := s.queued[0].(*jobs.Recognize); !ok || job.BatchID != "b2" || len(job.Keys) != 1 || job.Keys[0] != "uploads/e/http-b2/1.jpg" {
		t.Errorf("queued %+v", s.queued[0])
	}
	s.refuse = true
	if status, _ := s.do(http.MethodPost, "/review/exams/e/b2/begin", `{"names":["1.jpg"]}`, token); status != http.StatusServiceUnavailable {
		t.Errorf("without a queue: got %d", status)
	}
}

// A session has the rights of its key: one that may not bring rosters brings none.
func TestRostersNeedTheRight(t *testing.T) {
	keys, err := apikey.Parse(key + ":jobs+read")
	must(t, err)
	s := serveKeys(t, keys)
	_, err = s.login(key, "/exams/e")
	must(t, err)
	token := s.token()
	for _, call := range [][2]string{{http.MethodPut, "/review/exams/e/b2/roster"}, {http.MethodPost, "/review/rosters"}} {
		if status, _ := s.do(call[0], call[1], goodRoster, token); status != http.StatusForbidden {
			t.Errorf("%v: got %d", call, status)
		}
	}
	if _, body := s.get("/exams"); !strings.Contains(body, `name="rosters" content="false"`) {
		t.Error("the page does not know")
	}
}

func TestListOfExams(t *testing.T) {
	s := serve(t, key)
	if _, body := s.get("/exams"); !strings.Contains(body, `name="key"`) {
		t.Error("without a session the page of all exams is no login")
	}
	_, err := s.login(key, "/exams")
	must(t, err)
	s.store.record(layout.Batch{ExamCode: "e", BatchID: "b"}.Summary(), exam.Summary{Total: 3, Matched: 2, NeedsReview: 1, Students: 5, Present: 2})
	_, body := s.get("/review/exams")
	var got struct {
		Exams []struct {
			Code, Name, Batch              string
			Ended                          bool
			Total, Review, Students, Files int
		}
	}
	must(t, json.Unmarshal([]byte(body), &got))
	if len(got.Exams) != 1 {
		t.Fatalf("got %s", body)
	}
	if e := got.Exams[0]; e.Code != "e" || e.Name != "통계학 기말" || e.Batch != "b" || !e.Ended || e.Total != 3 || e.Review != 1 || e.Students != 5 || e.Files != 3 {
		t.Errorf("got %+v", e)
	}
	if _, page := s.get("/exams/e"); !strings.Contains(page, "<h1>통계학 기말 <small>e</small></h1>") {
		t.Error("the exam's page does not call it by its name")
	}
}

// A program that asks for the exams is answered by the API.
func TestProgramsGetNoPage(t *testing.T) {
	s := serve(t)
	answer, err := s.client.Get(s.url + "/exams")
	must(t, err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound { // what the rig has in the API's place
		t.Errorf("got %d", answer.StatusCode)
	}
}

func TestTheRootLeadsToTheExams(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"/", "/exams/"} {
		answer, err := s.client.Get(s.url + path)
		must(t, err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusFound || answer.Header.Get("Location") != "/exams" {
			t.Errorf("%s: got %d to %q", path, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
}
