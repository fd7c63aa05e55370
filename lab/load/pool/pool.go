// Package pool keeps different whole pages, as a scanner saves them, on disk: what many
// exams' sheets are taken from.
package pool

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"hakbeon/lab/synth"
)

// Pool is the pages, of 2257x3125 pixels, of one invented exam.
type Pool struct {
	Exam   *synth.Exam
	Files  []string // of its sheets
	Roster []byte   // its workbook
	// Dir is where the pages lie, and what is made of them may.
	Dir string
}

// Seed is the pool's exam's, and may be of others that go with it.
const Seed = 4

// New draws the pages into a folder of dir, unless they are there.
func New(images int, dir string) (*Pool, error) {
	exam, err := synth.NewExam(Seed, synth.ExamSpec{Code: "POOL", Roster: images + images/10, Sheets: images})
	if err != nil {
		return nil, fmt.Errorf("invent the pool: %w", err)
	}
	dir = filepath.Join(dir, fmt.Sprintf("load-%d-%d", images, synth.Version))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	p := &Pool{Exam: exam, Dir: dir}
	if p.Roster, err = exam.RosterXLSX(); err != nil {
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
		p.Files = append(p.Files, path)
		group.Go(func() error { return p.draw(assets, i, path) })
	}
	return p, group.Wait()
}

func (p *Pool) draw(assets *synth.Assets, i int, path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	body, err := p.Exam.File(assets, i)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".part", body, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
