package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"sync"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/lab/embedded"
	"hakbeon/lab/fleet"
	"hakbeon/lab/load/pool"
	"hakbeon/s3store/layout"
)

// load is what came out.
type load struct {
	sheets, lost, wrong int
	done                int           // exams
	warm                time.Duration // until caches and pools were full
	seconds             float64
	p50, p99            float64
	slope               slope
	start, end          fleet.Usage // both while nothing is to do
}

const (
	// warmUp is the share of the exams in which pools and caches fill: those of a
	// worker hold about a thousand sheets, which are full after a third.
	warmUp = 0.5
	// enough is from how many sheets on a slope is held against the workers: before,
	// their caches are still filling.
	enough = 2000
	// leak is the growth, in bytes a sheet, that is held against them if even the
	// slope's lower bound says so. The heap's high-water mark creeps for long: asked
	// whether the slope is zero, a precise enough measurement always says no.
	leak = 1024
	// idle is how long nothing is done before goroutines and files are counted.
	idle = 3 * time.Second
)

// grown tells whether memory, goroutines or files are more at the end.
func (l *load) grown() bool {
	leaks := l.sheets >= enough && l.perSheet(l.slope.low) > leak
	return leaks || l.end.Goroutines > l.start.Goroutines*3/2 || l.end.Files > l.start.Files*3/2
}

// perSheet turns MiB an hour into bytes a sheet.
func (l *load) perSheet(slope float64) float64 {
	return slope * (1 << 20) / 3600 * l.seconds / float64(l.sheets)
}

// throughput has the workers do the exams.
func throughput(ctx context.Context, o options, p *pool.Pool) (_ *load, err error) {
	s, err := newSite(ctx, o.workers)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	l := &load{sheets: o.exams * o.sheets}
	// First exams, as many at a time as later, fill pools of connections: no growth.
	warm := o
	warm.exams = o.together
	if err := s.exams(ctx, warm, p, &load{}, "WARM-"); err != nil {
		return nil, err
	}
	if l.start, err = s.quiet(ctx); err != nil {
		return nil, err
	}
	measuring, stop := context.WithCancel(ctx)
	measured := make(chan error, 1)
	go func() { measured <- s.meter.run(measuring) }()
	s.meter.ages = nil
	began := time.Now()
	err = s.exams(ctx, o, p, l, "LOAD-")
	took := time.Since(began)
	stop()
	if err := errors.Join(err, <-measured); err != nil {
		return nil, err
	}
	l.seconds, l.p50, l.p99 = took.Seconds(), s.meter.age(0.5), s.meter.age(0.99)
	l.slope = s.meter.slope(l.warm)
	l.end, err = s.quiet(ctx)
	return l, err
}

func (s *site) quiet(ctx context.Context) (fleet.Usage, error) {
	select {
	case <-time.After(idle):
	case <-ctx.Done():
	}
	return s.meter.usage(ctx)
}

// exams does all exams, some at a time.
func (s *site) exams(ctx context.Context, o options, p *pool.Pool, l *load, codes string) error {
	free := make(chan struct{}, o.together)
	began := time.Now()
	var all sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	for i := range o.exams {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			lost, wrong, err := s.exam(ctx, p, codes+strconv.Itoa(i), i*37, o.sheets)
			mu.Lock()
			defer mu.Unlock()
			l.lost, l.wrong, errs = l.lost+lost, l.wrong+wrong, append(errs, err)
			if l.done++; l.done == int(float64(o.exams)*warmUp) {
				l.warm = time.Since(began)
			}
			if o.verbose {
				fmt.Fprintf(os.Stderr, "exam %s%d: lost %d, wrong %d, %v\n", codes, i, lost, wrong, err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// exam does one exam of sheets from the pool and counts those without a result and
// those that went to somebody else. Then its files are removed, as a lifecycle rule
// would: 10,000 pages with their copies are 25 GB.
func (s *site) exam(ctx context.Context, p *pool.Pool, code string, from, sheets int) (lost, wrong int, err error) {
	owner := map[string]string{}
	files := []submit.File{{Key: layout.RosterKey(code), Read: func() ([]byte, error) { return p.Roster, nil }}}
	var keys []string
	for n := range sheets {
		i := (from + n) % len(p.Files)
		key := submit.UploadKey(code, path.Base(p.Files[i]))
		keys, owner[key] = append(keys, key), p.Exam.Sheets[i].ID
		files = append(files, submit.File{Key: key, Read: func() ([]byte, error) { return os.ReadFile(p.Files[i]) }})
	}
	if err := s.client.Upload(ctx, files, func() {}); err != nil {
		return 0, 0, err
	}
	sum, err := s.submit(ctx, jobs.Recognize{ExamCode: code, BatchID: "one", Keys: keys})
	if err != nil {
		return 0, 0, err
	}
	for _, sheet := range sum.Sheets {
		if sheet.StudentID != nil && *sheet.StudentID != owner[sheet.SheetKey] {
			wrong++
		}
		if sheet.Status == exam.StatusFailed {
			lost++
		}
	}
	return lost + sheets - len(sum.Sheets), wrong, s.remove(ctx, code)
}

// submit puts an exam on the queue and waits for its end.
func (s *site) submit(ctx context.Context, job jobs.Recognize) (*exam.Summary, error) {
	b, err := s.client.Submit(ctx, job)
	if err != nil {
		return nil, err
	}
	return s.await(ctx, b)
}

// await asks the receiver and not S3, which must not be kept busy by us.
func (s *site) await(ctx context.Context, b layout.Batch) (*exam.Summary, error) {
	quoted := `"exam_code":"` + b.ExamCode + `"`
	_, err := s.stack.Sink().Await(ctx, 0, func(e embedded.Event) bool {
		return e.Type == "batch.completed" && contains(e.Body, quoted)
	})
	if err != nil {
		return nil, err
	}
	var sum exam.Summary
	_, err = s.client.Store.Load(ctx, b.Summary(), &sum)
	return &sum, err
}

func (s *site) remove(ctx context.Context, code string) error {
	var keys []string
	for _, kind := range []string{"uploads/", "original/", "header/"} {
		for info, err := range s.client.Store.List(ctx, kind+code+"/") {
			if err != nil {
				return err
			}
			keys = append(keys, info.Key)
		}
	}
	return s.client.Store.Delete(ctx, keys...)
}
