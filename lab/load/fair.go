package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/lab/load/pool"
	"hakbeon/lab/synth"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

// fair is how long a small exam takes, alone and beside a large one.
type fair struct{ alone, beside time.Duration }

// headStart is how long the workers are at the large exam when the small one comes.
const headStart = 5 * time.Second

// fairness has workers do a small exam alone, and another while a large one is on the
// queue. The sheets are heads of pages: copies of a few, as only the queue matters.
func fairness(ctx context.Context, o options) (f fair, err error) {
	if o.big == 0 {
		return f, nil
	}
	s, err := newSite(ctx, o.workers)
	if err != nil {
		return f, err
	}
	defer func() {
		for _, w := range s.workers {
			_ = w.Kill() // the large exam need not end
		}
		s.workers = nil
		err = errors.Join(err, s.close())
	}()
	roster, heads, err := newHeads(o.small)
	if err != nil {
		return f, err
	}
	lay := func(code string, sheets int) (jobs.Recognize, error) { return s.lay(ctx, code, roster, heads, sheets) }
	var exams [4]jobs.Recognize
	for i, e := range []struct {
		code   string
		sheets int
	}{{"FIRST", o.small}, {"ALONE", o.small}, {"BIG", o.big}, {"BESIDE", o.small}} {
		if exams[i], err = lay(e.code, e.sheets); err != nil {
			return f, err
		}
	}
	if _, err := s.submit(ctx, exams[0]); err != nil { // models and pools are loaded by it
		return f, err
	}
	if f.alone, err = s.timed(ctx, exams[1]); err != nil {
		return f, err
	}
	if _, err := s.client.Submit(ctx, exams[2]); err != nil {
		return f, err
	}
	select {
	case <-time.After(headStart):
	case <-ctx.Done():
		return f, ctx.Err()
	}
	f.beside, err = s.timed(ctx, exams[3])
	if o.verbose {
		fmt.Fprintf(os.Stderr, "an exam of %d: %v alone, %v beside one of %d\n", o.small, f.alone, f.beside, o.big)
	}
	return f, errors.Join(err, s.stillBusy(ctx, o.big))
}

// timed does an exam and tells how long it took from submit to batch.completed.
func (s *site) timed(ctx context.Context, job jobs.Recognize) (time.Duration, error) {
	began := time.Now()
	_, err := s.submit(ctx, job)
	return time.Since(began), err
}

// stillBusy fails if the large exam had ended when the small one did: then nothing was
// measured.
func (s *site) stillBusy(ctx context.Context, big int) error {
	_, err := s.client.Store.Head(ctx, layout.Batch{ExamCode: "BIG", BatchID: "one"}.Summary())
	if errors.Is(err, s3store.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("an exam of %d sheets was done at once: try -big with more", big)
	}
	return err
}

// newHeads draws the heads of the pages of a small exam.
func newHeads(n int) (roster []byte, heads [][]byte, err error) {
	exam, err := synth.NewExam(pool.Seed, synth.ExamSpec{Roster: n + 2, Sheets: n, DPI: 150})
	if err != nil {
		return nil, nil, fmt.Errorf("invent the small exam: %w", err)
	}
	assets, err := synth.LoadAssets("")
	if err != nil {
		return nil, nil, err
	}
	for i, sheet := range exam.Sheets {
		drawn, err := assets.Header(sheet.Seed, exam.Spec(i))
		if err != nil {
			return nil, nil, err
		}
		jpeg, err := drawn.JPEG(0)
		if err != nil {
			return nil, nil, err
		}
		heads = append(heads, jpeg)
	}
	roster, err = exam.RosterXLSX()
	return roster, heads, err
}

// lay uploads an exam whose sheets repeat the heads.
func (s *site) lay(ctx context.Context, code string, roster []byte, heads [][]byte, sheets int) (jobs.Recognize, error) {
	job := jobs.Recognize{ExamCode: code, BatchID: "one"}
	if err := s.client.Store.Put(ctx, layout.RosterKey(code), roster, s3store.TypeXLSX); err != nil {
		return job, err
	}
	var group errgroup.Group
	group.SetLimit(16)
	for i := range sheets {
		key := submit.UploadKey(code, fmt.Sprintf("%05d.jpg", i+1))
		job.Keys = append(job.Keys, key)
		group.Go(func() error { return s.client.Store.Put(ctx, key, heads[i%len(heads)], s3store.TypeJPEG) })
	}
	return job, group.Wait()
}
