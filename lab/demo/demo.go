// Package demo runs a small exam from end to end on the embedded servers and
// checks what came of it.
package demo

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/lab/embedded"
	"hakbeon/lab/synth"
	"hakbeon/s3store/layout"
)

// Spec is the demo's exam: 24 sheets, 30 students. Among the sheets are one of a
// stranger, one handed in twice, one blank page and one broken file.
func Spec() synth.ExamSpec {
	return synth.ExamSpec{Code: "DEMO_2032_Final", Roster: 30, Sheets: 24, Strangers: 1, Duplicates: 1, Blanks: 1, Broken: 1}
}

const (
	seed      = 20320614
	endWithin = 5 * time.Minute
	// settleWithin is how long the last webhooks may take after the batch's end.
	settleWithin = 30 * time.Second
)

// Demo is what a run needs.
type Demo struct {
	Client *submit.Client
	Sink   *embedded.Sink
	Assets *synth.Assets
	Out    io.Writer
	// Dir is where the drawn sheets and the roster are left as files, too.
	Dir string
	// Progress is called with what is going on and how far it has come.
	Progress func(what string, done, total int)
}

// Run draws the exam, submits it, shows what comes, and fails if anything is not
// as it should be.
func (d *Demo) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, endWithin)
	defer cancel()
	exam, err := synth.NewExam(seed, Spec())
	if err != nil {
		return fmt.Errorf("invent the exam: %w", err)
	}
	keys, err := d.upload(ctx, exam)
	if err != nil {
		return err
	}
	batch, err := d.Client.Submit(ctx, jobs.Recognize{ExamCode: exam.Code, Keys: keys, BatchID: "demo-" + time.Now().UTC().Format("20060102-150405")})
	if err != nil {
		return err
	}
	d.sayf("submitted %d sheets of %s as batch %s\n", len(keys), exam.Code, batch.BatchID)
	hooks := &hooks{d: d, total: len(keys), seen: map[string]bool{}, latest: map[string]int{}}
	if err := hooks.follow(ctx); err != nil {
		return err
	}
	sum, err := d.Client.Wait(ctx, batch, func(submit.Progress) {})
	if err != nil {
		return err
	}
	rows, err := d.collect(ctx, exam, batch)
	if err != nil {
		return err
	}
	if err := d.show(exam, rows, sum); err != nil {
		return err
	}
	return verify(rows, sum, hooks)
}

func (d *Demo) sayf(format string, args ...any) { fmt.Fprintf(d.Out, format, args...) }

const sheetsDir = "sheets"

// keep has what is read left in a file of the demo's folder, to be tried again by
// hand.
func (d *Demo) keep(name string, read func() ([]byte, error)) func() ([]byte, error) {
	return func() ([]byte, error) {
		data, err := read()
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(d.Dir, name), data, 0o600); err != nil {
			return nil, fmt.Errorf("leave %s as a file: %w", name, err)
		}
		return data, nil
	}
}

// upload draws the sheets, a few at a time, and puts them and the roster into S3.
func (d *Demo) upload(ctx context.Context, exam *synth.Exam) ([]string, error) {
	if err := os.MkdirAll(filepath.Join(d.Dir, sheetsDir), 0o750); err != nil {
		return nil, fmt.Errorf("make a place for the sheets: %w", err)
	}
	files := []submit.File{{Key: layout.RosterKey(exam.Code), Read: d.keep("roster.xlsx", exam.RosterXLSX)}}
	var keys []string
	for i, sheet := range exam.Sheets {
		key := submit.UploadKey(exam.Code, sheet.File)
		keys = append(keys, key)
		files = append(files, submit.File{Key: key, Read: d.keep(filepath.Join(sheetsDir, sheet.File), func() ([]byte, error) { return exam.File(d.Assets, i) })})
	}
	done := 0
	err := d.Client.Upload(ctx, files, serial(func() {
		done++
		d.Progress("drawing and uploading", done, len(files))
	}))
	return keys, err
}

// row is one sheet: what was written and what was read.
type row struct {
	sheet  synth.ExamSheet
	result *exam.Sheet
}

func (d *Demo) collect(ctx context.Context, drawn *synth.Exam, b layout.Batch) ([]row, error) {
	rows := make([]row, len(drawn.Sheets))
	for i, sheet := range drawn.Sheets {
		id := jobs.SheetID(b.ExamCode, b.BatchID, submit.UploadKey(drawn.Code, sheet.File), 1)
		rows[i] = row{sheet: sheet, result: new(exam.Sheet)}
		if _, err := d.Client.Store.Load(ctx, b.Result(id), rows[i].result); err != nil {
			return nil, fmt.Errorf("result of %s: %w", sheet.File, err)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return compare(a.sheet.File, b.sheet.File) })
	return rows, nil
}
