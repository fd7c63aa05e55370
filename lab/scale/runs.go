package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/lab/load/pool"
	"hakbeon/s3store/layout"
)

// measured is what a run of one batch came to.
type measured struct {
	tally

	workers, sheets int
	reading         time.Duration // from submit to the last reading
	toSummary       time.Duration // from the last reading
	toCompleted     time.Duration
	readingCPU      time.Duration // of all workers
	endCPU          time.Duration
	s3Reading       int // calls
	s3End           int
	sqs             int
	peak            []int64 // bytes, of each worker
	alone, beside   time.Duration
}

func (m *measured) fine(o options) bool {
	return m.lost == 0 && m.wrong == 0 && m.toCompleted <= o.end && slices.Max(m.peak) <= int64(o.memory)<<20
}

// oneBatch measures a batch of so many sheets, and a small one alone and beside it.
func oneBatch(ctx context.Context, o options, p *pool.Pool, workers, sheets int) (_ *measured, err error) {
	extra := sheets / 20
	s, err := newSite(ctx, o, p, workers, sheets+extra+3*o.small)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	var laid [4]sitting
	first := sheets + extra
	for i, e := range []struct {
		code     string
		from, to int
	}{
		{"BIG", 0, sheets}, {"FIRST", first, first + o.small}, {"ALONE", first + o.small, first + 2*o.small}, {"BESIDE", first + 2*o.small, first + 3*o.small},
	} {
		if err := s.roster(ctx, e.code, e.from, e.to); err != nil {
			return nil, err
		}
		if laid[i], err = s.lay(ctx, e.code, "one", e.from, e.to); err != nil {
			return nil, err
		}
	}
	m := &measured{workers: workers, sheets: sheets}
	if _, err := s.timed(ctx, laid[1]); err != nil { // fills pools of connections
		return nil, err
	}
	if m.alone, err = s.timed(ctx, laid[2]); err != nil {
		return nil, err
	}
	return m, s.big(ctx, m, laid[0], laid[3])
}

// big does the batch, with the small one beside it once a tenth is read.
func (s *site) big(ctx context.Context, m *measured, big, small sitting) error {
	began, cpu := time.Now(), s.cpu()
	calls := s.ledger.counted()
	b, at, err := s.submit(ctx, big)
	if err != nil {
		return err
	}
	if err := s.until(ctx, at, m.sheets/10); err != nil {
		return err
	}
	if m.beside, err = s.timed(ctx, small); err != nil {
		return err
	}
	if err := s.wait(ctx, at.whole); err != nil {
		return err
	}
	read := s.cpu()
	m.readingCPU = read - cpu
	stop := s.profile(ctx, m.sheets)
	if err := s.wait(ctx, at.ended); err != nil {
		return err
	}
	stop()
	m.endCPU = s.cpu() - read
	after := s.ledger.counted()
	m.reading, m.toSummary, m.toCompleted = at.read.Sub(began), at.summary.Sub(at.read), at.told.Sub(at.read)
	m.s3Reading, m.s3End, m.sqs = sum(calls, at.calls, false), sum(at.calls, after, false), sum(calls, after, true)
	for _, w := range s.workers {
		peak, err := w.Peak()
		if err != nil {
			return err
		}
		m.peak = append(m.peak, peak)
	}
	if s.o.verbose {
		printCalls(os.Stderr, calls, at.calls, after)
		fmt.Fprintf(os.Stderr, "%d events of sheets until then\n", s.receiver.sheets())
	}
	m.tally, err = s.judge(ctx, b, big)
	return err
}

// until waits until so many sheets of the batch are read.
func (s *site) until(ctx context.Context, at *course, results int) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		s.ledger.mu.Lock()
		n := at.results
		s.ledger.mu.Unlock()
		if n >= results {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// cpu is what the workers have used together.
func (s *site) cpu() (total time.Duration) {
	for _, w := range s.workers {
		used, err := w.CPU()
		if err == nil { // else it has ended, which wait says
			total += used
		}
	}
	return total
}

// profile takes profiles of the stub's workers while a batch ends, until the function it
// returns is called.
func (s *site) profile(ctx context.Context, sheets int) (stop func()) {
	if s.o.profile == "" || s.o.reader != "stub" {
		return func() {}
	}
	var group errgroup.Group
	for i, w := range s.workers {
		group.Go(func() error {
			address, err := w.HTTP(ctx)
			if err != nil {
				return err
			}
			const seconds = 15
			return fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", address, seconds),
				s.o.profile+"-"+strconv.Itoa(sheets)+"-"+strconv.Itoa(i)+".pprof")
		})
	}
	return func() {
		if err := group.Wait(); err != nil {
			fmt.Fprintln(os.Stderr, "scale: profile:", err)
		}
	}
}

func fetch(ctx context.Context, url, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o600)
}

// many is what a run of many batches at once came to.
type many struct {
	tally

	workers, batches, each int
	took                   time.Duration
	p50, p99               time.Duration // from a batch's last reading to its batch.completed
	cpu                    time.Duration
	s3, sqs                int
	peak                   []int64
}

// manyBatches measures many small batches, submitted as fast as can be.
func manyBatches(ctx context.Context, o options, p *pool.Pool, workers int) (_ *many, err error) {
	m := &many{workers: workers, batches: o.batches, each: o.each}
	s, err := newSite(ctx, o, p, workers, o.batches*o.each)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	laid, err := s.layMany(ctx)
	if err != nil {
		return nil, err
	}
	began, cpu, calls := time.Now(), s.cpu(), s.ledger.counted()
	courses := make([]*course, len(laid))
	of := make([]layout.Batch, len(laid))
	for i, e := range laid {
		if of[i], courses[i], err = s.submit(ctx, e); err != nil {
			return nil, err
		}
	}
	var ends []time.Duration
	for _, c := range courses {
		if err := s.wait(ctx, c.ended); err != nil {
			return nil, err
		}
		ends = append(ends, c.told.Sub(c.read))
		m.took = max(m.took, c.told.Sub(began))
	}
	after := s.ledger.counted()
	m.cpu, m.s3, m.sqs = s.cpu()-cpu, sum(calls, after, false), sum(calls, after, true)
	slices.Sort(ends)
	m.p50, m.p99 = ends[len(ends)/2], ends[len(ends)*99/100]
	for _, w := range s.workers {
		peak, err := w.Peak()
		if err != nil {
			return nil, err
		}
		m.peak = append(m.peak, peak)
	}
	if o.verbose {
		printCalls(os.Stderr, calls, after, after)
	}
	for i, e := range laid {
		t, err := s.judge(ctx, of[i], e)
		if err != nil {
			return nil, err
		}
		m.lost, m.wrong, m.review = m.lost+t.lost, m.wrong+t.wrong, m.review+t.review
	}
	return m, nil
}

// layMany uploads the small batches: of an exam each, or of one.
func (s *site) layMany(ctx context.Context) ([]sitting, error) {
	laid := make([]sitting, s.o.batches)
	for i := range laid {
		code, from := "EXAM-"+strconv.Itoa(i), i*s.o.each
		to := from + s.o.each
		if s.o.oneExam {
			code = "EXAM"
		}
		var err error
		if s.o.oneExam && i == 0 {
			err = s.roster(ctx, code, 0, len(s.people))
		} else if !s.o.oneExam {
			err = s.roster(ctx, code, from, to)
		}
		if err != nil {
			return nil, err
		}
		if laid[i], err = s.lay(ctx, code, "b"+strconv.Itoa(i), from, to); err != nil {
			return nil, err
		}
	}
	return laid, nil
}
