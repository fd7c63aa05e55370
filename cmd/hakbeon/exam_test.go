package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/joho/godotenv"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/lab/embedded"
	"hakbeon/lab/synth"
)

// TestKilledWorker has three processes do an exam of 120 sheets; the worker is
// killed in the middle and started again.
func TestKilledWorker(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	drawn, sheets, roster := drawExam(t, 120, synth.ExamSpec{Code: "KILL_2032", Roster: 130, Absent: 12, Strangers: 1, Duplicates: 1})
	if len(drawn.Sheets) != 120 {
		t.Fatalf("drew %d sheets, want 120", len(drawn.Sheets))
	}
	env := local(t)
	sink := sinkOf(t, env)
	first := start(t, "worker", "--env-file", env)
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--batch-id", "killed", "--wait", "--json")
	await(t, 2*time.Minute, "a third of the sheets", func() bool { return strings.Count(first.stderr.String(), `"sheet done"`) >= 40 })
	first.kill(t)
	second := start(t, "worker", "--env-file", env)
	out, code := submit.end(t, 5*time.Minute)
	if code != 0 {
		t.Fatalf("submit ended with %d:\n%s", code, tail(submit.stderr.String(), 2000))
	}
	var sum exam.Summary
	if err := json.Unmarshal([]byte(out), &sum); err != nil {
		t.Fatalf("submit printed %q: %v", out, err)
	}
	if sum.Total != 120 || sum.Version != 1 || sum.Matched+sum.NeedsReview+sum.Failed != 120 || sum.Present+sum.Missing != 130 || sum.Failed != 0 {
		t.Errorf("summary does not add up: %+v", sum)
	}
	if sum.Matched < 60 {
		t.Errorf("only %d of 120 sheets were accepted, want at least 60", sum.Matched)
	}
	checkNobodyWrong(t, drawn, sum)
	ledger := readLedger(t, sink, 120)
	if len(ledger.completed) != 1 {
		t.Errorf("batch.completed came with %d ids, want 1", len(ledger.completed))
	}
	for _, line := range sum.Sheets {
		if ledger.highest[line.Sheet] != line.Version {
			t.Errorf("sheet %s: the receiver has version %d, the summary %d", line.Sheet, ledger.highest[line.Sheet], line.Version)
		}
	}
	second.cmd.Process.Signal(syscall.SIGTERM)
	if _, code := second.end(t, 40*time.Second); code != 0 {
		t.Errorf("the worker drained with exit code %d", code)
	}
	t.Logf("120 sheets: %d matched, %d to review; %d webhooks", sum.Matched, sum.NeedsReview, ledger.events)
}

func checkNobodyWrong(t *testing.T, drawn *synth.Exam, sum exam.Summary) {
	t.Helper()
	written := map[string]synth.ExamSheet{}
	for _, s := range drawn.Sheets {
		written[s.File] = s
	}
	seen, students := map[string]bool{}, map[string]bool{}
	for _, line := range sum.Sheets {
		file := filepath.Base(line.SheetKey)
		sheet := written[file]
		if want := jobs.SheetID(drawn.Code, sum.BatchID, line.SheetKey, 1); line.Sheet != want || seen[line.Sheet] {
			t.Errorf("%s: sheet id %s, want %s, once", file, line.Sheet, want)
		}
		seen[line.Sheet] = true
		if line.StudentID != nil && students[*line.StudentID] {
			t.Errorf("%s: its student has another sheet too", file)
		}
		if line.StudentID != nil {
			students[*line.StudentID] = true
		}
		if line.StudentID != nil && (*line.StudentID != sheet.ID || sheet.Kind == synth.Stranger) {
			t.Errorf("%s (%s) was accepted for a wrong student", file, sheet.Kind)
		}
	}
}

// ledger is what the sink has received.
type ledger struct {
	events    int
	highest   map[string]int
	completed map[string]bool
}

// readLedger reads the sink until the final version of all sheets and the
// batch's event are there, and checks every delivery.
func readLedger(t *testing.T, sink *embedded.Sink, sheets int) ledger {
	t.Helper()
	l := ledger{highest: map[string]int{}, completed: map[string]bool{}}
	final := map[string]bool{}
	var after int64
	await(t, time.Minute, "the last webhooks", func() bool {
		events, next, err := sink.Events(t.Context(), after, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		after = next
		for _, e := range events {
			l.take(t, e, final)
		}
		return len(final) == sheets && len(l.completed) > 0
	})
	return l
}

func (l *ledger) take(t *testing.T, e embedded.Event, final map[string]bool) {
	t.Helper()
	l.events++
	if !e.Verified || len(e.Missing) > 0 || !e.SameBodyAsFirst {
		t.Errorf("webhook %s (%s): verified %v %s, missing %v, same body %v", e.ID, e.Type, e.Verified, e.Problem, e.Missing, e.SameBodyAsFirst)
	}
	var body struct {
		Data exam.Result `json:"data"`
	}
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		t.Errorf("webhook %s: %v", e.ID, err)
	}
	if e.Type == "batch.completed" {
		l.completed[e.ID] = true
		return
	}
	l.highest[body.Data.Sheet] = max(l.highest[body.Data.Sheet], body.Data.Version)
	if body.Data.Final {
		final[body.Data.Sheet] = true
	}
}

func sinkOf(t *testing.T, envFile string) *embedded.Sink {
	t.Helper()
	env, err := godotenv.Read(envFile)
	if err != nil {
		t.Fatal(err)
	}
	return embedded.NewSink(env["HAKBEON_SINK_URL"])
}

// TestBoto3Example runs the documented script for backends in Python.
func TestBoto3Example(t *testing.T) {
	t.Parallel()
	command := inPython("submit_exam.py", "boto3").command(t)
	drawn, sheets, roster := drawExam(t, 7, synth.ExamSpec{Code: "BOTO_2032", Roster: 6, Sheets: 4, Broken: 1})
	envFile := local(t)
	start(t, "worker", "--env-file", envFile)
	env, err := godotenv.Read(envFile)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := runExample(t, command, env, drawn.Code, roster, sheets)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 5 || !strings.Contains(out, "1 failed") || !strings.Contains(out, "original/BOTO_2032/") {
		t.Errorf("the script printed:\n%s", out)
	}
}

// TestDemo is what a new user runs first.
func TestDemo(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	assets, err := synth.FindAssets()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := start(t, "demo", "--dir", dir, "--assets", assets)
	out, code := p.end(t, 4*time.Minute)
	if code != 0 || !strings.Contains(out, "demo passed") {
		t.Fatalf("demo ended with %d:\n%s\n%s", code, tail(out, 3000), tail(p.stderr.String(), 2000))
	}
	if _, err := os.Stat(filepath.Join(dir, "worker.log")); err != nil {
		t.Error(err)
	}
}
