package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// seen is a request that came to the worker, and its answer.
type seen struct {
	method, path, host, origin string
	status                     int
	allowed                    string // Access-Control-Allow-Origin
}

// gate passes everything on to a worker, hosts included, and keeps what came. Pages that
// are named /bait it answers itself, as the attacker's server did before its name began
// to point here.
type gate struct {
	proxy *httputil.ReverseProxy
	mu    sync.Mutex
	came  []seen
}

func newGate(t *testing.T, worker string) (*gate, string) {
	t.Helper()
	to, err := url.Parse(worker)
	mustDo(t, err)
	g := &gate{}
	g.proxy = &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		ModifyResponse: g.keep,
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return g, server.URL
}

func (g *gate) keep(r *http.Response) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	in := r.Request
	g.came = append(g.came, seen{in.Method, in.URL.Path, in.Host, in.Header.Get("Origin"), r.StatusCode, r.Header.Get("Access-Control-Allow-Origin")})
	return nil
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/bait" {
		bait(w, r)
		return
	}
	g.proxy.ServeHTTP(w, r)
}

// take gives what came since the last time.
func (g *gate) take() []seen {
	g.mu.Lock()
	defer g.mu.Unlock()
	came := g.came
	g.came = nil
	return came
}

func bait(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<!doctype html><title>Win a prize</title>")
}

// attacks are what a page can send without asking first, and what it asks first for. Each
// ends in its own time; the page says when all have.
const attacks = `window.ended = ""; (async (base) => {
	const csv = new File(["학번\n99999999\n"], "r.csv");
	const form = () => { const f = new FormData(); f.append("file", csv); f.append("exam_code", "E"); return f; };
	const job = JSON.stringify({exam_code: "EVIL", keys: ["a.jpg"]});
	const verdict = JSON.stringify([{sheet: "0123456789abcdef", student_id: "32141837"}]);
	const jobs = base + "/jobs", rosters = base + "/upload-roster/?exam_code=E", corrections = base + "/exams/E/batches/B/corrections";
	const send = (to, how) => fetch(to, {credentials: "include", signal: AbortSignal.timeout(60000), ...how}).then((r) => r.status, () => 0);
	const post = (to, body, headers) => send(to, {method: "POST", mode: "no-cors", body, headers});
	const submitted = (to, kind, name, value) => new Promise((done) => {
		const frame = document.createElement("iframe"); frame.name = "f" + Math.random(); document.body.append(frame);
		const form = document.createElement("form");
		Object.assign(form, {method: "POST", action: to, enctype: kind, target: frame.name});
		const field = document.createElement("input"); Object.assign(field, {name, value}); form.append(field);
		document.body.append(form);
		frame.onload = () => { if (frame.dataset.sent) done(); };
		frame.dataset.sent = "1"; form.submit(); setTimeout(done, 60000);
	});
	navigator.sendBeacon(jobs, new Blob([job]));
	navigator.sendBeacon(jobs, job);
	const said = await Promise.all([
		post(rosters, form()), post(jobs, new Blob([job])), post(jobs, job, {"Content-Type": "text/plain"}),
		post(corrections, new Blob([verdict])), post(corrections, verdict, {"Content-Type": "text/plain"}),
		post(base + "/review/exams/E/B/verdicts", new Blob(["{}"])), post(base + "/review/logout", new Blob([])).then(() => 0), // it leads to the login, which anybody may read
		post(base + "/extract-student-id/?exam_code=EVIL", form()),
		submitted(corrections, "text/plain", '[{"sheet":"0123456789abcdef","verdict":"unreadable","student_id":"', '"}]'),
		submitted(rosters, "multipart/form-data", "file", "학번\n99999999\n"), submitted(jobs, "application/x-www-form-urlencoded", "exam_code", "EVIL"),
		send(base + "/roster/?exam_code=E", {method: "DELETE"}), send(base + "/roster/?exam_code=E", {}),
		send(jobs, {method: "POST", body: job, headers: {"Content-Type": "application/json"}}), send(base + "/metrics", {}),
	]);
	window.ended = "read: " + said.filter((s) => s >= 200 && s < 300).length;
})(%q); ""`

// attacked are the ways that every page has to have been seen to try.
var attacked = []string{
	"POST /upload-roster/", "POST /jobs", "POST /exams/E/batches/B/corrections", "POST /extract-student-id/", "POST /review/logout", "GET /roster/",
}

// TestForeignPages has pages of others, in a real browser, try to do something to a worker
// on the same machine: of another site, of another port, whose requests carry the
// session's cookie, and of a name that points here (DNS rebinding). None has any effect.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	chrome := findChrome(t)
	for name, key := range map[string]string{"without a key": "", "with a key": reviewKey} {
		t.Run(name, func(t *testing.T) { attackWorker(t, chrome, key) })
	}
}

