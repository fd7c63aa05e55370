package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/apikey"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/auth"
	"hakbeon/web/deliveries"
)

const toldSheet = "9f86d081884c7d65"

// told is an API over a batch of which two events were told, one in vain.
func told(t *testing.T) (a *kit, sent *[]jobs.Delivery) {
	t.Helper()
	a, sent = newAPI(), &[]jobs.Delivery{}
	a.options.Deliveries = deliveries.New(a.store, func(_ context.Context, all []jobs.Delivery) error {
		*sent = append(*sent, all...)
		return nil
	})
	b := layout.Batch{ExamCode: "e", BatchID: "b"}
	a.store.put(t, b.Job(), exam.Job{ExamCode: "e", BatchID: "b", Total: 1})
	a.store.put(t, b.Result(toldSheet), exam.Sheet{Result: exam.Result{Version: 1}})
	a.store.put(t, b.Summary(), exam.Summary{Version: 1})
	at := time.Date(2017, 12, 18, 9, 0, 0, 0, time.UTC)
	a.store.put(t, b.DeliveriesPart("1"), exam.Attempts{Attempts: []exam.Attempt{
		{At: at, Outcome: exam.OutcomeFailed, To: exam.ToWebhook, Host: "backend.example.com", WebhookID: "evt_1", Type: exam.EventRecognized, Sheet: toldSheet, Version: 1, Status: 503, Error: "status_5xx", Millis: 12, Next: at.Add(5 * time.Second)},
		{At: at.Add(time.Second), Outcome: exam.OutcomeDelivered, To: exam.ToWebhook, Host: "backend.example.com", WebhookID: "evt_2", Type: exam.EventCompleted, Version: 1, Status: 204, Millis: 3},
	}})
	return a, sent
}

func TestListDeliveries(t *testing.T) {
	a, _ := told(t)
	got := a.do(t, get("/exams/e/batches/b/deliveries?limit=1"))
	list := got.body["deliveries"].([]any)
	first := list[0].(map[string]any)
	if got.status != 200 || len(list) != 1 || first["id"] != "batch-1-webhook" || first["state"] != "delivered" || got.body["next"] != "batch-1-webhook" || got.body["counts"].(map[string]any)["waiting"] != 1.0 {
		t.Fatalf("got %d %s", got.status, got.text)
	}
	got = a.do(t, get("/exams/e/batches/b/deliveries?after=batch-1-webhook"))
	if got.status != 200 {
		t.Fatalf("got %d %s", got.status, got.text)
	}
	second := got.body["deliveries"].([]any)[0].(map[string]any)
	attempt := second["attempts"].([]any)[0].(map[string]any)
	if got.body["next"] != nil || second["state"] != "waiting" || second["sheet"] != toldSheet || second["webhook_id"] != "evt_1" || second["next_try"] != "2017-12-18T09:00:05Z" ||
		attempt["status"] != 503.0 || attempt["error"] != "status_5xx" || attempt["ms"] != 12.0 || attempt["outcome"] != "failed" {
		t.Errorf("got %s", got.text)
	}
	if got = a.do(t, get("/exams/e/batches/b/deliveries?state=undelivered")); strings.Contains(got.text, "evt_2") || !strings.Contains(got.text, "evt_1") {
		t.Errorf("got %s", got.text)
	}
	for path, want := range map[string]int{
		"/exams/e/batches/none/deliveries": 404, "/exams/e/batches/b/deliveries?state=lost": 422, "/exams/e/batches/b/deliveries?after=../x": 422, "/exams/e/batches/b/deliveries?limit=0": 422,
	} {
		if got := a.do(t, get(path)); got.status != want {
			t.Errorf("%s: got %d %s, want %d", path, got.status, got.text, want)
		}
	}
	a.store.err = &s3store.Error{Op: "list", Kind: s3store.ErrUnavailable}
	if got := a.do(t, get("/exams/e/batches/b/deliveries")); got.status != 503 {
		t.Errorf("without S3: got %d %s", got.status, got.text)
	}
}

func TestReplayDeliveries(t *testing.T) {
	a, sent := told(t)
	post := func(path string, want int) answer {
		t.Helper()
		got := a.do(t, postJSON("/exams/e/batches/b/deliveries"+path, ""))
		if got.status != want {
			t.Errorf("%s: got %d %s, want %d", path, got.status, got.text, want)
		}
		return got
	}
	post("/batch-1-webhook/replay", 202)
	if want := (jobs.Delivery{ExamCode: "e", BatchID: "b", Version: 1}); len(*sent) != 1 || (*sent)[0] != want {
		t.Errorf("got %+v", *sent)
	}
	if got := post("/replay", 202); got.body["queued"] != 1.0 || len(*sent) != 2 || (*sent)[1].Sheet != toldSheet {
		t.Errorf("got %s and %+v", got.text, *sent)
	}
	if got := post("/replay", 202); got.body["queued"] != 0.0 {
		t.Errorf("asked twice: got %s", got.text)
	}
	post("/batch-2-webhook/replay", 404)
	a.store.put(t, layout.Batch{ExamCode: "e", BatchID: "b"}.Result(toldSheet), exam.Sheet{Result: exam.Result{Version: 2}})
	post("/"+toldSheet+"-1-webhook/replay", 409)
}

// Who may read may see; who may send jobs may have events sent again.
func TestRightsOfDeliveries(t *testing.T) {
	for key, want := range map[string]int{"reader-key:read": 403, "sender-key:jobs": 202} {
		a, _ := told(t)
		keys, err := apikey.Parse(key)
		if err != nil {
			t.Fatal(err)
		}
		a.options.Auth = auth.New(keys, false)
		name, _, _ := strings.Cut(key, ":")
		for _, r := range []*http.Request{get("/exams/e/batches/b/deliveries"), postJSON("/exams/e/batches/b/deliveries/replay", "")} {
			r.Header.Set("X-API-Key", name)
			expected := want
			if r.Method == http.MethodGet {
				expected = map[int]int{403: 200, 202: 403}[want]
			}
			if got := a.do(t, r); got.status != expected {
				t.Errorf("%s: %s: got %d %s, want %d", name, r.Method, got.status, got.text, expected)
			}
		}
	}
}
