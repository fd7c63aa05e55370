package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"hakbeon/lab/synth"
)

// order is what drawing is asked for on standard input: by who tries the worker,
// and by tests, for under the race detector drawing takes ten times as long.
type order struct {
	Seed uint64
	Spec synth.ExamSpec
}

// drawOrdered draws an exam into a folder: its sheets, under their own names, into
// sheets/, and its roster.xlsx.
func drawOrdered(in io.Reader, dir string) error {
	var o order
	if err := json.NewDecoder(in).Decode(&o); err != nil { //nolint:musttag // written by hand, with its own names
		return err
	}
	exam, err := synth.NewExam(o.Seed, o.Spec)
	if err != nil {
		return err
	}
	sheets := filepath.Join(dir, "sheets")
	if err := os.MkdirAll(sheets, 0o700); err != nil {
		return err
	}
	if err := unlessThere(filepath.Join(dir, "roster.xlsx"), exam.RosterXLSX); err != nil {
		return err
	}
	return drawExam(exam, func(s synth.ExamSheet) string { return filepath.Join(sheets, s.File) })
}

// drawExam puts the sheets into files, as many at once as there are cores.
// Files that are there stay.
func drawExam(exam *synth.Exam, path func(synth.ExamSheet) string) error {
	assets, err := synth.LoadAssets("")
	if err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, sheet := range exam.Sheets {
		group.Go(func() error {
			return unlessThere(path(sheet), func() ([]byte, error) { return exam.File(assets, i) })
		})
	}
	return group.Wait()
}

// unlessThere makes a file in one step.
func unlessThere(path string, content func() ([]byte, error)) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	body, err := content()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".part", body, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
