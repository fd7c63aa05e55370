package vlm_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"hakbeon/recognizer"
	"hakbeon/recognizer/vlm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// request is what a server gets.
type request struct {
	Model               string
	MaxCompletionTokens int `json:"max_completion_tokens"`
	Messages            []struct {
		Role    string
		Content []struct {
			Type     string
			Text     string
			ImageURL struct{ URL, Detail string } `json:"image_url"`
		}
	}
	ResponseFormat struct {
		Type       string
		JSONSchema struct {
			Name   string
			Strict bool
			Schema struct {
				Properties map[string]struct{ Type string }
			}
		} `json:"json_schema"`
	} `json:"response_format"`
}

// server speaks the protocol; answer gives the status and the message's content.
func server(t *testing.T, asked *atomic.Int64, answer func(n int64, r *http.Request, q request) (int, string)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q request
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			t.Errorf("request: %v", err)
		}
		status, content := answer(asked.Add(1), r, q)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if status != http.StatusOK {
			_, _ = w.Write([]byte(`{"error": {"message": "hush-hush said the server", "type": "x", "code": "x", "param": "x"}}`))
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": "1", "object": "chat.completion", "model": "m", "created": 1,
			"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": content}}},
			"usage":   map[string]any{"prompt_tokens": 400, "completion_tokens": 20, "total_tokens": 420},
		})
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1/"
}

func client(t *testing.T, url string, o vlm.Options) *vlm.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	o.Key, o.BaseURL, o.Client = "hush-hush", url, &http.Client{Transport: transport}
	if o.PerMinute == 0 {
		o.PerMinute = 60_000
	}
	c, err := vlm.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func picture() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 60, 20))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	img.Set(7, 9, color.RGBA{1, 2, 3, 255})
	return img
}

func TestAsk(t *testing.T) {
	var asked atomic.Int64
	metrics := prometheus.NewRegistry()
	url := server(t, &asked, func(_ int64, r *http.Request, q request) (int, string) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer hush-hush" {
			t.Errorf("got %s %s, %v", r.Method, r.URL, r.Header)
		}
		f := q.ResponseFormat
		if q.Model != "reader-1" || q.MaxCompletionTokens == 0 || f.Type != "json_schema" || !f.JSONSchema.Strict ||
			f.JSONSchema.Schema.Properties["student_number"].Type != "string" {
			t.Errorf("got %+v", q)
		}
		if len(q.Messages) != 1 || len(q.Messages[0].Content) != 2 || q.Messages[0].Content[0].Type != "text" {
			t.Fatalf("got messages %+v", q.Messages)
		}
		data, ok := strings.CutPrefix(q.Messages[0].Content[1].ImageURL.URL, "data:image/png;base64,")
		raw, err := base64.StdEncoding.DecodeString(data)
		if err != nil || !ok {
			t.Fatalf("no picture: %v", err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil || img.Bounds() != picture().Bounds() {
			t.Fatalf("got another picture: %v", err)
		}
		for y := range 20 {
			for x := range 60 {
				if color.RGBAModel.Convert(img.At(x, y)) != picture().At(x, y) {
					t.Errorf("pixel %d, %d is %v", x, y, img.At(x, y))
				}
			}
		}
		return 200, `{"student_number": "3214-18?7"}`
	})
	c := client(t, url, vlm.Options{Model: "reader-1", PriceIn: 0.4, PriceOut: 1.6, Metrics: metrics})
	got, err := c.Ask(t.Context(), picture())
	want := recognizer.Opinion{Text: "321418?7", Model: "reader-1", Mistakes: recognizer.DefaultMistakes()}
	if err != nil || *got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	err = testutil.GatherAndCompare(metrics, strings.NewReader(`# HELP hakbeon_vlm_cost_dollars_total What the second reader's tokens cost, by the configured prices.
# TYPE hakbeon_vlm_cost_dollars_total counter
hakbeon_vlm_cost_dollars_total 0.000192
# HELP hakbeon_vlm_questions_total Questions to the second reader, by result.
# TYPE hakbeon_vlm_questions_total counter
hakbeon_vlm_questions_total{result="answered"} 1
`), "hakbeon_vlm_cost_dollars_total", "hakbeon_vlm_questions_total")
	if err != nil {
		t.Error(err)
	}
}

func TestNothingUsable(t *testing.T) {
	for content, want := range map[string]error{
		`{"student_number": ""}`:                   nil,
		`{"student_number": "the ID is 32141837"}`: vlm.ErrAnswer,
		`{"number": "32141837"}`:                   vlm.ErrAnswer,
		`32141837`:                                 vlm.ErrAnswer,
		``:                                         vlm.ErrAnswer,
		`{"student_number": "` + strings.Repeat("1", 500) + `"}`: vlm.ErrAnswer,
	} {
		var asked atomic.Int64
		c := client(t, server(t, &asked, func(int64, *http.Request, request) (int, string) { return 200, content }), vlm.Options{})
		got, err := c.Ask(t.Context(), picture())
		if !errors.Is(err, want) || want == nil && (err != nil || got.Text != "") {
			t.Errorf("%s: got %+v, %v", content, got, err)
		}
	}
}

