package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hakbeon/exam"
	"hakbeon/lab/embedded"
	"hakbeon/lab/synth"
)

const reviewKey = "a-key-of-the-browser-test"

// browserPatience is for machines on which a browser has to share its cores.
const browserPatience = 4 * time.Minute

// TestReviewInABrowser has a whole exam read, and a grader settle sheets by keys in
// a real browser: the other window sees it, and the receiver gets the higher
// version. With HAKBEON_SCREENSHOTS it takes the pictures of the documentation.
func TestReviewInABrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	chrome := findChrome(t)
	drawn, sheets, roster := drawExam(t, 2032, synth.ExamSpec{Code: "SaS_2032_Final", Roster: 20, Absent: 3, Strangers: 2, Duplicates: 1, Blanks: 1, NearNeighbours: true})
	env := local(t)
	sink := sinkOf(t, env)
	appendTo(t, env, "API_KEY="+reviewKey+"\n")
	worker := start(t, "worker", "--env-file", env)
	address := httpOf(t, worker)
	examPage := address + "/exams/" + drawn.Code
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--batch-id", "2032-06-14", "--wait", "--json")

	b := newBrowser(t, chrome, address)
	ko := b.window("ko-KR")
	ko.run(chromedp.Navigate(examPage), chromedp.WaitVisible("#key"))
	ko.shot("login")
	ko.accessible("the login")
	ko.run(chromedp.SendKeys("#key", "wrong"+kb.Enter), chromedp.WaitVisible(".alarm"))
	ko.run(chromedp.SendKeys("#key", reviewKey+kb.Enter), chromedp.WaitVisible("#progress"))
	out, code := submit.end(t, browserPatience)
	if code != 0 {
		t.Fatalf("submit ended with %d", code)
	}
	var before exam.Summary
	mustDo(t, json.Unmarshal([]byte(out), &before))
	ko.click("#tab-review")
	ko.run(chromedp.WaitVisible(".review img"))
	ko.until("all of the review", func() bool { return strings.Contains(ko.text("#tab-review"), fmt.Sprint(before.NeedsReview)) })
	ko.shot("review")
	ko.looksClosely()
	ko.accessible("a sheet to review")
	ko.turnsTabs()

	en := b.window("en-US")
	en.run(chromedp.Navigate(examPage), chromedp.WaitVisible(".review img"))
	en.until("its own words", func() bool { return strings.Contains(en.text("#tab-review"), "To review") })

	ko.answersNothingUnmeant()
	settled := ko.settleThree(drawn)
	left := fmt.Sprint(before.NeedsReview - 3)
	en.until("the other window's verdicts", func() bool { return strings.HasSuffix(en.text("#tab-review"), " "+left) })
	ledgerShows(t, sink, settled)
	en.until("the end", func() bool { return strings.Contains(en.text("#progress-text"), left+" to review") })

	addsUp(ko, len(drawn.Sheets), len(drawn.Roster))
	ko.correctsYesterday()
	ko.followsAnAlarm()
	ko.click("#tab-all")
	ko.run(chromedp.WaitVisible(".grid .tile:nth-child(15)"))
	ko.shot("sheets")
	ko.accessible("all sheets")
	ko.click("#tab-absent")
	ko.run(chromedp.WaitVisible("table"))
	ko.accessible("students without a sheet")
	ko.click("#tab-review")
	ko.run(chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2)), chromedp.WaitVisible(".review img"))
	if wide := value(ko, chromedp.Evaluate[float64]("document.documentElement.scrollWidth")); wide > 360 {
		t.Errorf("at 360 pixels the page is %v wide", wide)
	}
	ko.shot("phone")
	ko.accessible("a phone")
	ko.takesItHome(drawn.Code)
	ko.reviewsToTheEnd()
	ko.asksNobodyElse()
	en.asksNobodyElse()
}

