package main_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hakbeon/lab/synth"
)

// TestWebTakesNoJobs: what is submitted waits for a worker, and the web process shows it.
func TestWebTakesNoJobs(t *testing.T) {
	drawn, sheets, roster := drawExam(t, 2038, synth.ExamSpec{Code: "Web_2038", Roster: 4, Sheets: 2})
	env := local(t)
	address := httpOf(t, start(t, "web", "--env-file", env))
	if _, code := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--batch-id", "b").end(t, time.Minute); code != 0 {
		t.Fatalf("submit ended with %d", code)
	}
	batch := address + "/exams/" + drawn.Code + "/batches/b"
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if status, body := ask(t, batch); status != http.StatusNotFound {
			t.Fatalf("without a worker: got %d %s", status, body)
		}
	}
	start(t, "worker", "--env-file", env)
	await(t, 2*time.Minute, "the batch's end, as the web process tells it", func() bool {
		_, body := ask(t, batch)
		return strings.Contains(body, `"completed"`)
	})
	if status, body := ask(t, address+"/review/exams"); status != http.StatusOK || !strings.Contains(body, drawn.Code) {
		t.Errorf("the list of exams: got %d %s", status, body)
	}
}

// ask is a GET without a key.
func ask(t *testing.T, address string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	mustDo(t, err)
	answer, err := http.DefaultClient.Do(request)
	mustDo(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	mustDo(t, err)
	return answer.StatusCode, string(text)
}
