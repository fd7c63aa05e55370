package worker_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// signature is what no log, record or event may say.
const signature = "X-Amz-Signature=0f1e2d3c"

// album is a host of pictures: by path the answers, in turn, of which the last one stays.
type album struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string][]http.HandlerFunc
	asked   map[string]int
}

func newAlbum(t *testing.T, answers map[string][]http.HandlerFunc) *album {
	a := &album{answers: answers, asked: map[string]int{}}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		a.mu.Lock()
		these, turn := a.answers[q.URL.Path], a.asked[q.URL.Path]
		a.asked[q.URL.Path]++
		a.mu.Unlock()
		for name := range q.Header {
			if name != "User-Agent" {
				t.Errorf("%s is asked for with the header %s", q.URL.Path, name)
			}
		}
		if len(these) == 0 {
			http.NotFound(w, q)
			return
		}
		these[min(turn, len(these)-1)](w, q)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *album) times(path string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked[path]
}

func picture(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Write(body) }
}

func code(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// observed has the rig's workers log into what is returned.
func (r *rig) observed() *observer.ObservedLogs {
	core, logs := observer.New(zap.DebugLevel)
	r.options.Log = zap.New(core)
	return logs
}

// keepsSecret fails if a log or a record of the exam says a signature.
func (r *rig) keepsSecret(logs *observer.ObservedLogs) {
	r.t.Helper()
	for _, entry := range logs.All() {
		text, err := json.Marshal(entry.ContextMap())
		must(r.t, err)
		if said := entry.Message + string(text); strings.Contains(said, signature) {
			r.t.Errorf("the log says the signature: %s", said)
		}
	}
	for _, key := range r.list("results/" + r.exam + "/") {
		object, err := r.store.Get(r.t.Context(), key, 1<<20)
		must(r.t, err)
		if strings.Contains(string(object.Body), signature) {
			r.t.Errorf("%s says the signature", key)
		}
	}
}

// An image that lies elsewhere is fetched once and is a sheet as any other; a message that
// comes again, signed anew, is the same sheet.
func TestDownload(t *testing.T) {
	r := newRig(t)
	logs := r.observed()
	r.roster(kim, lee)
	a := newAlbum(t, map[string][]http.HandlerFunc{"/1": {picture(pngPage(t, kim))}, "/2": {picture(pngPage(t, lee))}})
	r.options.DownloadHosts = allowed(t, "127.0.0.1")
	r.start()
	job := jobs.Recognize{BatchID: "b", Open: true, Filename: "1반/001.png", DownloadURL: a.URL + "/1?" + signature}
	b := r.submit(job)
	r.read(b, 1)
	for _, again := range []string{job.DownloadURL, a.URL + "/1?signed=anew"} {
		job.DownloadURL = again
		r.submit(job)
	}
	r.submit(jobs.Recognize{BatchID: "b", Open: true, Filename: "002.png", DownloadURL: a.URL + "/2"})
	r.read(b, 2)
	r.until("all jobs to be taken", r.quiet)
	r.closeBatch(b)
	r.end(b, 1)
	r.wants(b, map[string]string{"001.png": "matched " + kim, "002.png": "matched " + lee})
	if a.times("/1") != 1 || a.times("/2") != 1 {
		t.Errorf("fetched %d and %d times, want once", a.times("/1"), a.times("/2"))
	}
	if got, want := r.sheet(b, "uploads/"+r.exam+"/http-b/1반/001.png", 1).SheetKey, "uploads/"+r.exam+"/http-b/1반/001.png"; got != want {
		t.Errorf("got the key %s, want %s", got, want)
	}
	if logs.FilterMessage("image downloaded").Len() != 2 {
		t.Error("the log does not say that images were downloaded")
	}
	r.keepsSecret(logs)
}

// What can't be had is a failed sheet, so that the batch ends; what passes is waited for.
func TestDownloadsThatFail(t *testing.T) {
	r := newRig(t)
	logs := r.observed()
	r.roster(kim, lee, park)
	other := newAlbum(t, map[string][]http.HandlerFunc{"/": {picture(pngPage(t, kim))}})
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	large := make([]byte, 1<<20+1)
	kims, lees, parks := pngPage(t, kim), pngPage(t, lee), pngPage(t, park)
	a := newAlbum(t, map[string][]http.HandlerFunc{
		"/overloaded": {code(http.StatusServiceUnavailable), code(http.StatusTooManyRequests), picture(kims)},
		"/broken": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", itoa(len(lees)))
			w.Write(lees[:len(lees)/2])
		}, picture(lees)},
		"/unmeasured": {func(w http.ResponseWriter, _ *http.Request) {
			w.Write(parks[:9])
			w.(http.Flusher).Flush()
			w.Write(parks[9:])
		}},
		"/gone":  {code(http.StatusGone)},
		"/large": {picture(large)},
		"/endless": {func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(large)
		}},
		"/moved":   {func(w http.ResponseWriter, q *http.Request) { http.Redirect(w, q, elsewhere, http.StatusFound) }},
		"/expired": {code(http.StatusForbidden)},
		"/page":    {picture([]byte("<html>log in</html>"))},
		"/down":    {code(http.StatusBadGateway)},
	})
	r.options.DownloadHosts = allowed(t, "127.0.0.1,localhost")
	r.start()
	want := map[string]string{
		"overloaded": "matched " + kim, "broken": "matched " + lee, "unmeasured": "matched " + park,
		"gone": "failed image_missing", "large": "failed image_too_large", "endless": "failed image_too_large", "moved": "failed image_missing",
		"expired": "failed image_missing", "never": "failed image_missing", "down": "failed image_missing", "page": "failed image_unreadable",
	}
	var b layout.Batch
	for name := range want {
		b = r.submit(jobs.Recognize{BatchID: "b", BatchTotal: len(want), Filename: name, DownloadURL: a.URL + "/" + name + "?" + signature})
	}
	if sum := r.end(b, 1); sum.Total != len(want) || sum.Incomplete {
		t.Errorf("got %+v", sum)
	}
	r.wants(b, want)
	for name, says := range map[string]string{"expired": "answered 403", "large": "at most 1 MiB", "down": "answered 502"} {
		detail := r.sheet(b, "uploads/"+r.exam+"/http-b/"+name, 1).Meta.Detail
		if detail == nil || !strings.Contains(detail.EN, says) || detail.KO == "" {
			t.Errorf("%s: got detail %+v, want %q", name, detail, says)
		}
	}
	if other.times("/") != 0 {
		t.Error("a redirect was followed")
	}
	if a.times("/large") != 1 || a.times("/gone") != 1 || a.times("/never") < 2 || a.times("/down") < 9 {
		t.Errorf("asked for %v", a.asked)
	}
	r.keepsSecret(logs)
}

