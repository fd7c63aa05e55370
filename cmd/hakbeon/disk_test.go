package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/lab/synth"
)

// TestFullDisk has a worker do an exam when no byte of its log can be written, and
// there is no place for temporary files.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("SKIPPED, no full disk to try: %v", err)
	}
	defer full.Close()
	drawn, sheets, roster := drawExam(t, 77, synth.ExamSpec{Code: "FULL_2032", Roster: 12, Absent: 4})
	env := local(t)
	worker := exec.CommandContext(t.Context(), binary(t), "worker", "--env-file", env)
	worker.Stdout, worker.Stderr, worker.Dir = full, full, t.TempDir()
	worker.Env = append(bareEnv(), "HTTP_ADDR=127.0.0.1:0", "TMPDIR=/nonexistent", "LOG_LEVEL=debug")
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--wait", "--json")
	out, code := submit.end(t, 2*time.Minute)
	var sum exam.Summary
	if err := json.Unmarshal([]byte(out), &sum); code != 0 || err != nil {
		t.Fatalf("submit ended with %d, printed %q: %v", code, out, err)
	}
	if sum.Total != len(drawn.Sheets) || sum.Failed != 0 {
		t.Errorf("got %d of %d sheets, %d failed", sum.Total, len(drawn.Sheets), sum.Failed)
	}
	checkNobodyWrong(t, drawn, sum)
	if err := worker.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := worker.Wait(); err != nil {
		t.Errorf("the worker did not end well: %v", err)
	}
}
