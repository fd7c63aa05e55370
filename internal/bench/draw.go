package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"golang.org/x/sync/errgroup"

	"hakbeon/internal/synth"
)

// order is what drawing is asked for on standard input. A test under the race
// detector has its sheets drawn this way: itself it takes ten times as long.
type order struct {
	Seed uint64
	Spec synth.ExamSpec
}

// drawOrdered draws an exam's sheets into a folder, under their own names.
func drawOrdered(in io.Reader, dir string) error {
	var o order
	if err := json.NewDecoder(in).Decode(&o); err != nil { //nolint:musttag // written by our own tests, with its own names
		return err
	}
	exam, err := synth.NewExam(o.Seed, o.Spec)
	if err != nil {
		return err
	}
	return drawExam(exam, func(s synth.ExamSheet) string { return filepath.Join(dir, s.File) })
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
			if _, err := os.Stat(path(sheet)); err == nil {
				return nil
			}
			body, err := exam.File(assets, i)
			if err != nil {
				return err
			}
			return os.WriteFile(path(sheet), body, 0o600)
		})
	}
	return group.Wait()
}

// name is what a kept sheet of the benchmark is called.
func (o options) name(s synth.ExamSheet) string {
	return filepath.Join(o.dir, strconv.FormatUint(o.seed, 10)+"-"+strconv.Itoa(o.sheets)+"-"+s.File)
}