// A server that fails again and again is left alone, and asked again later.
func TestFailures(t *testing.T) {
	for _, status := range []int{400, 401, 429, 500} {
		var asked atomic.Int64
		var well atomic.Bool
		c := client(t, server(t, &asked, func(int64, *http.Request, request) (int, string) {
			if well.Load() {
				return 200, `{"student_number": "1"}`
			}
			return status, ""
		}), vlm.Options{Failures: 3, Rest: 300 * time.Millisecond})
		for range 3 {
			_, err := c.Ask(t.Context(), picture())
			if err == nil || errors.Is(err, vlm.ErrResting) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%d: got %v", status, err)
			}
		}
		before := asked.Load()
		if _, err := c.Ask(t.Context(), picture()); !errors.Is(err, vlm.ErrResting) || asked.Load() != before {
			t.Errorf("%d: got %v after %d questions", status, err, asked.Load()-before)
		}
		well.Store(true)
		time.Sleep(350 * time.Millisecond)
		if _, err := c.Ask(t.Context(), picture()); err != nil {
			t.Errorf("%d: it is well again: %v", status, err)
		}
	}
}

// A server that asks for patience is asked again in time, and not at all if that is long.
func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		status int
		wait   string
		asked  int64
		least  time.Duration
	}{
		{429, "1", 2, time.Second},
		{503, "1", 2, time.Second},
		{500, "", 2, 400 * time.Millisecond},
		{429, "3600", 1, 0},
		{400, "", 1, 0},
	} {
		var asked atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Retry-After", tt.wait)
			w.WriteHeader(tt.status)
		}))
		began := time.Now()
		_, err := client(t, s.URL, vlm.Options{}).Ask(t.Context(), picture())
		took := time.Since(began)
		s.Close()
		if err == nil || !strings.Contains(err.Error(), strconv.Itoa(tt.status)) || asked.Load() != tt.asked || took < tt.least || took > tt.least+3*time.Second {
			t.Errorf("%d, Retry-After %q: asked %d times in %v, %v; want %d times", tt.status, tt.wait, asked.Load(), took, err, tt.asked)
		}
	}
}

func TestBounds(t *testing.T) {
	var asked atomic.Int64
	held := make(chan struct{})
	url := server(t, &asked, func(n int64, r *http.Request, _ request) (int, string) {
		if n == 1 {
			select {
			case <-held:
			case <-r.Context().Done():
			}
		}
		return 200, `{"student_number": "1"}`
	})
	defer close(held)
	c := client(t, url, vlm.Options{Timeout: 200 * time.Millisecond, PerMinute: 60})
	began := time.Now()
	if _, err := c.Ask(t.Context(), picture()); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("a server that hangs: got %v after %v", err, time.Since(began))
	}
	busy := 0
	for range 8 {
		if _, err := c.Ask(t.Context(), picture()); errors.Is(err, vlm.ErrBusy) {
			busy++
		}
	}
	if busy < 3 {
		t.Errorf("%d of 8 questions in a moment met the limit of one a second", busy)
	}
}

func TestOptions(t *testing.T) {
	if _, err := vlm.New(vlm.Options{}); err == nil || !strings.Contains(err.Error(), "OPENAI_API_KEY") {
		t.Errorf("without a key: %v", err)
	}
	if _, err := vlm.New(vlm.Options{Key: "k", Mistakes: recognizer.Mistakes{Right: 1, Sign: 0.9, Lost: 0.1, Extra: 0.1}}); err == nil {
		t.Error("a reader that is always right was accepted")
	}
}

// saying is a server that answers the same to all, without a socket.
type saying string

func (s saying) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(string(s))), Request: r,
	}, nil
}

// FuzzAnswer: whatever a server answers, there is a text that an ID may have, or none.
func FuzzAnswer(f *testing.F) {
	for _, content := range []string{`{\"student_number\": \"3214?837\"}`, `{\"student_number\": null}`, `\u0000`} {
		f.Add(`{"choices": [{"index": 0, "message": {"role": "assistant", "content": "` + content + `"}}], "usage": {"prompt_tokens": -1}}`)
	}
	f.Add(`{"choices": [{}, {}]}`)
	f.Add(`[[[[`)
	picture := image.NewGray(image.Rect(0, 0, 8, 8))
	sound := regexp.MustCompile(`^[0-9A-Za-z?-]*$`)
	f.Fuzz(func(t *testing.T, body string) {
		c, err := vlm.New(vlm.Options{Key: "hush-hush", BaseURL: "http://b/v1/", PerMinute: 1 << 30, Failures: 1 << 30, Client: &http.Client{Transport: saying(body)}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Ask(t.Context(), picture)
		if err == nil && (!sound.MatchString(got.Text) || len(got.Text) > 64) {
			t.Errorf("it reads %q", got.Text)
		}
	})
}
