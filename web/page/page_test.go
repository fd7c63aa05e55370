package page_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hakbeon/exam"
	"hakbeon/internal/apikey"
	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/auth"
	"hakbeon/web/deliveries"
	"hakbeon/web/page"
	"hakbeon/web/paper"
	"hakbeon/web/people"
	"hakbeon/web/verdict"
)

func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

const key = "a-long-api-key"

func TestNothingWithoutASession(t *testing.T) {
	s := serve(t, key)
	for _, path := range []string{"/review/exams/e/batches", "/review/exams/e/b/events", "/review/exams/e/b/crops/0123456789abcdef", "/review/exams/e/b/report.xlsx", "/review/exams/e/b/papers.zip", "/review/exams/e/b/students.csv"} {
		if status, _ := s.get(path); status != http.StatusUnauthorized {
			t.Errorf("%s: got %d, want 401", path, status)
		}
	}
	status, body := s.get("/exams/e")
	if status != http.StatusOK || !strings.Contains(body, `name="key"`) || strings.Contains(body, "csrf") {
		t.Errorf("the exam's page: got %d\n%s", status, body)
	}
	if status := s.post("/review/exams/e/b/verdicts", `{"sheet":"0123456789abcdef","verdict":"unreadable"}`, ""); status != http.StatusUnauthorized {
		t.Errorf("a verdict: got %d, want 401", status)
	}
}

func TestLogin(t *testing.T) {
	s := serve(t, "old-key-old-key", key)
	wrong, err := s.client.PostForm(s.url+"/review/login", url.Values{"key": {"wrong"}, "next": {"/exams/e?batch=b"}})
	must(t, err)
	body, _ := io.ReadAll(wrong.Body)
	if wrong.StatusCode != http.StatusUnauthorized || !strings.Contains(string(body), `value="/exams/e?batch=b"`) {
		t.Errorf("a wrong key: got %d\n%s", wrong.StatusCode, body)
	}
	answer, err := s.login(key, "/exams/e?batch=b")
	must(t, err)
	cookie := answer.Cookies()[0]
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/exams/e?batch=b" {
		t.Errorf("got %d to %q", answer.StatusCode, answer.Header.Get("Location"))
	}
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || strings.Contains(cookie.Value, key) {
		t.Errorf("got the cookie %+v", cookie)
	}
	if status, _ := s.get("/review/exams/e/batches"); status != http.StatusOK {
		t.Errorf("with a session: got %d", status)
	}
}

