package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/internal/synth"
	"hakbeon/recognizer/roster"
)

// pages is an exam as a scanner's files: whole pages of 2257x3125 pixels.
type pages struct {
	exam  *synth.Exam
	files []string
}

// pagesSeed is the seed of the pages' exam.
const pagesSeed = 1

// drawPages puts whole pages into files of the folder, unless they are there. Their
// roster has near neighbours, and a twentieth of the sheets are strangers'.
func drawPages(o options) (*pages, error) {
	assets, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	exam, err := synth.NewExam(pagesSeed, synth.ExamSpec{
		Code: "BENCH_2032", Roster: o.files*11/10 + 1, Sheets: o.files, Strangers: o.files / 20, NearNeighbours: true,
	})
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(o.dir, fmt.Sprintf("pages-%d-%d", o.files, synth.Version))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	p := &pages{exam: exam, files: make([]string, len(exam.Sheets))}
	since := time.Now()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, sheet := range exam.Sheets {
		p.files[i] = filepath.Join(dir, sheet.File)
		group.Go(func() error {
			return unlessThere(p.files[i], func() ([]byte, error) { return exam.File(assets, i) })
		})
	}
	err = group.Wait()
	fmt.Fprintf(os.Stderr, "pages drawn after %v\n", time.Since(since).Round(time.Second))
	return p, err
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

func (p *pages) roster() (*roster.Roster, error) {
	ids := make([]string, len(p.exam.Roster))
	for i, s := range p.exam.Roster {
		ids[i] = s.ID
	}
	return roster.New(ids...)
}

// megabytes is the mean size of a file.
func (p *pages) megabytes() float64 {
	var total int64
	for _, f := range p.files {
		if info, err := os.Stat(f); err == nil {
			total += info.Size()
		}
	}
	return float64(total) / float64(len(p.files)) / 1e6
}
