package main_test

import (
	"archive/zip"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/joho/godotenv"

	"hakbeon/exam"
	"hakbeon/internal/awsclient"
	"hakbeon/lab/embedded"
	"hakbeon/lab/synth"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// TestResolveAndRematch: what a grader says by command changes the batch's end.
func TestResolveAndRematch(t *testing.T) {
	t.Parallel()
	drawn, sheets, roster := drawExam(t, 7, synth.ExamSpec{Code: "SAY_2032", Roster: 5, Sheets: 2})
	env := local(t)
	start(t, "worker", "--env-file", env)
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--batch-id", "b", "--wait")
	out, code := submit.end(t, 2*time.Minute)
	if code != 0 || !strings.Contains(out, "page      http://127.0.0.1:0/exams/SAY_2032 ") {
		t.Fatalf("submit ended with %d, want the page's address in:\n%s%s", code, out, submit.stderr.String())
	}
	summary := func() (sum exam.Summary) {
		if _, err := storeOf(t, env).Load(t.Context(), layout.Batch{ExamCode: drawn.Code, BatchID: "b"}.Summary(), &sum); err != nil {
			t.Fatal(err)
		}
		return sum
	}
	file := drawn.Sheets[0].File
	say := func(says string, code int, args ...string) {
		t.Helper()
		p := start(t, append(args, "--env-file", env)...)
		out, got := p.end(t, time.Minute)
		if said := out + p.stderr.String(); got != code || !strings.Contains(said, says) {
			t.Errorf("%v ended with %d, want %d and %q in:\n%s", args, got, code, says, said)
		}
	}
	say("no such file", 1, "resolve", drawn.Code, "b", "nobody.jpg", "--verdict", "undo")
	say("no such object", 1, "resolve", drawn.Code, "other", file, "--verdict", "undo")
	say("verdict: should be one of", 2, "resolve", drawn.Code, "b", file, "--verdict", "maybe")
	say("no such batch", 1, "rematch", drawn.Code, "other")
	say("on the queue", 0, "resolve", drawn.Code, "b", file, "--student", "T-99")
	await(t, time.Minute, "the end after the verdict", func() bool { return summary().Version == 2 })
	for _, line := range summary().Sheets {
		is := line.StudentID != nil && *line.StudentID == "T-99"
		if is != (filepath.Base(line.SheetKey) == file) {
			t.Errorf("%s is %+v", filepath.Base(line.SheetKey), line)
		}
	}
	say(`"type":"rematch"`, 0, "rematch", drawn.Code, "b", "--json")
	await(t, time.Minute, "the end after the rematch", func() bool { return summary().Version == 3 })
	to := filepath.Join(t.TempDir(), "papers.zip")
	say("no such batch", 1, "export", drawn.Code, "--batch", "other", "--to", to)
	say("has no batch", 1, "export", "OTHER_2032", "--to", to)
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(to), "*")); len(left) > 0 {
		t.Errorf("failures left %v, %v", left, err)
	}
	say("papers.zip (batch b, version ", 0, "export", drawn.Code, "--to", to, "--pdf", "--pattern", "{student_id}")
	z, err := zip.OpenReader(to)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) < 3 {
		t.Errorf("the ZIP has %d files", len(z.File))
	}
}

// storeOf is the bucket of an environment file's servers.
func storeOf(t *testing.T, env string) *s3store.Store {
	t.Helper()
	return s3store.New(s3Of(t, env))
}

// s3Of is a client of the S3 that the env file names, and its bucket.
func s3Of(t *testing.T, env string) (*s3.Client, string) {
	t.Helper()
	settings, err := godotenv.Read(env)
	mustDo(t, err)
	cfg, err := (&embedded.Stack{Env: settings}).AWSConfig(context.Background())
	mustDo(t, err)
	return awsclient.S3(cfg, nil), settings["S3_BUCKET"]
}