func TestLoginLeadsToOurPagesOnly(t *testing.T) {
	s := serve(t, key)
	for _, next := range []string{"https://evil.example/exams/x", "//evil.example/exams/x", "/\\evil.example", "/exams/\\evil", "javascript:alert(1)", "", "/metrics"} {
		answer, err := s.login(key, next)
		must(t, err)
		if got := answer.Header.Get("Location"); got != "/" {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}

func TestSessionsEndWithTheirKeyAndCannotBeForged(t *testing.T) {
	s := serve(t, key)
	answer, err := s.login(key, "/exams/e")
	must(t, err)
	value := answer.Cookies()[0].Value
	until, mac, _ := strings.Cut(value, ".")
	for name, forged := range map[string]string{
		"longer": until + "0." + mac, "no mac": until + ".", "empty": "", "past": "1." + mac, "no number": "x." + mac,
	} {
		if status := withCookie(t, s.url, forged); status != http.StatusUnauthorized {
			t.Errorf("%s: got %d", name, status)
		}
	}
	if status := withCookie(t, s.url, value); status != http.StatusOK {
		t.Errorf("the cookie itself: got %d", status)
	}
	if status := withCookie(t, serve(t, "another-key").url, value); status != http.StatusUnauthorized {
		t.Errorf("after the key was taken away: got %d", status)
	}
	if status := withCookie(t, serve(t, "another-key", key).url, value); status != http.StatusOK {
		t.Errorf("at another worker: got %d", status)
	}
}

func TestVerdictsNeedThePagesToken(t *testing.T) {
	s := serve(t, key)
	_, err := s.login(key, "/exams/e")
	must(t, err)
	const body = `{"sheet":"0123456789abcdef","student_id":"32141837"}`
	for _, token := range []string{"", "x"} {
		if status := s.post("/review/exams/e/b/verdicts", body, token); status != http.StatusForbidden {
			t.Errorf("token %q: got %d, want 403", token, status)
		}
	}
	if status := s.post("/review/exams/e/b/verdicts", body, s.token()); status != http.StatusAccepted {
		t.Errorf("with the token: got %d", status)
	}
	want := jobs.Resolve{Type: "resolve", ExamCode: "e", BatchID: "b", Sheet: "0123456789abcdef", StudentID: "32141837", By: auth.KeyName}
	if got := s.resolved(); len(got) != 1 || got[0] != want {
		t.Errorf("queued %+v", got)
	}
	// Another site's form, with the cookie of a browser that is not strict.
	request, err := http.NewRequest(http.MethodPost, s.url+"/review/exams/e/b/verdicts", strings.NewReader(body))
	must(t, err)
	request.Header.Set("X-Csrf-Token", s.token())
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := s.client.Do(request)
	must(t, err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: got %d", answer.StatusCode)
	}
}

func TestBadVerdictsAreRefused(t *testing.T) {
	s := serve(t)
	for body, want := range map[string]int{
		`{`: 400, `{"sheet":"0123456789abcdef","other":1}`: 400, `{"sheet":"0123456789abcdef"}`: 422, `{"sheet":"../x","verdict":"undo"}`: 422,
		`{"sheet":"0123456789abcdef","verdict":"maybe"}`: 422, `{"sheet":"0123456789abcdef","student_id":"a b"}`: 422,
		`{"sheet":"0123456789abcdef","student_id":"1","verdict":"undo"}`: 422, strings.Repeat(" ", 5000) + `{}`: 400,
	} {
		if status := s.post("/review/exams/e/b/verdicts", body, s.token()); status != want {
			t.Errorf("%.60s: got %d, want %d", body, status, want)
		}
	}
	s.refuse = true
	if status := s.post("/review/exams/e/b/verdicts", `{"sheet":"0123456789abcdef","verdict":"undo"}`, s.token()); status != http.StatusServiceUnavailable {
		t.Errorf("without a queue: got %d", status)
	}
	if len(s.resolved()) != 0 {
		t.Errorf("queued %+v", s.resolved())
	}
}

func TestWithoutKeysThisMachineOnly(t *testing.T) {
	s := serve(t)
	if status, _ := s.get("/exams/e"); status != http.StatusOK {
		t.Errorf("by its own name: got %d", status)
	}
	for host, want := range map[string]int{"evil.example:8000": 403, "localhost:8000": 200, "[::1]:8000": 200, "10.0.0.7": 403} {
		request, err := http.NewRequest(http.MethodGet, s.url+"/exams/e", nil)
		must(t, err)
		request.Host = host
		answer, err := s.client.Do(request)
		must(t, err)
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("as %s: got %d, want %d", host, answer.StatusCode, want)
		}
	}
}

func TestHeadersAndLanguages(t *testing.T) {
	s := serve(t)
	for accept, want := range map[string]string{"ko-KR,ko;q=0.9,en;q=0.8": "ko", "en-US,ko;q=0.5": "en", "fr": "en", "": "en"} {
		request, err := http.NewRequest(http.MethodGet, s.url+"/exams/e", nil)
		must(t, err)
		request.Header.Set("Accept-Language", accept)
		answer, err := s.client.Do(request)
		must(t, err)
		body, _ := io.ReadAll(answer.Body)
		if !strings.Contains(string(body), `<html lang="`+want+`">`) {
			t.Errorf("%q: not in %s", accept, want)
		}
		if csp := answer.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("got the policy %q", csp)
		}
	}
}

// No request leaves for another host: nothing that is embedded names one.
func TestNothingNamesAnotherHost(t *testing.T) {
	files, err := os.ReadDir("assets")
	must(t, err)
	for _, file := range files {
		body, err := os.ReadFile("assets/" + file.Name())
		must(t, err)
		body = bytes.ReplaceAll(body, []byte(`xmlns="http://www.w3.org/2000/svg"`), nil) // a name, which nobody fetches
		if found := regexp.MustCompile(`(https?:)?//[a-z0-9-]+\.[a-z]`).Find(body); found != nil {
			t.Errorf("%s names %s", file.Name(), found)
		}
	}
}

