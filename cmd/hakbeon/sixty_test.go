package main_test

import (
	"encoding/json"
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hakbeon/exam"
	"hakbeon/lab/synth"
)

// The times of the keystroke-level model (Card, Moran and Newell, 1980): to press a key,
// as an average typist does, and to make up one's mind.
const (
	keystroke = 280 * time.Millisecond
	mental    = 1350 * time.Millisecond
)

// played is how many sheets the grader settles: sixty to measure, fewer to see that it
// works.
var played = flag.Int("sheets", 12, "how many sheets TestSixtySheets settles")

// slowest is how long the next sheet may take in half of the cases, far above what is
// measured: other tests share the machine, and a single one says nothing.
const slowest = 4 * time.Second

// TestSixtySheets plays a grader who settles sheets by what the page shows: the
// candidate who wrote it, else the ID in the search, else that nobody did. It measures
// keys and time a sheet, and how long after the last key the next sheet stands there,
// its page's picture included.
func TestSixtySheets(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	chrome := findChrome(t)
	n := *played
	drawn, sheets, roster := drawExam(t, 60, synth.ExamSpec{
		Code: "SaS_2033_Final", Roster: 3 * n / 2, Absent: n / 4, Strangers: 34*n/60 + 1, NearStrangers: n / 6, Duplicates: n/4 + 1, Blanks: n / 12,
		NearNeighbours: true,
	})
	env := local(t)
	worker := start(t, "worker", "--env-file", env)
	address := httpOf(t, worker)
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--wait", "--json")
	out, _ := submit.end(t, browserPatience)
	var before exam.Summary
	mustDo(t, json.Unmarshal([]byte(out), &before))
	if before.NeedsReview < n {
		t.Fatalf("%d sheets are in review: too few to play with", before.NeedsReview)
	}
	w := newBrowser(t, chrome, address).window("en-US")
	w.run(chromedp.EmulateViewport(1440, 900), chromedp.Navigate(address+"/exams/"+drawn.Code), chromedp.WaitVisible(".paper .sheet img"))
	w.front()
	w.run(chromedp.Evaluate[chromedp.Void](stopwatch))
	w.settles(drawn, n)
}

func (w *window) settles(drawn *synth.Exam, n int) {
	w.t.Helper()
	truth := map[string]synth.ExamSheet{}
	for _, s := range drawn.Sheets {
		truth[s.File] = s
	}
	var waits []time.Duration
	keys, waited := 0, time.Duration(0)
	for range n {
		took, pressed := w.press(w.keyFor(truth[w.text("#sheet-name")]))
		waits = append(waits, took)
		keys += pressed
		waited += took
	}
	slices.Sort(waits)
	a := func(d time.Duration) float64 { return d.Seconds() / float64(n) }
	w.t.Logf("%d sheets: %.2f keys a sheet; the next sheet after %v (p50), %v (p95), %v at most", n, float64(keys)/float64(n),
		waits[n/2].Round(time.Millisecond), waits[n*95/100].Round(time.Millisecond), waits[n-1].Round(time.Millisecond))
	w.t.Logf("a person, by the keystroke-level model: %.1f s a sheet, %.2f s of them waiting", a(time.Duration(n)*mental+time.Duration(keys)*keystroke+waited), a(waited))
	if p50 := waits[n/2]; p50 > slowest {
		w.t.Errorf("half of the sheets took %v and more", p50)
	}
}
