package main_test

import (
	"encoding/base64"
	"encoding/json"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/joho/godotenv"

	"hakbeon/lab/synth"
)

// vision is a server of the second reader's protocol.
type vision struct {
	mu       sync.Mutex
	asked    int
	problems []string
}

func (v *vision) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked++
	var q struct {
		Messages []struct {
			Content []struct {
				ImageURL struct{ URL string } `json:"image_url"`
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) != 1 || len(q.Messages[0].Content) != 2 {
		v.problems = append(v.problems, "not one picture and a question")
		return
	}
	if r.Header.Get("Authorization") != "Bearer hush-hush" || r.URL.Path != "/v1/chat/completions" {
		v.problems = append(v.problems, r.URL.Path)
	}
	data := strings.TrimPrefix(q.Messages[0].Content[1].ImageURL.URL, "data:image/png;base64,")
	img, err := png.Decode(base64.NewDecoder(base64.StdEncoding, strings.NewReader(data)))
	if err != nil || img.Bounds().Dx() > 768 {
		v.problems = append(v.problems, "no picture of an ID")
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop",` +
		`"message":{"role":"assistant","content":"{\"student_number\":\"\"}"}}],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}}`))
}

func (v *vision) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.asked
}

// TestSecondReaderNeedsAKey: with a key sheets that would go to review are asked about;
// without one no request leaves, whatever else is set.
func TestSecondReaderNeedsAKey(t *testing.T) {
	drawn, sheets, roster := drawExam(t, 9, synth.ExamSpec{Code: "SECOND_2032", Roster: 8, Sheets: 6, Strangers: 3, NearStrangers: 3, DPI: 150})
	file := local(t)
	env, err := godotenv.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	v := &vision{}
	server := httptest.NewServer(v)
	defer server.Close()
	for _, tt := range []struct {
		name, key string
		asked     bool
	}{{"without", "", false}, {"with", "hush-hush", true}} {
		env["OPENAI_BASE_URL"], env["OPENAI_MODEL"], env["OPENAI_API_KEY"] = server.URL+"/v1", "reader-1", tt.key
		with := filepath.Join(t.TempDir(), "env")
		if err := godotenv.Write(env, with); err != nil {
			t.Fatal(err)
		}
		w := start(t, "worker", "--env-file", with)
		submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", with, "--batch-id", tt.name, "--wait", "--json")
		out, code := submit.end(t, 3*time.Minute)
		if code != 0 || !strings.Contains(out, `"needs_review":`) || strings.Contains(out, `"needs_review":0`) {
			t.Fatalf("%s: submit ended with %d:\n%s", tt.name, code, out)
		}
		if v.count() > 0 != tt.asked || len(v.problems) > 0 {
			t.Errorf("%s a key: %d requests, %q", tt.name, v.count(), v.problems)
		}
		if strings.Contains(w.stderr.String(), "hush-hush") {
			t.Errorf("%s: the log has the key", tt.name)
		}
		if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		w.end(t, time.Minute)
	}
}