// Each module is one idea, and none knows another that knows it.
func TestModulesRunOneWay(t *testing.T) {
	files, err := os.ReadDir("assets")
	must(t, err)
	imports := map[string][]string{}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".js") {
			continue
		}
		body, err := os.ReadFile("assets/" + file.Name())
		must(t, err)
		if lines := strings.Count(string(body), "\n"); lines > 200 {
			t.Errorf("%s has %d lines: take it apart", file.Name(), lines)
		}
		for _, m := range regexp.MustCompile(`(?m)^import .* from "\./(.*)";$`).FindAllStringSubmatch(string(body), -1) {
			imports[file.Name()] = append(imports[file.Name()], m[1])
		}
	}
	var reaches func(from, to string) bool
	reaches = func(from, to string) bool {
		return slices.ContainsFunc(imports[from], func(next string) bool { return next == to || reaches(next, to) })
	}
	for name := range imports {
		if reaches(name, name) {
			t.Fatalf("%s imports itself by way of others", name)
		}
	}
	if !reaches("main.js", "texts.js") {
		t.Error("main.js does not lead to texts.js: the imports are not found any more")
	}
}

func TestAssetsAreKeptByTheirVersion(t *testing.T) {
	s := serve(t)
	_, body := s.get("/exams/e")
	path := regexp.MustCompile(`src="(review/assets/\w+/main\.js)"`).FindStringSubmatch(body)
	if path == nil {
		t.Fatalf("no script in %s", body)
	}
	for address, want := range map[string]string{"/" + path[1]: "immutable", "/review/assets/other/main.js": "no-store"} {
		answer, err := s.client.Get(s.url + address)
		must(t, err)
		answer.Body.Close()
		if got := answer.Header.Get("Cache-Control"); answer.StatusCode != http.StatusOK || !strings.Contains(got, want) {
			t.Errorf("%s: got %d, %q", address, answer.StatusCode, got)
		}
	}
	if status, _ := s.get("/review/assets/x/exam.html"); status != http.StatusNotFound {
		t.Errorf("a template: got %d", status)
	}
}

// Both languages have the same texts.
func TestTextsAreWhole(t *testing.T) {
	raw, err := os.ReadFile("assets/texts.js")
	must(t, err)
	_, rest, _ := strings.Cut(string(raw), "  ko: {")
	ko, en, _ := strings.Cut(rest, "  en: {")
	names := func(part string) []string {
		var out []string
		for _, m := range regexp.MustCompile(`(?m)(?:^\s+|, )(\w+): ["{]`).FindAllStringSubmatch(part, -1) {
			out = append(out, m[1])
		}
		slices.Sort(out)
		return out
	}
	if len(names(ko)) < 50 || !slices.Equal(names(ko), names(en)) {
		t.Errorf("ko has %v\nen has %v", names(ko), names(en))
	}
}

func TestCrops(t *testing.T) {
	s := serve(t)
	s.store.sheet("b", "0123456789abcdef", 1, "header/e/unknown_id/1.jpg")
	s.store.sheet("b", "1123456789abcdef", 1, "header/other/unknown_id/1.jpg")
	s.store.sheet("b", "2123456789abcdef", 1, "")
	s.store.put("header/e/unknown_id/1.jpg", []byte("jpeg"))
	s.store.put("header/other/unknown_id/1.jpg", []byte("another exam's"))
	for path, want := range map[string]int{
		"/review/exams/e/b/crops/0123456789abcdef?v=1": 200, "/review/exams/e/b/crops/1123456789abcdef": 404, "/review/exams/e/b/crops/2123456789abcdef": 404,
		"/review/exams/e/b/crops/ffffffffffffffff": 404, "/review/exams/e/b/crops/..%2f..%2fjob": 404, "/review/exams/e/..%2fx/crops/0123456789abcdef": 404,
	} {
		if status, body := s.get(path); status != want || status == 200 && body != "jpeg" {
			t.Errorf("%s: got %d %q, want %d", path, status, body, want)
		}
	}
}

