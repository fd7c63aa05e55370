package page_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/web/people"
)

// tell is the callback queue.
func (r *rig) tell(_ context.Context, all []jobs.Delivery) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, all...)
	return nil
}

// tried puts attempts at a sheet's versions into the log of a batch.
func (r *rig) tried(b layout.Batch, n int, outcome string) {
	at := time.Now().Add(-time.Minute)
	var lines []exam.Attempt
	for i := range n {
		lines = append(lines, exam.Attempt{
			At: at.Add(time.Duration(i) * time.Millisecond), Outcome: outcome, To: exam.ToWebhook, Host: "backend.example.com", WebhookID: "evt_1",
			Type: exam.EventRecognized, Sheet: fmt.Sprintf("%016x", i), Version: 1, Status: http.StatusBadGateway, Error: "status_5xx",
		})
	}
	r.store.record(b.DeliveriesPart(outcome), exam.Attempts{Attempts: lines})
}

// A manager sees what was told and how it was answered, page by page, and has it sent again.
func TestDeliveriesPage(t *testing.T) {
	c := newClub(t)
	b := layout.Batch{ExamCode: "e", BatchID: "b"}
	c.tried(b, 150, exam.OutcomeGivenUp)
	c.store.record(b.Result(fmt.Sprintf("%016x", 0)), exam.Sheet{Result: exam.Result{Version: 1}})
	manager := c.enter(person(people.Manager))
	_, page := manager.get("/exams/e")
	if !strings.Contains(page, `href="exams/e/deliveries"`) {
		t.Error("the exam's page does not lead there")
	}
	status, first := manager.get("/exams/e/deliveries")
	if status != http.StatusOK || strings.Count(first, "<li>") != 100 || !strings.Contains(first, "HTTP 502") || !strings.Contains(first, "backend.example.com") || !strings.Contains(first, "150 not delivered") {
		t.Fatalf("got %d\n%s", status, first)
	}
	_, rest, _ := strings.Cut(first, `<p class="actions"><a href="`)
	next, _, _ := strings.Cut(rest, `"`)
	if status, body := manager.get("/" + strings.ReplaceAll(next, "&amp;", "&")); status != http.StatusOK || strings.Count(body, "<li>") != 50 {
		t.Errorf("the next page, %s: got %d\n%s", next, status, body)
	}
	if _, body := manager.get("/exams/e/deliveries?state=delivered"); strings.Contains(body, "<li>") {
		t.Error("what was given up is shown as delivered")
	}
	form := func(csrf, id string) (int, string) {
		answer, err := manager.client.PostForm(manager.url+"/review/exams/e/b/deliveries/replay", url.Values{"csrf": {csrf}, "id": {id}})
		must(t, err)
		answer.Body.Close()
		return answer.StatusCode, answer.Header.Get("Location")
	}
	if status, _ := form("x", ""); status != http.StatusForbidden || len(c.told) != 0 {
		t.Errorf("without the page's token: got %d, %d were sent", status, len(c.told))
	}
	token := manager.token()
	if status, to := form(token, fmt.Sprintf("%016x-1-webhook", 0)); status != http.StatusSeeOther || !strings.Contains(to, "queued=1") || len(c.told) != 1 {
		t.Errorf("one: got %d to %s, %d were sent", status, to, len(c.told))
	}
	if status, to := form(token, ""); status != http.StatusSeeOther || !strings.Contains(to, "queued=149") || len(c.told) != 150 {
		t.Errorf("all: got %d to %s, %d were sent", status, to, len(c.told))
	}
	if _, to := form(token, "batch-1-webhook"); !strings.Contains(to, "queued=none") {
		t.Errorf("none such: led to %s", to)
	}
	for _, path := range []string{"/exams/e/deliveries?batch=b&queued=149", "/exams/e/deliveries?queued=none", "/exams/e/deliveries?queued=overtaken", "/exams/e/deliveries?batch=no", "/exams/none/deliveries"} {
		if status, body := manager.get(path); status != http.StatusOK || !strings.Contains(body, "</html>") {
			t.Errorf("%s: got %d\n%s", path, status, body)
		}
	}
}

// Graders don't see it, not even of their own exams.
func TestDeliveriesAreForManagers(t *testing.T) {
	c := newClub(t)
	c.tried(layout.Batch{ExamCode: "e", BatchID: "b"}, 1, exam.OutcomeGivenUp)
	grader := c.enter(person(people.Grader, "e"))
	if _, page := grader.get("/exams/e"); strings.Contains(page, "deliveries") {
		t.Error("the exam's page leads there")
	}
	if status, body := grader.get("/exams/e/deliveries"); status != http.StatusForbidden || strings.Contains(body, "backend") {
		t.Errorf("got %d\n%s", status, body)
	}
	answer, err := grader.client.PostForm(grader.url+"/review/exams/e/b/deliveries/replay", url.Values{"csrf": {grader.token()}})
	must(t, err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden || len(c.told) != 0 {
		t.Errorf("got %d, %d were sent", answer.StatusCode, len(c.told))
	}
	if status, body := c.get("/exams/e/deliveries"); status != http.StatusOK || strings.Contains(body, "backend") || !strings.Contains(body, `name="key"`) && !strings.Contains(body, "login") {
		t.Errorf("nobody: got %d\n%s", status, body)
	}
}