func attackWorker(t *testing.T, chrome, key string) {
	w := serveWorker(t, "API_KEY="+key)
	g, address := newGate(t, w.url)
	port := address[strings.LastIndex(address, ":"):]
	own := api{t: t, url: address, key: key}
	own.upload("32141837")
	before := own.roster()

	evil := httptest.NewServer(http.HandlerFunc(bait))
	t.Cleanup(evil.Close)
	evilPort := evil.URL[strings.LastIndex(evil.URL, ":"):]
	b := newBrowser(t, chrome, address, chromedp.Flag("host-resolver-rules", "MAP evil.test 127.0.0.1"),
		// That a browser may ask its user first is not what is tried here.
		chromedp.Flag("disable-features", "LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights"))
	tab := b.window("en-US")
	if key != "" { // as a grader who has logged in
		tab.run(chromedp.Navigate(address+"/exams/E"), chromedp.WaitVisible("#key"), chromedp.SendKeys("#key", key+kb.Enter), chromedp.WaitVisible(`form[action="review/logout"] button`))
	}
	for _, page := range []struct{ name, at, target string }{
		{"another site", "http://evil.test" + evilPort + "/bait", address},
		{"another site, by name", "http://evil.test" + evilPort + "/bait", "http://localhost" + port},
		{"another port", evil.URL + "/bait", address},
		{"a name that points here", "http://evil.test" + port + "/bait", "http://evil.test" + port},
	} {
		g.take()
		if read := tab.attack(page.at, page.target); read != "read: 0" {
			t.Errorf("%s: %s", page.name, read)
		}
		checkRefused(t, page.name, g.take())
		if after := own.roster(); after != before {
			t.Errorf("%s: the roster is %s, was %s", page.name, after, before)
		}
	}
	if status, answer := own.do(http.MethodGet, "/exams/EVIL/batches/B", "", nil); status != http.StatusNotFound {
		t.Errorf("an exam of the attacker's is known: %d %s", status, answer)
	}
	checkOwnPage(t, tab, own, before)
}

// checkRefused wants each kind of attack to have come, and none that changes anything to
// have been let in. What is only asked for is answered where there is no key; that no page
// is allowed to read the answer is the browser's to see to.
func checkRefused(t *testing.T, page string, came []seen) {
	t.Helper()
	var tried []string
	for _, s := range came {
		tried = append(tried, s.method+" "+s.path)
		asks := slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, s.method)
		// Of a name that points here the browser has no session to end.
		harmless := s.path == "/review/logout" && strings.HasPrefix(s.host, "evil.test")
		if s.status < http.StatusBadRequest && !asks && !harmless || s.allowed != "" {
			t.Errorf("%s: %s %s of %q at %s: got %d, to be read by %q", page, s.method, s.path, s.origin, s.host, s.status, s.allowed)
		}
	}
	for _, way := range attacked {
		if !slices.Contains(tried, way) {
			t.Errorf("%s: the browser sent no %s, so it is not tested; it sent %q", page, way, tried)
		}
	}
}

// attack opens a page and has it try everything.
func (w *window) attack(page, target string) (read string) {
	w.t.Helper()
	w.run(chromedp.Navigate(page))
	w.eval(fmt.Sprintf(attacks, target))
	w.until("the page's attacks", func() bool {
		read = w.eval("window.ended")
		return read != ""
	})
	return read
}

// checkOwnPage does from the worker's own page what foreign ones must not: that is let in.
func checkOwnPage(t *testing.T, tab *window, own api, before string) {
	t.Helper()
	tab.run(chromedp.Navigate(own.url + "/docs/"))
	tab.eval(fmt.Sprintf(`window.ended = ""; (async () => {
		const form = new FormData(); form.append("file", new File(["학번\n32141837\n32141838\n"], "r.csv"));
		const r = await fetch("/upload-roster/?exam_code=E", {method: "POST", body: form, headers: {"X-API-Key": %q}});
		window.ended = "" + r.status;
	})(); ""`, own.key))
	tab.until("the own page's upload", func() bool { return tab.eval("window.ended") != "" })
	if got, after := tab.eval("window.ended"), own.roster(); got != "200" || after == before || !strings.Contains(after, "32141838") {
		t.Errorf("the own page's upload: %s, the roster is %s", got, after)
	}
}

// api is a program that uses the worker.
type api struct {
	t        *testing.T
	url, key string
}

func (a api) do(method, path, kind string, body []byte) (int, string) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, bytes.NewReader(body))
	mustDo(a.t, err)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Api-Key", a.key)
	resp, err := http.DefaultClient.Do(r)
	mustDo(a.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	mustDo(a.t, err)
	return resp.StatusCode, string(answer)
}

func (a api) upload(id string) {
	a.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "r.csv")
	mustDo(a.t, err)
	_, err = io.WriteString(part, "학번\n"+id+"\n")
	mustDo(a.t, err)
	mustDo(a.t, form.Close())
	if status, answer := a.do(http.MethodPost, "/upload-roster/?exam_code=E", form.FormDataContentType(), body.Bytes()); status != http.StatusOK {
		a.t.Fatalf("upload: %d %s", status, answer)
	}
}

// roster is the exam's students.
func (a api) roster() string {
	a.t.Helper()
	status, answer := a.do(http.MethodGet, "/roster/?exam_code=E", "", nil)
	var got struct {
		IDs []string `json:"student_ids"`
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || status != http.StatusOK {
		a.t.Fatalf("roster: %d %s", status, answer)
	}
	return strings.Join(got.IDs, " ")
}