func TestPaper(t *testing.T) {
	s := serve(t, key)
	_, err := s.login(key, "/exams/e")
	must(t, err)
	original := "original/e/unknown_id/1.jpg"
	s.store.put(original, picture(t))
	s.store.put("original/other/x/1.jpg", picture(t))
	s.store.put("original/e/x/broken.jpg", []byte("no picture"))
	for i, of := range []string{original, "original/other/x/1.jpg", "original/e/x/broken.jpg"} {
		id := fmt.Sprintf("%d123456789abcdef", i)
		r := exam.Result{ExamCode: "e", BatchID: "b", Sheet: id, Page: 1}
		r.Meta.S3Keys.Original = &of
		s.store.record(layout.Batch{ExamCode: "e", BatchID: "b"}.Result(id), exam.Sheet{Result: r})
	}
	const of = "/review/exams/e/b/sheets/"
	for path, want := range map[string]int{
		"0123456789abcdef/pages/1": 200, "0123456789abcdef/pages/1?size=full": 200, "0123456789abcdef/pages/2": 404, "0123456789abcdef/pages/x": 404,
		"0123456789abcdef/marks": 200, "0123456789abcdef/parts/id": 404, "1123456789abcdef/pages/1": 404, "2123456789abcdef/pages/1": 422,
		"ffffffffffffffff/pages/1": 404, "..%2fx/marks": 404,
	} {
		status, body := s.get(of + path)
		if status != want || status == 200 && strings.Contains(path, "pages") && !strings.HasPrefix(body, "\xff\xd8") {
			t.Errorf("%s: got %d %.40q, want %d", path, status, body, want)
		}
		other := serve(t, key)
		if status, _ := other.get(of + path); status != http.StatusUnauthorized && !strings.Contains(path, "..") {
			t.Errorf("%s: without a session got %d", path, status)
		}
	}
	if _, body := s.get(of + "0123456789abcdef/marks"); body != `{"pages":1,"turn":0,"places":[],"parts":[]}`+"\n" {
		t.Errorf("got %s", body)
	}
}

func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 30, 40)), nil))
	return out.Bytes()
}

func TestTheReportsNameHasItsVersion(t *testing.T) {
	s := serve(t)
	b := layout.Batch{ExamCode: "e", BatchID: "b"}
	s.store.put(b.Report(), []byte("xlsx"))
	s.store.put(b.Done(1), nil)
	s.store.put(b.Done(2), nil)
	answer, err := s.client.Get(s.url + "/review/exams/e/b/report.xlsx")
	must(t, err)
	answer.Body.Close()
	if got := answer.Header.Get("Content-Disposition"); got != `attachment; filename="e-b-v2.xlsx"` {
		t.Errorf("got %q", got)
	}
}

func TestEventsTellWhatChanges(t *testing.T) {
	s := serve(t)
	s.store.sheet("b", "0123456789abcdef", 1, "")
	s.store.sheet("b", "1123456789abcdef", 1, "")
	events := s.events("/review/exams/e/b/events")
	first := events.next(t)
	if !first.Whole || first.Done != 2 || first.Total != 3 || first.Epoch != 0 || len(first.Sheets) != 2 {
		t.Fatalf("first: %+v", first)
	}
	s.store.sheet("b", "1123456789abcdef", 2, "")
	second := events.next(t)
	if second.Whole || len(second.Sheets) != 1 || second.Sheets[0].Version != 2 {
		t.Errorf("second: %+v", second)
	}
	// A verdict shows in every window at once.
	other := s.events("/review/exams/e/b/events")
	other.next(t)
	if status := s.post("/review/exams/e/b/verdicts", `{"sheet":"0123456789abcdef","student_id":"30000001"}`, s.token()); status != http.StatusAccepted {
		t.Fatalf("got %d", status)
	}
	for _, window := range []*eventStream{events, other} {
		if got := window.next(t); len(got.Sheets) != 1 || got.Sheets[0].Pending != "30000001" {
			t.Errorf("after the verdict: %+v", got)
		}
	}
	ro, err := roster.New("30000001", "30000002")
	must(t, err)
	s.store.record(layout.Batch{ExamCode: "e", BatchID: "b"}.Roster(ro.Hash()), ro)
	s.store.record(layout.Batch{ExamCode: "e", BatchID: "b"}.Plan(1), exam.Plan{Epoch: 1, Roster: ro.Hash(), Alarms: []string{"roster_mismatch"}})
	s.store.put(layout.Batch{ExamCode: "e", BatchID: "b"}.Done(1), nil)
	if got := events.next(t); got.Epoch != 1 || len(got.Students) != 2 || len(got.Alarms) != 1 {
		t.Errorf("after the end: %+v", got)
	}
}

