package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
)

// accuracy reads and decides the collections asked for.
func accuracy(ctx context.Context, o options) error {
	assets, err := synth.LoadAssets("")
	if err != nil {
		return err
	}
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	for _, c := range collections() {
		if !slices.Contains(strings.Split(o.sets, ","), c.name) {
			continue
		}
		t, err := judge(ctx, o, reader, assets, c)
		if errors.Is(err, synth.ErrNoStrokes) {
			fmt.Fprintf(os.Stderr, "bench: SKIPPED the %s set: %v\n", c.name, err)
			fmt.Printf("**The %s set was left out: %v**\n\n", c.name, err)
			continue
		}
		if err != nil {
			return err
		}
		printAccuracy(os.Stdout, c, t)
	}
	return nil
}

// judge takes a collection's exams, as many at once as there are cores, each of
// which holds one page at a time.
func judge(ctx context.Context, o options, reader *recognizer.Reader, all *synth.Assets, c collection) (tally, error) {
	assets, err := c.assets(all, o.stroke)
	if err != nil {
		return nil, err
	}
	kept := newShelf(o.dir, reader.Model(), c)
	byExam := make([][]outcome, c.end(o))
	p := progress{of: len(byExam) - o.from, what: c.name, since: time.Now()}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := o.from; i < len(byExam); i++ {
		group.Go(func() error {
			d, err := c.exam(assets, i)
			if err != nil {
				return err
			}
			readings, old, err := kept.readings(ctx, reader, d)
			if err != nil {
				return err
			}
			if old {
				p.kept.Add(1)
			}
			byExam[i], err = outcomes(d, readings, o.params)
			p.step()
			return err
		})
	}
	err = group.Wait()
	return slices.Concat(byExam...), err
}

// progress says now and then how far a long run is.
type progress struct {
	done  atomic.Int64
	kept  atomic.Int64 // how many are read already
	of    int
	what  string
	since time.Time
}

func (p *progress) step() {
	n := p.done.Add(1)
	if n%10 == 0 || int(n) == p.of {
		fmt.Fprintf(os.Stderr, "%s: %d of %d exams after %v, %d with kept readings\n", p.what, n, p.of, time.Since(p.since).Round(time.Second), p.kept.Load())
	}
}