// settleThree answers for three sheets by keys as the truth is, takes one answer
// back on the way, and returns the reasons that results must have.
func (w *window) settleThree(drawn *synth.Exam) map[string]string {
	w.t.Helper()
	truth := map[string]synth.ExamSheet{}
	for _, s := range drawn.Sheets {
		truth[s.File] = s
	}
	settled := map[string]string{}
	w.front()
	w.run(chromedp.Evaluate[chromedp.Void](stopwatch))
	for range 3 {
		file := w.text("#sheet-name")
		sheet := truth[file]
		w.press("x") // by mistake
		if w.text("#sheet-name") == file {
			w.t.Fatalf("%s: still there", file)
		}
		w.press("u")
		if again := w.text("#sheet-name"); again != file {
			w.t.Fatalf("%s: not there again, but %s", file, again)
		}
		keys := w.keyFor(sheet)
		if keys == "" {
			w.t.Fatalf("%s: nothing to press", file)
		}
		w.press(keys)
		settled[file] = exam.ReasonCorrected
		if sheet.Kind == synth.Stranger {
			settled[file] = exam.ReasonNotOnRoster
		}
	}
	return settled
}

// haste is a little longer than the page takes a key for one that nobody can have
// meant for the sheet that it shows.
const haste = 500 * time.Millisecond

// answersNothingUnmeant types what must give no sheet to a student: an ID's digits,
// and a key that comes before anybody can have seen the sheet.
func (w *window) answersNothingUnmeant() {
	w.t.Helper()
	w.front()
	file := w.text("#sheet-name")
	count := w.text("#tab-review")
	same := func(what string) {
		w.t.Helper()
		time.Sleep(haste) // an answer would have been sent by then
		if now := w.text("#sheet-name"); now != file || w.text("#tab-review") != count {
			w.t.Fatalf("%s: %s is shown instead of %s, with %q instead of %q", what, now, file, w.text("#tab-review"), count)
		}
	}
	for _, id := range []string{"32", "33", "123", "90"} {
		time.Sleep(haste)
		w.key(id)
		if got := w.eval(`document.querySelector("#filter").value`); got != id {
			w.t.Errorf("%s: the search has %q", id, got)
		}
		same(id)
		if id == "32" {
			w.accessible("the search")
		}
		w.key(kb.Escape)
	}
	// A key as the sheet appears is asked again, and any other key is a no.
	w.click("#tab-all")
	w.run(chromedp.WaitVisible(".grid .tile"))
	w.run(chromedp.Evaluate[chromedp.Void](`document.querySelector("#tab-review").click(); ` + keydown("x")))
	same("x at once")
	if w.text(".asked") == "" {
		w.t.Error("x at once: nothing is asked")
	}
	w.accessible("a question")
	w.key(kb.Escape)
	same("no")
	if w.text(".asked") != "" {
		w.t.Error("it is still asked")
	}
}

// correctsYesterday opens a sheet that is accepted, by keyboard from its list, is
// asked again before it goes to an unlikely student, gives it to nobody, and takes
// that back.
func (w *window) correctsYesterday() {
	w.t.Helper()
	w.front()
	w.click("#tab-sure")
	w.run(chromedp.WaitVisible(".tile.s-sure"))
	accepted := w.text("#tab-sure")
	file, at := "", 0
	for ; file == ""; at++ { // the first sheet that has a second candidate
		name := w.opens(at)
		if w.eval(`"" + document.querySelectorAll(".choices > li").length`) > "1" {
			file = name
		}
		w.key(kb.Escape)
		w.until("the list again", func() bool { return strings.Contains(w.eval(`document.activeElement.textContent`), name) })
	}
	at--
	w.opens(at)
	w.asksTwice("2", file)
	w.opens(at)
	time.Sleep(haste)
	w.key("x")
	if w.text("#tab-sure") == accepted || w.text("#report") == "" || w.eval(`document.querySelector("#report").ariaDisabled`) != "true" {
		w.t.Errorf("%s after x: %q, and the report is offered as %q", file, w.text("#tab-sure"), w.text("#report"))
	}
	applied := func() bool { return w.eval(`document.querySelector("#report").getAttribute("href") ?? ""`) != "" }
	w.until("x in the report", applied)
	w.key("u")
	w.until("the undo in the report", func() bool { return applied() && w.text("#tab-sure") == accepted })
}

