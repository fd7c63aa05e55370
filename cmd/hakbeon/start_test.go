package main_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hakbeon/exam"
	"hakbeon/lab/synth"
	"hakbeon/s3store/layout"
)

// TestBringsAnExamIn is a grader with scans and a roster and no other tool than a browser:
// they bring in a ZIP with the wrong roster, see the exam read, put the right roster in
// its place, and find it on the page of all exams.
func TestBringsAnExamIn(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	chrome := findChrome(t)
	drawn, sheets, roster := drawExam(t, 2035, synth.ExamSpec{Code: "Stat_2035_Final", Roster: 14, Absent: 2, Strangers: 1})
	_, _, wrong := drawExam(t, 2036, synth.ExamSpec{Code: "Other_2036", Roster: 14, Absent: 13})
	scans := zipOf(t, sheets, map[string]string{"other room/001.jpg": "no picture", "notes.txt": "for nobody", "__MACOSX/._001.jpg": "litter", ".DS_Store": "litter"})
	env := local(t)
	appendTo(t, env, "API_KEY="+reviewKey+"\n")
	between, address := cableTo(t, httpOf(t, start(t, "worker", "--env-file", env)))

	w := newBrowser(t, chrome, address).window("ko-KR")
	w.run(chromedp.Navigate(address+"/"), chromedp.WaitVisible("#key"), chromedp.SendKeys("#key", reviewKey+kb.Enter), chromedp.WaitVisible("#drop"))
	w.until("an empty list", func() bool { return w.text("#none") != "" })
	w.shot("start")
	w.accessible("no exam yet")
	w.run(chromedp.SetUploadFiles("#files", []string{scans, wrong}), chromedp.WaitVisible("#form .roster"))
	w.click("#brought summary")
	if got := w.text("#brought"); !strings.Contains(got, "scans/답안지/001.jpg") || !strings.Contains(got, fmt.Sprintf("답안지 파일 %d개", len(drawn.Sheets)+1)) || !strings.Contains(got, "notes.txt") || strings.Contains(got, "._001") {
		t.Errorf("what was brought: %s", got)
	}
	w.eval(`document.getElementById("code").value = ""`)
	w.run(chromedp.SendKeys("#code", drawn.Code))
	w.shot("bring")
	w.accessible("what was brought")
	between.broken.Store(true)
	w.click("#begin")
	w.run(chromedp.WaitVisible("#trouble"))
	w.until("the broken line told", func() bool { return strings.Contains(w.text("#trouble"), "연결이 끊겼습니다") })
	w.click("#stop")
	w.run(chromedp.WaitVisible("#form"))
	w.click("#begin")
	w.run(chromedp.WaitVisible("#sending"))
	w.shot("sending")
	w.accessible("a broken line")
	between.broken.Store(false)
	w.run(chromedp.WaitVisible("#progress"))
	batch := w.eval(`new URLSearchParams(location.search).get("batch")`)
	w.until("the wrong roster's alarm", func() bool { return strings.Contains(w.text("#problem"), "명단") })

	w.click("#roster")
	w.run(chromedp.WaitVisible("#roster-dialog"), chromedp.SetUploadFiles("#roster-file", []string{roster}), chromedp.WaitVisible("#roster-seen .roster"))
	w.shot("roster")
	w.accessible("another roster")
	w.click("#roster-use")
	w.until("the right roster", func() bool {
		return w.text("#problem") == "" && strings.Contains(w.text("#progress-text"), "학생 14명")
	})

	w.click("#tab-failed")
	w.run(chromedp.WaitVisible(".tile"))
	if got := w.text(".tile .text"); !strings.Contains(got, "other room/001.jpg") {
		t.Errorf("of two files of one name one is called %q", got)
	}
	w.click(".back")
	w.run(chromedp.WaitVisible(".exams li"))
	w.until("the exam's state", func() bool { return strings.Contains(w.text(".exams li"), "학생 14명") })
	w.run(chromedp.SendKeys("#search", "stat"))
	w.shot("exams")
	w.accessible("all exams")
	w.run(chromedp.SendKeys("#search", "nothing"), chromedp.WaitVisible("#none"))
	w.run(chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2)))
	if wide := value(w, chromedp.Evaluate[float64]("document.documentElement.scrollWidth")); wide > 360 {
		t.Errorf("at 360 pixels the page is %v wide", wide)
	}
	w.asksNobodyElse()
	filedRight(t, address, batch, drawn)
	w.deletesExam(drawn.Code)
}

// deletesExam types the exam's code, and then there is no such exam any more.
func (w *window) deletesExam(code string) {
	w.t.Helper()
	w.run(chromedp.EmulateViewport(1440, 897), chromedp.Navigate(w.address+"/exams/"+code), chromedp.WaitVisible("#progress"))
	w.click("#erase")
	w.run(chromedp.WaitVisible("#erase-dialog"), chromedp.SendKeys("#erase-code", code[:3]))
	if w.eval(`String(document.getElementById("erase-do").disabled)`) != "true" {
		w.t.Error("an exam can be deleted by half of its code")
	}
	w.accessible("an exam to delete")
	w.run(chromedp.SendKeys("#erase-code", code[3:]))
	w.click("#erase-do")
	w.run(chromedp.WaitVisible("#drop"))
	w.until("no exam", func() bool { return w.text("#none") == "아직 읽은 시험이 없습니다." })
}