// Where no image may be fetched from, the message is refused, and nobody is asked.
func TestDownloadRefused(t *testing.T) {
	r := newRig(t)
	logs := r.observed()
	rc := newReceiver(t, status(http.StatusNoContent))
	r.options.WebhookURL = rc.URL
	a := newAlbum(t, nil)
	port := a.URL[strings.LastIndex(a.URL, ":"):]
	r.options.DownloadHosts = allowed(t, "localhost, pictures.example.com")
	r.start()
	tests := []struct{ url, says string }{
		{a.URL + "/1", "not in the list of allowed hosts"},
		{"https://evil.example/1", `"evil.example", port 443, is not in the list`},
		{"https://pictures.example.com.evil.example/1", "not in the list"},
		{"https://pictures.example.com/1#x", "fragment"},
		{"http://localhost" + port + "/1", "is not a public address"}, // the name is listed, its address isn't
	}
	for i, test := range tests {
		r.submit(jobs.Recognize{BatchID: "b", Open: true, Filename: "김철수.jpg", DownloadURL: strings.Replace(test.url, "/1", "/1?"+signature, 1)})
		r.deadLetter()
		r.until("the event", func() bool { return len(rc.rejections(t)) == i+1 && r.quiet() })
		got := rc.rejections(t)[i]
		if got.Reason != exam.RejectedDownload || got.Field != "download_url" || got.BatchID != "b" || !strings.Contains(got.Detail, test.says) {
			t.Errorf("%s: got %+v, want %q", test.url, got, test.says)
		}
		if strings.Contains(got.Detail, signature) || strings.Contains(got.Detail, "김철수") {
			t.Errorf("%s: the event says what must not be said: %s", test.url, got.Detail)
		}
	}
	if a.times("/1") != 0 {
		t.Error("the host was asked")
	}
	r.keepsSecret(logs)
}
