package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sync/errgroup"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// robustness reads the same whole pages in each state and prints what is accepted.
func robustness(ctx context.Context, o options) error {
	pages, err := robustPages(o)
	if err != nil {
		return err
	}
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	byState := make([][]verdict, len(states()))
	for i := range byState {
		byState[i] = make([]verdict, len(pages))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range pages {
		group.Go(func() error {
			return p.judge(ctx, reader, o.params, func(state int, v verdict) { byState[state][i] = v })
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	printRobustness(byState)
	return nil
}

// robustPage is a student's sheet of one of the benchmark's exams.
type robustPage struct {
	exam   *drawing
	at     int // of the sheet in the exam
	roster *roster.Roster
}

// robustPages are students' sheets of the real hands, spread over exams; of the
// standard set where there are no real strokes.
func robustPages(o options) ([]robustPage, error) {
	all, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	c := collectionNamed("hands")
	assets, err := c.assets(all, o.stroke)
	if errors.Is(err, synth.ErrNoStrokes) {
		fmt.Fprintln(os.Stderr, "bench: SKIPPED real hands, invented ones stand in:", err)
		c = standardCollection()
		assets, err = c.assets(all, o.stroke)
	}
	if err != nil {
		return nil, err
	}
	fmt.Printf("### Robustness: %d whole pages of the %s set, each in all states\n\n", o.robust, c.name)
	var out []robustPage
	for exam := 0; len(out) < o.robust; exam++ {
		d, err := c.exam(assets, exam)
		if err != nil {
			return nil, err
		}
		students, err := d.roster()
		if err != nil {
			return nil, err
		}
		taken := 0
		for at, k := range kindsOf(d.Exam) {
			if k == student && taken < robustOfExam && len(out) < o.robust {
				out, taken = append(out, robustPage{d, at, students}), taken+1
			}
		}
	}
	return out, nil
}

// robustOfExam is how many pages are taken from an exam, so that many forms, sizes
// and fields are among them.
const robustOfExam = 5

// judge draws the page, and reads and decides it in each state.
func (p robustPage) judge(ctx context.Context, reader *recognizer.Reader, params recognizer.Params, note func(state int, v verdict)) error {
	drawn, err := p.exam.assets.Sheet(p.exam.Sheets[p.at].Seed, p.exam.Spec(p.at))
	if err != nil {
		return err
	}
	for i, s := range states() {
		page, err := s.apply(drawn.Image)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		rd, err := reader.Read(ctx, page)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		note(i, newVerdict(recognizer.Decide(rd, p.roster, params), p.exam.Sheets[p.at].ID))
	}
	return nil
}

func printRobustness(byState [][]verdict) {
	fmt.Print("| page | first candidate right | accepted | wrong | accepted as drawn, but not so |\n|---|---|---|---|---|\n")
	for i, s := range states() {
		var first, accepted, wrong, lost int
		for k, v := range byState[i] {
			first, accepted, wrong = first+count(v.first), accepted+count(v.accepted), wrong+count(v.wrong)
			lost += count(byState[0][k].accepted && !v.accepted)
		}
		n := len(byState[i])
		fmt.Printf("| %s | %s | %s | %d | %d |\n", s.name, share{first, n}, share{accepted, n}, wrong, lost)
	}
	fmt.Println()
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
