// Command load puts many exams of whole pages through worker processes on the embedded
// servers, and measures throughput, how long sheets wait on the queue, and whether
// memory, goroutines or open files grow. It also measures how much a large exam delays
// a small one. The last line has the figures; the exit code is 0 only if every sheet
// has its result, none went to a wrong student, nothing grew, and the small exam was
// not delayed for long.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"time"

	"hakbeon/internal/submit"
	"hakbeon/lab/embedded"
	"hakbeon/lab/faultproxy"
	"hakbeon/lab/fleet"
	"hakbeon/lab/load/pool"
)

type options struct {
	exams, sheets int // sheets of each exam
	images        int
	workers       int
	together      int // exams on the queue at a time
	big, small    int // sheets of the exams that are compared
	delayed       time.Duration
	dir           string
	verbose       bool
}

const (
	drainTimeout = 40 * time.Second
	busyFactor   = 6
)

func main() {
	var o options
	flag.IntVar(&o.exams, "exams", 100, "exams")
	flag.IntVar(&o.sheets, "sheets", 100, "sheets of each")
	flag.IntVar(&o.images, "images", 200, "different pages that they are taken from, at least -sheets")
	flag.IntVar(&o.workers, "workers", 2, "worker processes")
	flag.IntVar(&o.together, "together", 4, "exams on the queue at a time")
	flag.IntVar(&o.big, "big", 5000, "sheets of a large exam beside which a small one is done; 0: not measured")
	flag.IntVar(&o.small, "small", 10, "sheets of the small one")
	flag.DurationVar(&o.delayed, "delayed", 10*time.Second, "how long the small one may be delayed")
	flag.StringVar(&o.dir, "dir", "bench", "where the pages are kept")
	flag.BoolVar(&o.verbose, "v", false, "say what happens")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ok, err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (bool, error) {
	if o.sheets > o.images || min(o.exams, o.sheets, o.workers, o.together, o.small) < 1 {
		return false, errors.New("every number should be at least 1, and -images at least -sheets")
	}
	p, err := pool.New(o.images, o.dir)
	if err != nil {
		return false, err
	}
	f, fairErr := fairness(ctx, o)
	l, loadErr := throughput(ctx, o, p)
	if err := errors.Join(fairErr, loadErr); err != nil {
		return false, err
	}
	grown := l.grown()
	// A machine that is busy with other things takes several times as long for both.
	slow := o.big > 0 && f.beside-f.alone > o.delayed && f.beside > busyFactor*f.alone
	fmt.Printf("sheets=%d exams=%d images=%d workers=%d seconds=%.0f sheets_per_second=%.2f queue_age_p50_s=%.1f queue_age_p99_s=%.1f "+
		"rss_mib=%.0f rss_slope_mib_per_hour=%.1f rss_slope_low=%.1f rss_slope_high=%.1f rss_bytes_per_sheet=%.0f rss_bytes_per_sheet_low=%.0f goroutines_start=%d goroutines_end=%d files_start=%d files_end=%d "+
		"lost=%d wrong=%d small_alone_s=%.1f small_beside_big_s=%.1f grown=%t\n",
		l.sheets, o.exams, o.images, o.workers, l.seconds, float64(l.sheets)/l.seconds, l.p50, l.p99,
		float64(l.end.Resident)/(1<<20), l.slope.mean, l.slope.low, l.slope.high, l.perSheet(l.slope.mean), l.perSheet(l.slope.low), l.start.Goroutines, l.end.Goroutines, l.start.Files, l.end.Files,
		l.lost, l.wrong, f.alone.Seconds(), f.beside.Seconds(), grown)
	return l.lost == 0 && l.wrong == 0 && !grown && !slow, nil
}

// site is the embedded servers with workers.
type site struct {
	stack   *embedded.Stack
	client  *submit.Client
	proxy   *faultproxy.Proxy // before SQS
	workers []*fleet.Process
	meter   *meter
}

func newSite(ctx context.Context, workers int) (_ *site, err error) {
	s := &site{meter: &meter{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.stack, err = embedded.Start(ctx, embedded.Options{}); err != nil {
		return nil, err
	}
	if s.client, err = fleet.Client(ctx, s.stack); err != nil {
		return nil, err
	}
	s.proxy, err = faultproxy.Start(faultproxy.Options{Target: s.stack.Env["AWS_ENDPOINT_URL_SQS"], Answered: s.meter.answered})
	if err != nil {
		return nil, err
	}
	env := map[string]string{}
	maps.Copy(env, s.stack.Env)
	env["AWS_ENDPOINT_URL_SQS"] = s.proxy.URL()
	env["LOG_LEVEL"] = "info" // it tells the address of /metrics
	for range workers {
		w, err := fleet.Start(fleet.Options{Env: env, Log: io.Discard})
		if err != nil {
			return nil, err
		}
		s.workers = append(s.workers, w)
	}
	s.meter.workers = s.workers
	return s, nil
}

// close drains the workers and stops the servers.
func (s *site) close() error {
	var errs []error
	for _, w := range s.workers {
		errs = append(errs, w.Stop(drainTimeout))
	}
	if s.proxy != nil {
		s.proxy.Close()
	}
	if s.stack != nil {
		errs = append(errs, s.stack.Stop())
	}
	return errors.Join(errs...)
}