// A verdict is pending until an end knows of it, whether that end makes a new
// version of the sheet or not, and however soon it comes.
func TestVerdictsArePendingUntilAnEndKnowsOfThem(t *testing.T) {
	s := serve(t)
	const id = "0123456789abcdef"
	b := layout.Batch{ExamCode: "e", BatchID: "b"}
	s.store.sheet("b", id, 1, "")
	end := func(epoch int, applied ...string) {
		s.store.record(b.Plan(epoch), exam.Plan{Epoch: epoch, CreatedAt: time.Now(), Applied: applied})
		s.store.put(b.Done(epoch), nil)
	}
	end(1)
	events := s.events("/review/exams/e/b/events")
	events.next(t)
	say := func(correction string, c exam.Correction) {
		t.Helper()
		c.ID, c.Sheet = correction, id
		s.store.record(b.Correction(correction), c)
		body, err := json.Marshal(map[string]string{"sheet": id, "student_id": c.StudentID, "verdict": c.Verdict})
		must(t, err)
		if status := s.post("/review/exams/e/b/verdicts", string(body), s.token()); status != http.StatusAccepted {
			t.Fatalf("got %d", status)
		}
	}
	pending := func(what string, want string) {
		t.Helper()
		if got := events.next(t); len(got.Sheets) != 1 || got.Sheets[0].Pending != want {
			t.Errorf("%s: got %+v, want pending %q", what, got, want)
		}
	}
	say("1", exam.Correction{Verdict: jobs.VerdictUnreadable})
	pending("said", "unreadable")
	say("2", exam.Correction{Verdict: jobs.VerdictUndo})
	pending("taken back", "undo")
	s.store.sheet("b", id, 2, "")
	end(2, "1", "rematch-of-somebody")
	for got := events.next(t); got.Epoch < 2; got = events.next(t) {
		if len(got.Sheets) == 1 && got.Sheets[0].Pending != "undo" {
			t.Errorf("of two verdicts one is done: got %+v", got)
		}
	}
	end(3, "1", "2", "rematch-of-somebody")
	pending("both are done, and the second made no version", "")
}

