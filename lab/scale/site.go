package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/lab/embedded"
	"hakbeon/lab/faultproxy"
	"hakbeon/lab/fleet"
	"hakbeon/lab/load/pool"
	"hakbeon/lab/synth"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// site is the embedded servers with workers, seen through proxies that count.
type site struct {
	o        options
	pool     *pool.Pool
	people   []synth.Person
	stack    *embedded.Stack
	client   *submit.Client
	proxies  []*faultproxy.Proxy
	ledger   *ledger
	receiver *receiver
	workers  []*fleet.Process
}

func absolute(dir string) (string, error) { return filepath.Abs(dir) }

// newSite starts the servers and workers for so many students in all.
func newSite(ctx context.Context, o options, p *pool.Pool, workers, people int) (_ *site, err error) {
	s := &site{o: o, pool: p, ledger: newLedger()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.people, err = newPeople(people, o.near); err != nil {
		return nil, err
	}
	if s.stack, err = embedded.Start(ctx, embedded.Options{}); err != nil {
		return nil, err
	}
	if s.client, err = fleet.Client(ctx, s.stack); err != nil {
		return nil, err
	}
	if s.receiver, err = startReceiver(ctx, s.ledger.completed); err != nil {
		return nil, err
	}
	env, err := s.environment()
	if err != nil {
		return nil, err
	}
	options := fleet.Options{Env: env, Log: io.Discard}
	if o.verbose {
		options.Log = os.Stderr
	}
	if o.reader == "stub" {
		if options.Binary, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
	}
	for range workers {
		w, err := fleet.Start(options)
		if err != nil {
			return nil, err
		}
		s.workers = append(s.workers, w)
		if _, err := w.HTTP(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// environment is the workers': their calls go through the proxies, their webhooks to us.
func (s *site) environment() (map[string]string, error) {
	env := map[string]string{}
	maps.Copy(env, s.stack.Env)
	for name, answered := range map[string]func(context.Context, *faultproxy.Call, *faultproxy.Answer) faultproxy.Fault{
		"AWS_ENDPOINT_URL_S3": s.ledger.s3, "AWS_ENDPOINT_URL_SQS": s.ledger.sqs,
	} {
		proxy, err := faultproxy.Start(faultproxy.Options{Target: s.stack.Env[name], Answered: answered})
		if err != nil {
			return nil, err
		}
		s.proxies = append(s.proxies, proxy)
		env[name] = proxy.URL()
	}
	env["WEBHOOK_URL"], env["WEBHOOK_ALLOWED_HOSTS"] = s.receiver.url, "127.0.0.1"
	env["LOG_LEVEL"] = "info"
	env[envPages], env[envDir], env[envPeople] = strconv.Itoa(s.o.images), s.o.dir, strconv.Itoa(len(s.people))
	env[envNear] = strconv.FormatBool(s.o.near)
	return env, nil
}

// close kills the workers, whose work is done, and stops the servers.
func (s *site) close() error {
	var errs []error
	for _, w := range s.workers {
		errs = append(errs, w.Kill())
	}
	for _, p := range s.proxies {
		p.Close()
	}
	if s.receiver != nil {
		errs = append(errs, s.receiver.close())
	}
	if s.stack != nil {
		errs = append(errs, s.stack.Stop())
	}
	return errors.Join(errs...)
}

// exam is one that was uploaded and may be submitted.
type sitting struct {
	job  jobs.Recognize
	from int // its first sheet's number
	// known says whose each sheet is; of drawn pages it is the pool's.
	owner func(n int) string
}

// roster uploads the roster of the students from..to, and a twentieth more who are absent.
func (s *site) roster(ctx context.Context, code string, from, to int) error {
	book := s.pool.Roster
	if s.o.reader == "stub" {
		e := synth.Exam{Title: code, Roster: s.people[from:min(to+(to-from)/20, len(s.people))]}
		var err error
		if book, err = e.RosterXLSX(); err != nil {
			return err
		}
	}
	return s.client.Store.Put(ctx, layout.RosterKey(code), book, s3store.TypeXLSX)
}

// lay uploads the sheets from..to of an exam.
func (s *site) lay(ctx context.Context, code, batch string, from, to int) (sitting, error) {
	out := sitting{job: jobs.Recognize{ExamCode: code, BatchID: batch}, from: from, owner: s.ownerOf}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for n := from; n < to; n++ {
		key := submit.UploadKey(code, fmt.Sprintf("%s-%05d.%s", batch, n, s.ending()))
		out.job.Keys = append(out.job.Keys, key)
		group.Go(func() error {
			body, err := s.picture(n)
			if err != nil {
				return err
			}
			return s.client.Store.Put(ctx, key, body, s3store.TypeBinary)
		})
	}
	return out, group.Wait()
}

func (s *site) ending() string {
	if s.o.reader == "stub" {
		return "png"
	}
	return "jpg"
}

func (s *site) picture(n int) ([]byte, error) {
	if s.o.reader == "stub" {
		return stamp(n)
	}
	return os.ReadFile(s.pool.Files[n%len(s.pool.Files)])
}

func (s *site) ownerOf(n int) string {
	if s.o.reader == "stub" {
		return s.people[n].ID
	}
	return s.pool.Exam.Sheets[n%len(s.pool.Exam.Sheets)].ID
}

// submit puts the exam on the queue.
func (s *site) submit(ctx context.Context, e sitting) (layout.Batch, *course, error) {
	b := layout.Batch{ExamCode: e.job.ExamCode, BatchID: e.job.BatchID}
	at := s.ledger.expect(b, len(e.job.Keys))
	_, err := s.client.Submit(ctx, e.job)
	return b, at, err
}

// timed does an exam and says how long it took from submit to batch.completed.
func (s *site) timed(ctx context.Context, e sitting) (time.Duration, error) {
	began := time.Now()
	_, at, err := s.submit(ctx, e)
	if err != nil {
		return 0, err
	}
	if err := s.wait(ctx, at.ended); err != nil {
		return 0, err
	}
	return time.Since(began), nil
}

// wait waits for what is to come, unless a worker ends.
func (s *site) wait(ctx context.Context, what <-chan struct{}) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, w := range s.workers {
		go func() {
			select {
			case <-w.Done():
				cancel(fmt.Errorf("worker %d ended: %v", w.Pid(), w.State()))
			case <-ctx.Done():
			}
		}()
	}
	select {
	case <-what:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// judge counts the sheets without a result and those that went to somebody else.
func (s *site) judge(ctx context.Context, b layout.Batch, e sitting) (t tally, err error) {
	var sum exam.Summary
	if _, err := s.client.Store.Load(ctx, b.Summary(), &sum); err != nil {
		return t, err
	}
	owner := map[string]string{}
	for i, key := range e.job.Keys {
		owner[key] = e.owner(e.from + i)
	}
	t.lost = len(e.job.Keys) - len(sum.Sheets)
	for _, sheet := range sum.Sheets {
		switch {
		case sheet.Status == exam.StatusFailed:
			t.lost++
		case sheet.StudentID == nil:
			t.review++
		case *sheet.StudentID != owner[sheet.SheetKey]:
			t.wrong++
		}
	}
	return t, nil
}

// tally is what became of sheets.
type tally struct{ lost, wrong, review int }
