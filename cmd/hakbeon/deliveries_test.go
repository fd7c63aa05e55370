package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hakbeon/lab/embedded"
	"hakbeon/lab/synth"
)

// told is a batch's log of deliveries as the API answers.
type told struct {
	Counts     map[string]int
	Deliveries []struct {
		ID, State string
		WebhookID string `json:"webhook_id"`
		Attempts  []struct {
			Outcome string
			Status  int
		}
	}
}

func toldOf(t *testing.T, address, path string) (log told) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+path, nil)
	mustDo(t, err)
	request.Header.Set("X-API-Key", reviewKey)
	answer, err := http.DefaultClient.Do(request)
	mustDo(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	mustDo(t, err)
	if answer.StatusCode == http.StatusOK {
		mustDo(t, json.Unmarshal(body, &log))
	}
	return log
}

// TestDeliveriesAreSeenAndSentAgain has a receiver refuse events and a worker be killed: a
// manager sees what was told and sends again what is missing, and the log knows of all
// requests that the receiver got, but for the last seconds of the one that was killed.
func TestDeliveriesAreSeenAndSentAgain(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	chrome := findChrome(t)
	drawn, sheets, roster := drawExam(t, 2033, synth.ExamSpec{Code: "TOLD_2033", Roster: 12, Blanks: 1})
	env := local(t)
	sink := sinkOf(t, env)
	appendTo(t, env, "API_KEY="+reviewKey+"\n")
	mustDo(t, sink.Behave(t.Context(), embedded.Behaviour{Status: http.StatusGone, Times: 3}))
	first := start(t, "worker", "--env-file", env)
	const batch = "/exams/TOLD_2033/batches/b/deliveries"
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--batch-id", "b", "--wait", "--json")
	address := httpOf(t, first)
	await(t, time.Minute, "the first lines of the log", func() bool { return len(toldOf(t, address, batch).Deliveries) > 0 })
	killed := time.Now()
	first.kill(t)
	second := start(t, "worker", "--env-file", env)
	address = httpOf(t, second)
	if _, code := submit.end(t, 2*time.Minute); code != 0 {
		t.Fatalf("submit ended with %d", code)
	}
	await(t, time.Minute, "the end in the log", func() bool {
		log := toldOf(t, address, batch+"?limit=1000")
		for _, d := range log.Deliveries {
			if d.ID == "batch-1-webhook" && log.Counts["waiting"] == 0 {
				return true
			}
		}
		return false
	})
	before := toldOf(t, address, batch).Counts["gone"]
	if before == 0 {
		t.Fatal("the worker was killed before it could write what was refused")
	}
	w := newBrowser(t, chrome, address).window("ko-KR")
	w.run(chromedp.Navigate(address+"/exams/TOLD_2033"), chromedp.WaitVisible("#key"), chromedp.SendKeys("#key", reviewKey+"\r"), chromedp.WaitVisible("#deliveries"))
	w.until("the batch in the link", func() bool {
		return strings.HasSuffix(w.eval(`document.getElementById("deliveries").href`), "?batch=b")
	})
	w.click("#deliveries")
	w.run(chromedp.WaitVisible("table"))
	w.eval(`document.querySelector("details").open = true; ""`)
	w.accessible("what was told")
	w.shot("deliveries")
	w.click("form.over .main")
	w.run(chromedp.WaitVisible("[role=status]"))
	w.accessible("what was sent again")
	await(t, time.Minute, "what was refused to be delivered", func() bool { return toldOf(t, address, batch).Counts["gone"] == 0 })
	w.asksNobodyElse()
	agreesWithSink(t, toldOf(t, address, batch+"?limit=1000"), sink, killed)
}

// agreesWithSink compares the log with the receiver's ledger of requests.
func agreesWithSink(t *testing.T, log told, sink *embedded.Sink, killed time.Time) {
	t.Helper()
	type request struct {
		id     string
		status int
	}
	lines := map[request]int{}
	for _, d := range log.Deliveries {
		for _, a := range d.Attempts {
			if a.Outcome == "delivered" || a.Outcome == "failed" || a.Outcome == "gone" {
				lines[request{d.WebhookID, a.Status}]++
			}
		}
	}
	ledger, err := sink.Requests(t.Context())
	mustDo(t, err)
	for _, r := range ledger {
		key := request{r.ID, r.Status}
		if lines[key]--; lines[key] < 0 && r.ReceivedAt.After(killed) {
			t.Errorf("the log does not have %+v at %v", key, r.ReceivedAt)
		}
	}
	for key, n := range lines {
		if n > 0 {
			t.Errorf("the log has %d more of %+v than the receiver", n, key)
		}
	}
}