// TestAnotherFileOfTheSameName: scans without compression have the same names and lengths
// exam after exam. A sending that was broken off is gone on with by the same files, and by
// no others.
func TestAnotherFileOfTheSameName(t *testing.T) {
	t.Parallel()
	chrome := findChrome(t)
	env := local(t)
	between, address := cableTo(t, httpOf(t, start(t, "web", "--env-file", env)))
	between.from = "/begin"
	between.broken.Store(true)
	scan := func(body string, at time.Time) string {
		name := filepath.Join(t.TempDir(), "001.bmp")
		mustDo(t, os.WriteFile(name, []byte(body), 0o600))
		mustDo(t, os.Chtimes(name, at, at))
		return name
	}
	first, other := scan("the first exam's page", time.Unix(1e9, 0)), scan("another exam's pages!", time.Unix(1e9+60, 0))
	w := newBrowser(t, chrome, address).window("ko-KR")
	send := func(file string) (noted string) {
		w.run(chromedp.Navigate(address+"/exams?exam=Same_2040"), chromedp.WaitVisible("#drop"), chromedp.SetUploadFiles("#files", []string{file}), chromedp.WaitVisible("#form"))
		w.click("#begin")
		if between.broken.Load() {
			w.run(chromedp.WaitVisible("#trouble"))
			w.click("#stop")
			w.run(chromedp.WaitVisible("#form"))
		}
		return w.eval(`JSON.parse(localStorage.getItem("hakbeon upload Same_2040"))?.id ?? ""`)
	}
	one, again := send(first), send(first)
	if one == "" || again != one {
		t.Errorf("the same file goes on as %q, not as %q", again, one)
	}
	between.broken.Store(false)
	send(other)
	w.until("the exam's page", func() bool { return strings.Contains(w.eval("location.search"), "batch=") })
	batch := w.eval(`new URLSearchParams(location.search).get("batch")`)
	obj, err := storeOf(t, env).Get(t.Context(), layout.Batch{ExamCode: "Same_2040", BatchID: batch}.ScansOf()+"001.bmp", 1<<10)
	if err != nil || string(obj.Body) != "another exam's pages!" || batch == one {
		t.Errorf("of batch %s (before: %s) there is %q, %v", batch, one, obj.Body, err)
	}
}

// cable is what lies between a browser and the worker, and may be broken.
type cable struct {
	*httputil.ReverseProxy
	broken atomic.Bool
	// from is what a path ends in that can't be reached while it is broken; "" is all.
	from string
	// scans counts the files that have come through, parts those of large ones.
	scans, parts atomic.Int64
	// breaks is the part at which it breaks by itself, 0 for none.
	breaks int64
}

// cableTo returns a cable and its address.
func cableTo(t *testing.T, address string) (*cable, string) {
	t.Helper()
	to, err := url.Parse(address)
	mustDo(t, err)
	c := &cable{ReverseProxy: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, ErrorLog: log.New(io.Discard, "", 0)}}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return c, server.URL
}

// ServeHTTP implements http.Handler.
func (c *cable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.broken.Load() && strings.HasSuffix(r.URL.Path, c.from) {
		panic(http.ErrAbortHandler)
	}
	switch {
	case r.Method != http.MethodPut:
	case strings.HasSuffix(r.URL.Path, "/scans"):
		c.scans.Add(1)
	case strings.HasSuffix(r.URL.Path, "/scans/large"):
		if c.parts.Add(1) == c.breaks {
			c.broken.Store(true)
			panic(http.ErrAbortHandler)
		}
	}
	c.ReverseProxy.ServeHTTP(w, r)
}

// filedRight compares a batch's results with who wrote the sheets: every file has its
// sheet, one that is no picture among them, and none is accepted for another student.
func filedRight(t *testing.T, address, batch string, drawn *synth.Exam) {
	t.Helper()
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/exams/"+drawn.Code+"/batches/"+batch+"?limit=1000", nil)
	mustDo(t, err)
	ask.Header.Set("X-Api-Key", reviewKey)
	answer, err := http.DefaultClient.Do(ask)
	mustDo(t, err)
	defer answer.Body.Close()
	var got struct{ Sheets []exam.Result }
	mustDo(t, json.NewDecoder(answer.Body).Decode(&got))
	writers := map[string]string{}
	for _, s := range drawn.Sheets {
		writers[s.File] = s.ID
	}
	accepted := 0
	for _, r := range got.Sheets {
		if r.Student() == "" {
			continue
		}
		if accepted++; r.Student() != writers[r.Filename] {
			t.Errorf("%s: another student's", r.Filename)
		}
	}
	if len(got.Sheets) != len(drawn.Sheets)+1 || accepted < len(drawn.Sheets)/2 {
		t.Errorf("%d sheets, %d accepted, of %d files", len(got.Sheets), accepted, len(drawn.Sheets))
	}
}

// zipOf packs a folder and more files, some packed and some as they are, under a folder
// that is called 답안지 in CP949, as Korean Windows has it.
func zipOf(t *testing.T, folder string, more map[string]string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "scans.zip")
	file, err := os.Create(name)
	mustDo(t, err)
	defer file.Close()
	out := zip.NewWriter(file)
	put := func(name string, method uint16, body []byte) {
		entry, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: method, NonUTF8: !utf8.ValidString(name)})
		mustDo(t, err)
		_, err = entry.Write(body)
		mustDo(t, err)
	}
	files, err := os.ReadDir(folder)
	mustDo(t, err)
	for i, f := range files {
		in, err := os.Open(filepath.Join(folder, f.Name()))
		mustDo(t, err)
		body, err := io.ReadAll(in)
		in.Close()
		mustDo(t, err)
		put("\xb4\xe4\xbe\xc8\xc1\xf6/"+f.Name(), []uint16{zip.Store, zip.Deflate}[i%2], body)
	}
	for name, text := range more {
		put(name, zip.Deflate, []byte(text))
	}
	mustDo(t, out.Close())
	return name
}
