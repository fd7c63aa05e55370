package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/xuri/excelize/v2"
	"go.uber.org/goleak"

	"hakbeon/exam"
	"hakbeon/internal/apikey"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/web/api"
	"hakbeon/web/auth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is S3 in a map; err fails every call, and broken is an object that can't be read.
type memory struct {
	mu      sync.Mutex
	objects map[string][]byte
	err     error
	broken  string
}

func (m *memory) Get(_ context.Context, key string, limit int64) (s3store.Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, ok := m.objects[key]
	switch {
	case m.err != nil:
		return s3store.Object{}, m.err
	case key == m.broken:
		return s3store.Object{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrForbidden}
	case !ok:
		return s3store.Object{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
	case int64(len(body)) > limit:
		return s3store.Object{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrTooLarge}
	}
	return s3store.Object{Body: body}, nil
}

func (m *memory) Put(_ context.Context, key string, body []byte, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.objects[key] = body
	}
	return m.err
}

func (m *memory) Folders(_ context.Context, prefix string, limit int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	names := map[string]bool{}
	for key := range m.objects {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			name, _, _ := strings.Cut(rest, "/")
			names[name] = true
		}
	}
	all := slices.Sorted(maps.Keys(names))
	return all[:min(limit, len(all))], m.err
}

func (m *memory) Delete(_ context.Context, keys ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		delete(m.objects, key)
	}
	return m.err
}

func (m *memory) Load(ctx context.Context, key string, record any) (string, error) {
	obj, err := m.Get(ctx, key, 1<<30)
	if err != nil {
		return "", err
	}
	return "", json.Unmarshal(obj.Body, record)
}

func (m *memory) List(_ context.Context, prefix string) iter.Seq2[s3store.Info, error] {
	return func(yield func(s3store.Info, error) bool) {
		if m.err != nil {
			yield(s3store.Info{}, m.err)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(m.objects)) {
			if strings.HasPrefix(key, prefix) && !yield(s3store.Info{Key: key}, nil) {
				return
			}
		}
	}
}

func (m *memory) put(t *testing.T, key string, record any) {
	t.Helper()
	body, err := s3store.Encode(record)
	if err != nil {
		t.Fatal(err)
	}
	m.objects[key] = body
}

// kit is a handler with all that it needs made up.
type kit struct {
	mu      sync.Mutex // over uploads
	store   *memory
	queue   []jobs.Message
	uploads []api.Upload
	options api.Options
}

func newAPI(keys ...string) *kit {
	a := &kit{store: &memory{objects: map[string][]byte{}}}
	a.options = api.Options{
		Ready: func() error { return nil }, Metrics: prometheus.NewRegistry(), Auth: auth.New(apikey.Full(keys...), true), Version: "test", Store: a.store,
		Enqueue: func(_ context.Context, m jobs.Message) error { a.queue = append(a.queue, m); return nil },
		Extract: func(_ context.Context, up api.Upload) (*api.Extraction, error) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.uploads = append(a.uploads, up)
			id := "32141837"
			return &api.Extraction{
				Result: exam.Result{Success: true, ExamCode: up.ExamCode, StudentID: &id, Status: exam.StatusMatched, UpdatedAt: time.Unix(0, 0)},
				Header: []byte("header"), Page: up.Image,
			}, nil
		},
		BodyTimeout: 300 * time.Millisecond,
	}
	return a
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

func (a *kit) do(t testing.TB, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	api.New(a.options).ServeHTTP(w, r)
	return read(t, w.Result())
}

func read(t testing.TB, resp *http.Response) answer {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := answer{status: resp.StatusCode, header: resp.Header, text: string(body)}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(body, &out.body); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
	}
	if out.status >= 400 && out.header.Get("Content-Type") == "application/problem+json" && (out.body["success"] != false || out.body["status"] != float64(out.status)) {
		t.Errorf("a problem that is none: %s", body)
	}
	return out
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func postJSON(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// postFile is a form with one file, and with fields in pairs.
func postFile(t testing.TB, path, field, name string, file []byte, fields ...string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	part.Write(file)
	for i := 0; i < len(fields); i += 2 {
		form.WriteField(fields[i], fields[i+1])
	}
	form.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func rosterFile(t *testing.T, ids ...string) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, v := range append([]string{"학번"}, ids...) {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		book.SetCellStr("Sheet1", cell, v)
	}
	out, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