// followsAnAlarm gives a student two sheets, comes from the alarm to one of them, and takes
// both back.
func (w *window) followsAnAlarm() {
	w.t.Helper()
	w.click("#tab-sure")
	w.run(chromedp.WaitVisible(".tile.s-sure"))
	accepted := w.text("#tab-sure")
	student := w.eval(`document.querySelectorAll(".tile.s-sure .s")[1].textContent.split(" ")[0]`)
	for _, at := range []int{1, 0} {
		w.click("#tab-sure")
		w.opens(at)
		w.run(chromedp.Evaluate[chromedp.Void](`document.querySelector("#filter").focus()`))
		w.key(student)
		w.key(kb.Enter)
	}
	w.run(chromedp.WaitVisible("#problem button"))
	leads := w.text("#problem button")
	w.click("#problem button")
	w.run(chromedp.WaitVisible("#sheet-name"))
	if shown := w.text("#sheet-name"); shown != leads {
		w.t.Errorf("the alarm leads to %s, not to %s", shown, leads)
	}
	w.key("u")
	w.until("no alarm", func() bool { return w.text("#problem") == "" })
	w.key("u")
	w.until("both as they were", func() bool { return w.text("#tab-sure") == accepted })
}

// opens shows the accepted sheet at a place of its list by keyboard.
func (w *window) opens(at int) (name string) {
	w.t.Helper()
	w.run(chromedp.WaitVisible(".tile.s-sure"))
	w.run(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelectorAll(".tile.s-sure")[%d].focus()`, at)))
	w.key(kb.Enter)
	w.run(chromedp.WaitVisible("#sheet-name"))
	return w.text("#sheet-name")
}

// asksTwice gives the open sheet to a student who is unlikely: not at the first press
// of the key, nor after another key, but at the second; and takes that back.
func (w *window) asksTwice(key, file string) {
	w.t.Helper()
	for _, answer := range []string{kb.Escape, key} {
		time.Sleep(haste)
		w.key(key)
		if asked := w.text(".asked"); asked == "" || w.text("#sheet-name") != file {
			w.t.Fatalf("%s: pressed once, %q is asked and %s is shown", file, asked, w.text("#sheet-name"))
		}
		time.Sleep(haste)
		w.key(answer)
		if asked := w.text(".asked"); asked != "" {
			w.t.Fatalf("%s: after %q it is still asked: %q", file, answer, asked)
		}
		if given := w.text("#sheet-name") != file; given != (answer == key) {
			w.t.Fatalf("%s: after %q %s is shown", file, answer, w.text("#sheet-name"))
		}
	}
	w.key("u")
	w.click("#tab-sure")
}

// reviewsToTheEnd leaves nothing to review, and takes the last answer back.
func (w *window) reviewsToTheEnd() {
	w.t.Helper()
	w.front()
	for w.text("#sheet-name") != "" {
		time.Sleep(haste)
		w.key("x")
	}
	w.run(chromedp.WaitVisible(".empty .actions button"), chromedp.WaitVisible(".empty a.button[href]"))
	w.shot("end")
	w.accessible("the end")
	w.key("u")
	w.run(chromedp.WaitVisible("#sheet-name"))
}

// keydown is a script that presses a key within the page.
func keydown(key string) string {
	return fmt.Sprintf(`document.querySelector("#main").dispatchEvent(new KeyboardEvent("keydown", { key: %q, bubbles: true }))`, key)
}

// stopwatch takes the time from each key to the drawing of the next sheet's pictures, the page's among them.
const stopwatch = `
let pressed = 0, name = document.querySelector("#sheet-name").textContent;
addEventListener("keydown", (e) => { pressed = e.timeStamp; }, true);
new MutationObserver(async () => {
	const now = document.querySelector("#sheet-name")?.textContent;
	if (!now || now === name) return;
	name = now;
	await Promise.all([...document.querySelectorAll(".review img")].map((i) => i.decode()));
	requestAnimationFrame(() => setTimeout(() => { window.took = performance.now() - pressed; }));
}).observe(document.querySelector("#main"), { childList: true });
window.took = 0;
`

// press presses keys, waits for the next sheet's pictures and says how long they took
// after the last one, and how many keys it was.
func (w *window) press(keys string) (took time.Duration, pressed int) {
	w.t.Helper()
	pressed = len(keys)
	time.Sleep(haste) // to look at the sheet
	w.run(chromedp.Evaluate[chromedp.Void]("window.took = 0"))
	for _, k := range keys {
		w.key(string(k))
	}
	// News of the sheet may change what a key means while it is asked: then it is
	// asked once more.
	for asked := w.text(".asked"); asked != "" && pressed < len(keys)+5; asked = w.text(".asked") {
		w.t.Logf("%q: %s", keys, asked)
		time.Sleep(haste)
		w.key(keys[len(keys)-1:])
		pressed++
	}
	took = time.Duration(value(w, chromedp.Poll[float64]("window.took", everyBit)) * float64(time.Millisecond))
	w.t.Logf("%q: the next sheet was there after %v", keys, took.Round(time.Millisecond))
	return took, pressed
}

// front waits for a window to be drawn that was behind another one.
func (w *window) front() {
	w.t.Helper()
	w.run(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.BringToFront, cdp.Empty{})
		return err
	}))
	w.run(chromedp.Evaluate[chromedp.Void]("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))", chromedp.EvalAwaitPromise))
}

// keyFor is what a grader who sees the sheet presses: a candidate's number, else
// the ID in the search, or that it is nobody's.
func (w *window) keyFor(sheet synth.ExamSheet) string {
	switch sheet.Kind {
	case synth.Blank:
		return "x"
	case synth.Stranger:
		return "0"
	}
	for n := 1; n <= 3; n++ {
		if w.eval(fmt.Sprintf(`document.querySelector(".choices li:nth-child(%d) button")?.dataset.student ?? ""`, n)) == sheet.ID {
			return fmt.Sprint(n)
		}
	}
	return "/" + sheet.ID + kb.Enter
}

// addsUp: every sheet and every student is in exactly one list.
func addsUp(w *window, sheets, students int) {
	w.t.Helper()
	counts := map[string]int{}
	for _, name := range []string{"review", "sure", "absent", "stranger", "failed", "all"} {
		n, err := strconv.Atoi(regexp.MustCompile(`\d+$`).FindString(w.text("#tab-" + name)))
		mustDo(w.t, err)
		counts[name] = n
	}
	if counts["all"] != sheets || counts["review"]+counts["sure"]+counts["stranger"]+counts["failed"] != sheets {
		w.t.Errorf("%d sheets, but %v", sheets, counts)
	}
	if counts["sure"]+counts["absent"] != students {
		w.t.Errorf("%d students, but %v", students, counts)
	}
}

// ledgerShows waits until the receiver has the verdicts as final results.
func ledgerShows(t *testing.T, sink *embedded.Sink, settled map[string]string) {
	t.Helper()
	seen := map[string]exam.Result{}
	var after int64
	await(t, browserPatience, "the webhooks of the verdicts", func() bool {
		events, next, err := sink.Events(t.Context(), after, time.Second)
		mustDo(t, err)
		after = next
		for _, e := range events {
			var body struct{ Data exam.Result }
			mustDo(t, json.Unmarshal([]byte(e.Body), &body))
			if !e.Verified {
				t.Errorf("webhook %s: %s", e.ID, e.Problem)
			}
			if body.Data.Version > seen[body.Data.Filename].Version {
				seen[body.Data.Filename] = body.Data
			}
		}
		for file := range settled {
			if seen[file].Meta.Stage != exam.StagePerson || seen[file].Version < 2 {
				return false
			}
		}
		return true
	})
	for file, reason := range settled {
		if got := seen[file].Meta.Reason; got != reason {
			t.Errorf("%s: the receiver was told %s, want %s", file, got, reason)
		}
	}
}

// browser is a headless Chromium.
type browser struct {
	t       *testing.T
	ctx     context.Context
	address string
}

// window is one of its tabs.
type window struct {
	*browser

	tab context.Context
}

func findChrome(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("SKIPPED: no Chromium here, so the review page is not tested in a browser: apt-get install chromium")
	return ""
}

func newBrowser(t *testing.T, chrome, address string, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(chrome), chromedp.NoSandbox,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 1040), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-extensions", true))
	options = append(options, more...)
	allocated, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, end := chromedp.NewContext(allocated)
	t.Cleanup(end)
	b := &browser{t: t, ctx: ctx, address: address}
	mustDo(t, chromedp.Do(ctx, chromedp.Navigate("about:blank")))
	return b
}

func (b *browser) window(language string) *window {
	b.t.Helper()
	tab, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	w := &window{browser: b, tab: tab}
	// A tab lives as long as the context of its first call.
	mustDo(b.t, chromedp.Do(tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": language}})
		return err
	})))
	return w
}

// asksNobodyElse: all that the page has loaded came from the worker.
func (w *window) asksNobodyElse() {
	w.t.Helper()
	for host := range strings.FieldsSeq(w.eval(`performance.getEntriesByType("resource").map((e) => new URL(e.name).origin).join(" ")`)) {
		if host != w.address {
			w.t.Errorf("the page asked %s", host)
		}
	}
}

// everyBit has a window looked at that is behind another one, and draws nothing.
var everyBit = chromedp.WithPollingInterval(20 * time.Millisecond)

func (w *window) run(actions ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.tab, browserPatience)
	defer cancel()
	mustDo(w.t, chromedp.Do(ctx, actions...))
}

func (w *window) key(k string) {
	w.t.Helper()
	w.run(chromedp.KeyEvent(k))
}

func (w *window) click(selector string) {
	w.t.Helper()
	w.run(chromedp.Click(selector))
}

func (w *window) text(selector string) string {
	return w.eval(fmt.Sprintf(`document.querySelector(%q)?.textContent ?? ""`, selector))
}

func (w *window) eval(script string) string { return value(w, chromedp.Evaluate[string](script)) }

func value[T any](w *window, action chromedp.Action[T]) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.tab, browserPatience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	mustDo(w.t, err)
	return v
}

func (w *window) until(what string, met func() bool) {
	w.t.Helper()
	await(w.t, browserPatience, what, met)
}

// shot takes a picture for the documentation, where it is asked for.
func (w *window) shot(name string) {
	w.t.Helper()
	dir := os.Getenv("HAKBEON_SCREENSHOTS")
	if dir == "" {
		return
	}
	value(w, chromedp.Poll[bool](`[...document.images].every((i) => i.complete || i.loading === "lazy")`, everyBit))
	w.front()
	png := value(w, chromedp.CaptureScreenshot())
	mustDo(w.t, os.MkdirAll(dir, 0o755))
	mustDo(w.t, os.WriteFile(filepath.Join(dir, "review-"+name+".png"), png, 0o644))
}

// httpOf is the address that a worker says it listens on.
func httpOf(t *testing.T, worker *process) string {
	t.Helper()
	said := regexp.MustCompile(`"http":"([^"]+)"`)
	await(t, time.Minute, "the worker's address", func() bool { return said.MatchString(worker.stderr.String()) })
	return "http://" + said.FindStringSubmatch(worker.stderr.String())[1]
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	mustDo(t, err)
	_, err = file.WriteString(text)
	mustDo(t, err)
	mustDo(t, file.Close())
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