func TestEventsOfABatchThatIsNotThere(t *testing.T) {
	s := serve(t)
	answer, err := s.client.Get(s.url + "/review/exams/e/nothing/events")
	must(t, err)
	body, err := io.ReadAll(answer.Body)
	if err != nil || !strings.Contains(string(body), "event: problem\ndata: \"not_found\"") {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestBatchesTheNewestFirst(t *testing.T) {
	s := serve(t)
	for i, id := range []string{"old", "new", "middle"} {
		s.store.record(layout.Batch{ExamCode: "e", BatchID: id}.Job(), exam.Job{Total: 1, CreatedAt: time.Unix([]int64{1, 3, 2}[i], 0)})
	}
	_, body := s.get("/review/exams/e/batches")
	var list []struct{ ID string }
	must(t, json.Unmarshal([]byte(body), &list))
	var ids []string
	for _, b := range list {
		ids = append(ids, b.ID)
	}
	if want := []string{"b", "new", "middle", "old"}; !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
}

// --- The rig -------------------------------------------------------------------

type rig struct {
	t      *testing.T
	url    string
	client *http.Client
	store  *memory
	*jobsQueue
}

// jobsQueue is what was put on the jobs queue, by all browsers together.
type jobsQueue struct {
	refuse bool

	mu     sync.Mutex
	queued []jobs.Message
	erased []string
	told   []jobs.Delivery
}

func serve(t *testing.T, keys ...string) *rig { t.Helper(); return serveKeys(t, apikey.Full(keys...)) }

func serveKeys(t *testing.T, keys apikey.Keys) *rig {
	t.Helper()
	return serveGate(t, auth.New(keys, false), nil)
}

// erase takes an exam's deletion, and by which session it came.
func (r *rig) erase(ctx context.Context, code string, _ bool) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.erased = append(r.erased, code+" by "+auth.SessionOf(ctx).Person.Name)
	return 1, nil
}

// sealing are the secrets of all that people carry.
func sealing() people.Secrets { return people.Secrets{strings.Repeat("s", people.ShortestSecret)} }

func serveGate(t *testing.T, gate *auth.Gate, signIn page.SignIn) *rig {
	t.Helper()
	r := &rig{t: t, store: &memory{objects: map[string][]byte{}}, jobsQueue: &jobsQueue{}}
	r.store.record(layout.Batch{ExamCode: "e", BatchID: "b"}.Job(), exam.Job{ExamCode: "e", BatchID: "b", Total: 3, CreatedAt: time.Now()})
	ctx, stop := context.WithCancel(context.Background())
	h := page.New(ctx, page.Options{
		Store: r.store, Papers: paper.New(paper.Options{Store: r.store}), Auth: gate, SignIn: signIn, Invitations: people.Book{Records: r.store, Secrets: sealing()}, Erase: r.erase, Every: 20 * time.Millisecond,
		Verdicts: verdict.Door{Send: r.send}, Uploads: r.door(), Deliveries: deliveries.New(r.store, r.tell),
		Names: func(context.Context) (roster.Exams, error) { return roster.Exams{"e": "통계학 기말"}, nil },
	})
	server := httptest.NewServer(h.Mount(http.NotFoundHandler()))
	t.Cleanup(func() { stop(); server.CloseClientConnections(); server.Close() })
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	jar, err := cookiejar.New(nil)
	must(t, err)
	r.url = server.URL
	r.client = &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return r
}

// send is the jobs queue.
func (r *rig) send(_ context.Context, m jobs.Message) error {
	if r.refuse {
		return errors.New("no queue")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queued = append(r.queued, m)
	return nil
}

func (r *rig) resolved() (verdicts []jobs.Resolve) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.queued {
		if v, ok := m.(*jobs.Resolve); ok {
			verdicts = append(verdicts, *v)
		}
	}
	return verdicts
}

func (r *rig) get(path string) (int, string) {
	r.t.Helper()
	request, err := http.NewRequest(http.MethodGet, r.url+path, nil)
	must(r.t, err)
	request.Header.Set("Accept", "text/html,*/*") // as a browser
	answer, err := r.client.Do(request)
	must(r.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(r.t, err)
	return answer.StatusCode, string(body)
}

func (r *rig) post(path, body, token string) int {
	r.t.Helper()
	status, _ := r.do(http.MethodPost, path, body, token)
	return status
}

func (r *rig) do(method, path, body, token string) (status int, text string) {
	r.t.Helper()
	request, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	must(r.t, err)
	request.Header.Set("X-Csrf-Token", token)
	answer, err := r.client.Do(request)
	must(r.t, err)
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	must(r.t, err)
	return answer.StatusCode, string(got)
}

func (r *rig) login(key, next string) (*http.Response, error) {
	return r.client.PostForm(r.url+"/review/login", url.Values{"key": {key}, "next": {next}})
}

func (r *rig) token() string {
	r.t.Helper()
	_, body := r.get("/exams/e")
	m := regexp.MustCompile(`name="csrf" content="([^"]+)"`).FindStringSubmatch(body)
	if m == nil {
		r.t.Fatalf("no token in %s", body)
	}
	return m[1]
}

func withCookie(t *testing.T, address, value string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address+"/review/exams/e/batches", nil)
	must(t, err)
	request.AddCookie(&http.Cookie{Name: "hakbeon_review", Value: value})
	answer, err := http.DefaultClient.Do(request)
	must(t, err)
	answer.Body.Close()
	return answer.StatusCode
}

type event struct {
	Whole              bool
	Total, Done, Epoch int
	Alarms             []string
	Claims             map[string][]string
	Students           []struct{ ID string }
	Sheets             []struct {
		ID, State, Pending string
		Version            int
	}
}

type eventStream struct{ lines chan string }

func (r *rig) events(path string) *eventStream {
	r.t.Helper()
	answer, err := r.client.Get(r.url + path)
	must(r.t, err)
	s := &eventStream{lines: make(chan string, 100)}
	go func() {
		defer close(s.lines)
		defer answer.Body.Close()
		in := bufio.NewScanner(answer.Body)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			if data, ok := strings.CutPrefix(in.Text(), "data: "); ok {
				s.lines <- data
			}
		}
	}()
	return s
}

