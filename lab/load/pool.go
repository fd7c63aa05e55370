package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"hakbeon/lab/synth"
)

// pool is what the exams' sheets are taken from: different whole pages as a scanner
// saves them, 2257x3125 pixels.
type pool struct {
	exam   *synth.Exam
	files  []string // of its sheets
	roster []byte
}

const poolSeed = 4

// newPool draws the pages into a folder, unless they are there.
func newPool(images int, dir string) (*pool, error) {
	exam, err := synth.NewExam(poolSeed, synth.ExamSpec{Code: "POOL", Roster: images + images/10, Sheets: images})
	if err != nil {
		return nil, fmt.Errorf("invent the pool: %w", err)
	}
	dir = filepath.Join(dir, fmt.Sprintf("load-%d-%d", images, synth.Version))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	p := &pool{exam: exam}
	if p.roster, err = exam.RosterXLSX(); err != nil {
		return nil, err
	}
	assets, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range exam.Sheets {
		path := filepath.Join(dir, s.File)
		p.files = append(p.files, path)
		group.Go(func() error { return p.draw(assets, i, path) })
	}
	return p, group.Wait()
}

func (p *pool) draw(assets *synth.Assets, i int, path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	body, err := p.exam.File(assets, i)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".part", body, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
