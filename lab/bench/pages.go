package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"hakbeon/lab/synth"
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
	path := func(s synth.ExamSheet) string { return filepath.Join(dir, s.File) }
	for i, sheet := range exam.Sheets {
		p.files[i] = path(sheet)
	}
	err = drawExam(exam, path)
	fmt.Fprintf(os.Stderr, "pages drawn after %v\n", time.Since(since).Round(time.Second))
	return p, err
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