func (s *eventStream) next(t *testing.T) event {
	t.Helper()
	select {
	case line, ok := <-s.lines:
		var e event
		if !ok || json.Unmarshal([]byte(line), &e) != nil {
			t.Fatalf("got %q", line)
		}
		return e
	case <-time.After(20 * time.Second):
		t.Fatal("no event came")
	}
	return event{}
}

// memory is a bucket in memory.
type memory struct {
	mu      sync.Mutex
	objects map[string][]byte
}

func (m *memory) put(key string, body []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key] = body
}

func (m *memory) record(key string, record any) {
	body, err := s3store.Encode(record)
	if err != nil {
		panic(err)
	}
	m.put(key, body)
}

func (m *memory) sheet(batch, id string, version int, header string) {
	r := exam.Result{ExamCode: "e", BatchID: batch, Sheet: id, SheetKey: "up/" + id + ".jpg", Version: version, Status: exam.StatusNeedsReview}
	if header != "" {
		r.Meta.S3Keys.Header = &header
	}
	m.record(layout.Batch{ExamCode: "e", BatchID: batch}.Result(id), exam.Sheet{Result: r})
}

func (m *memory) Get(_ context.Context, key string, _ int64) (s3store.Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, ok := m.objects[key]
	if !ok {
		return s3store.Object{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
	}
	return s3store.Object{Body: body, ETag: fmt.Sprintf("%x", body)}, nil
}

func (m *memory) Head(ctx context.Context, key string) (s3store.Info, error) {
	obj, err := m.Get(ctx, key, 0)
	return s3store.Info{Key: key, Size: int64(len(obj.Body))}, err
}

func (m *memory) BeginParts(_ context.Context, key, _ string) (string, error) {
	return "of " + key, nil
}

// PutPart keeps a part as its tag.
func (m *memory) PutPart(_ context.Context, key, upload string, _ int32, body []byte) (string, error) {
	if upload != "of "+key {
		return "", &s3store.Error{Op: "put part of", Key: key, Kind: s3store.ErrNotFound}
	}
	return string(body), nil
}

func (m *memory) EndParts(_ context.Context, key, upload string, etags []string) error {
	if upload != "of "+key {
		return &s3store.Error{Op: "end parts of", Key: key, Kind: s3store.ErrNotFound}
	}
	m.put(key, []byte(strings.Join(etags, "")))
	return nil
}

func (m *memory) Put(_ context.Context, key string, body []byte, _ string) error {
	m.put(key, body)
	return nil
}

func (m *memory) list(prefix string) (keys []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.objects {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (m *memory) CreateRecord(_ context.Context, key string, record any) error {
	if _, err := m.Get(context.Background(), key, 0); err == nil {
		return &s3store.Error{Op: "create", Key: key, Kind: s3store.ErrExists}
	}
	m.record(key, record)
	return nil
}

func (m *memory) Load(ctx context.Context, key string, record any) (string, error) {
	obj, err := m.Get(ctx, key, 0)
	if err != nil {
		return "", err
	}
	return obj.ETag, json.Unmarshal(obj.Body, record)
}

func (m *memory) List(_ context.Context, prefix string) iter.Seq2[s3store.Info, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	objects := maps.Clone(m.objects)
	return func(yield func(s3store.Info, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(objects)) {
			if strings.HasPrefix(key, prefix) && !yield(s3store.Info{Key: key, ETag: fmt.Sprintf("%x", objects[key]), Size: int64(len(objects[key]))}, nil) {
				return
			}
		}
	}
}

func (m *memory) Folders(_ context.Context, prefix string, _ int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	set := map[string]bool{}
	for key := range m.objects {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			name, _, _ := strings.Cut(rest, "/")
			set[name] = true
		}
	}
	return slices.Sorted(maps.Keys(set)), nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
