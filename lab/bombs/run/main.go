// Command run has a worker, held to a gigabyte where this machine lets us, read small
// exams that have a bomb among their sheets, and measures what comes of them: whether
// each bomb gets a clear result in time, the sheets beside it their students, /livez its
// answers, and whether the kernel had to end anything for want of memory. The last line
// has the figures; the exit code is 0 only if all is well.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"hakbeon/lab/bombs"
	"hakbeon/lab/embedded"
	"hakbeon/lab/fleet"
)

type options struct {
	memory  int64 // MiB
	result  time.Duration
	probe   time.Duration
	first   time.Duration
	scan    time.Duration
	quick   bool
	folder  string
	verbose bool
}

func main() {
	var o options
	flag.Int64Var(&o.memory, "memory", 1024, "MiB that the worker and its decoder may have")
	flag.DurationVar(&o.result, "result", 30*time.Second, "how long a bomb's result may take")
	flag.DurationVar(&o.probe, "probe", time.Second, "how long /livez may take")
	flag.DurationVar(&o.first, "first", 3*time.Second, "how long the first PDF may take by HTTP")
	flag.DurationVar(&o.scan, "scan", 25*time.Millisecond, "processor time that a scanned page of a PDF may take; with -quick it is only told")
	flag.BoolVar(&o.quick, "quick", false, "two bombs of each kind")
	flag.StringVar(&o.folder, "folder", "", "a folder of more bombs")
	flag.BoolVar(&o.verbose, "v", false, "show the worker's log")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ok, err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bombs:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (ok bool, err error) {
	all, err := chosen(o)
	if err != nil {
		return false, err
	}
	f := figures{bombs: len(all)}
	program, err := fleet.Find()
	if err != nil {
		return false, err
	}
	if f.scan, err = scansCPU(program); err != nil {
		return false, err
	}
	s, err := newSite(ctx, o, program)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	f.held = s.cage.held()
	if f.first, err = s.firstPDF(ctx, s.address); err != nil {
		return false, err
	}
	for i, b := range all {
		if err := s.exam(ctx, &f, i, b); err != nil {
			return false, err
		}
	}
	if err := s.together(ctx, &f, all); err != nil {
		return false, err
	}
	if f.drain, err = s.drain(ctx); err != nil {
		return false, err
	}
	f.probe, f.probesFailed = s.probes.result()
	f.peak, f.killed = s.cage.peak(), s.cage.killed()
	fmt.Println(f.String())
	return f.ok(o), nil
}

// chosen are our bombs, and those of a folder.
func chosen(o options) ([]bombs.Bomb, error) {
	var all []bombs.Bomb
	for _, kind := range []func() []bombs.Bomb{bombs.PDF, bombs.HEIC, bombs.TIFF, bombs.PNG} {
		made := kind()
		if o.quick {
			made = made[:2]
		}
		all = append(all, made...)
	}
	if o.folder == "" {
		return all, nil
	}
	entries, err := os.ReadDir(o.folder)
	if err != nil {
		return nil, fmt.Errorf("look for bombs: %w", err)
	}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext == ".md" || ext == ".xlsx" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(o.folder, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read a bomb: %w", err)
		}
		all = append(all, bombs.Bomb{Name: e.Name(), Data: data})
	}
	return all, nil
}

// figures are what was measured.
type figures struct {
	scan          time.Duration // of processor a scanned page of a PDF, the decoder's start included
	first         time.Duration // the first PDF's answer by HTTP after a start
	bombs, failed int
	slow          time.Duration // the longest result of a bomb alone
	together      time.Duration // all of them in one exam
	strange       int           // answers to uploads meanwhile that are none of the API's
	wrong         int           // sheets beside a bomb that did not get their student
	probe         time.Duration // the longest answer of /livez
	probesFailed  int
	drain         time.Duration // of a worker amid a bomb
	held          bool
	peak          int64 // bytes
	killed        int
}

func (f figures) String() string {
	held := "held to its memory by a cgroup"
	if !f.held {
		held = "not held to any memory: no cgroup can be made here"
	}
	return fmt.Sprintf("scans: %.1f ms CPU a page (%d of a PDF, 200 dpi, CCITT, from a cold start); first rendered PDF by HTTP after %.2f s; "+
		"bombs: %d, %d failed with a reason and the others were read, slowest result %.1f s, all at once and %d large uploads %.1f s (%d answered wrongly), %d wrong sheets beside them, "+
		"/livez at most %d ms (%d without an answer), drained amid a bomb in %.1f s, %s, peak %d MiB, %d killed by the kernel",
		f.scan.Seconds()*1000, scanPages, f.first.Seconds(), f.bombs, f.failed, f.slow.Seconds(), 2*uploaders*uploadsEach, f.together.Seconds(), f.strange, f.wrong, f.probe.Milliseconds(), f.probesFailed, f.drain.Seconds(), held, f.peak>>20, f.killed)
}

// drainTime is DRAIN_TIMEOUT's default and what the end takes beside it.
const drainTime = 30 * time.Second

func (f figures) ok(o options) bool {
	return (o.quick || f.scan <= o.scan) && f.first <= o.first && f.slow <= o.result && f.wrong == 0 && f.strange == 0 && f.probe <= o.probe && f.probesFailed == 0 && f.killed == 0 && f.drain <= drainTime
}

// site is a stack with one worker.
type site struct {
	stack  *embedded.Stack
	cage   *cage
	worker *fleet.Process
	probes *probes

	address string // of the worker's HTTP side
	*backend
}

func newSite(ctx context.Context, o options, program string) (s *site, err error) {
	s = &site{}
	if s.stack, err = embedded.Start(ctx, embedded.Options{}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.cage, err = newCage(o.memory << 20); err != nil {
		return nil, err
	}
	if s.backend, err = newBackend(ctx, s.stack); err != nil {
		return nil, err
	}
	log := os.Stderr
	if !o.verbose {
		log = nil
	}
	start := fleet.Options{Binary: s.cage.wrap(program), Env: s.stack.Env}
	if log != nil {
		start.Log = log
	}
	start.Env["HTTP_ADDR"], start.Env["CACHE_DIRECTORY"] = "127.0.0.1:0", s.cage.folder
	if s.worker, err = fleet.Start(start); err != nil {
		return nil, err
	}
	if s.address, err = s.worker.HTTP(ctx); err != nil {
		return nil, err
	}
	s.probes = startProbes(s.address)
	return s, nil
}

func (s *site) close() error {
	var errs []error
	if s.probes != nil {
		s.probes.stop()
	}
	if s.worker != nil {
		errs = append(errs, s.worker.Kill())
	}
	if s.cage != nil {
		errs = append(errs, s.cage.remove())
	}
	return errors.Join(append(errs, s.stack.Stop())...)
}

// drain measures how long the worker takes to end while it decodes what does not.
func (s *site) drain(ctx context.Context) (time.Duration, error) {
	if err := s.begin(ctx, bombs.NestedForms(), bombs.Pattern()); err != nil {
		return 0, err
	}
	select {
	case <-time.After(2 * time.Second): // a sheet is taken in less
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	s.probes.stop()
	since := time.Now()
	err := s.worker.Stop(2 * drainTime)
	return time.Since(since), err
}
