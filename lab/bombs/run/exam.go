package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/lab/bombs"
	"hakbeon/lab/embedded"
	"hakbeon/lab/fleet"
	"hakbeon/lab/synth"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// backend is who sends exams: one of whose sheets are drawn, and others with a bomb.
type backend struct {
	client *submit.Client
	exam0  *synth.Exam
	sheets [][]byte
	roster []byte
}

// beside is how many sheets of students each bomb has beside it.
const beside = 2

func newBackend(ctx context.Context, stack *embedded.Stack) (*backend, error) {
	client, err := fleet.Client(ctx, stack)
	if err != nil {
		return nil, err
	}
	exam, err := synth.NewExam(1, synth.ExamSpec{Code: "BOMBS", Roster: 30, Sheets: beside, Colour: synth.FullColour})
	if err != nil {
		return nil, err
	}
	b := &backend{client: client, exam0: exam}
	if b.roster, err = exam.RosterXLSX(); err != nil {
		return nil, err
	}
	assets, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	for i := range beside {
		sheet, err := exam.File(assets, i)
		if err != nil {
			return nil, err
		}
		b.sheets = append(b.sheets, sheet)
	}
	return b, nil
}

// upload stores an exam's roster and files, and returns their keys.
func (b *backend) upload(ctx context.Context, code string, named map[string][]byte) (keys []string, err error) {
	of := func(data []byte) func() ([]byte, error) { return func() ([]byte, error) { return data, nil } }
	files := []submit.File{{Key: layout.RosterKey(code), Read: of(b.roster)}}
	for name, data := range named {
		key := submit.UploadKey(code, name)
		keys = append(keys, key)
		files = append(files, submit.File{Key: key, Read: of(data)})
	}
	return keys, b.client.Upload(ctx, files, func() {})
}

// begin submits bombs alone and waits for nothing.
func (b *backend) begin(ctx context.Context, all ...[]byte) error {
	named := map[string][]byte{}
	for i, data := range all {
		named[fmt.Sprintf("%d.pdf", i)] = data
	}
	keys, err := b.upload(ctx, "LAST", named)
	if err != nil {
		return err
	}
	_, err = b.client.Submit(ctx, jobs.Recognize{ExamCode: "LAST", Keys: keys})
	return err
}

// exam does an exam with one bomb among its sheets.
func (s *site) exam(ctx context.Context, f *figures, i int, bomb bombs.Bomb) error {
	code := fmt.Sprintf("BOMB-%d", i)
	named, owner := map[string][]byte{bomb.Name: bomb.Data}, map[string]string{}
	for i, sheet := range s.sheets {
		name := s.exam0.Sheets[i].File
		named[name], owner[submit.UploadKey(code, name)] = sheet, s.exam0.Sheets[i].ID
	}
	keys, err := s.upload(ctx, code, named)
	if err != nil {
		return err
	}
	since := time.Now()
	batch, err := s.client.Submit(ctx, jobs.Recognize{ExamCode: code, BatchID: "one", Keys: keys})
	if err != nil {
		return err
	}
	at := submit.UploadKey(code, bomb.Name)
	result, err := s.result(ctx, batch, jobs.SheetID(code, "one", at, 1), since)
	if err != nil {
		return fmt.Errorf("%s: %w", bomb.Name, err)
	}
	took := time.Since(since)
	f.slow = max(f.slow, took)
	if result.Status == exam.StatusFailed {
		f.failed++
	}
	wrong, err := s.wrong(ctx, batch, owner, since)
	f.wrong += wrong
	fmt.Fprintf(os.Stderr, "%-28s %8d bytes: %s %s after %.1f s, %d wrong beside it\n",
		bomb.Name, len(bomb.Data), result.Status, result.Meta.Reason, took.Seconds(), wrong)
	return err
}

// together has all bombs in one exam, and those that take memory several times, so that
// the worker would decode as many at once as it can; the largest uploads come meanwhile.
func (s *site) together(ctx context.Context, f *figures, all []bombs.Bomb) (err error) {
	const code, copies = "TOGETHER", 3
	named, owner := map[string][]byte{}, map[string]string{}
	for i, sheet := range s.sheets {
		name := s.exam0.Sheets[i].File
		named[name], owner[submit.UploadKey(code, name)] = sheet, s.exam0.Sheets[i].ID
	}
	for _, b := range all {
		named[b.Name] = b.Data
		for n := 1; n < copies && path.Ext(b.Name) != ".pdf"; n++ {
			named[fmt.Sprintf("%d-%s", n, b.Name)] = b.Data
		}
	}
	keys, err := s.upload(ctx, code, named)
	if err != nil {
		return err
	}
	since := time.Now()
	batch, err := s.client.Submit(ctx, jobs.Recognize{ExamCode: code, BatchID: "one", Keys: keys})
	if err != nil {
		return err
	}
	sent := make(chan error, 1)
	go func() {
		var err error
		f.strange, err = s.uploads(ctx)
		sent <- err
	}()
	defer func() { err = errors.Join(err, <-sent) }()
	for _, key := range keys {
		if _, err := s.result(ctx, batch, jobs.SheetID(code, "one", key, 1), time.Now()); err != nil {
			return fmt.Errorf("%s: %w", path.Base(key), err)
		}
	}
	f.together = time.Since(since)
	wrong, err := s.wrong(ctx, batch, owner, since)
	f.wrong += wrong
	return err
}

// patience is how long a result is waited for at all.
const patience = 3 * time.Minute

// result waits for a sheet's first result.
func (s *site) result(ctx context.Context, batch layout.Batch, sheet string, since time.Time) (*exam.Sheet, error) {
	for {
		var rec exam.Sheet
		_, err := s.client.Store.Load(ctx, batch.Result(sheet), &rec)
		if err == nil {
			return &rec, nil
		}
		if !errors.Is(err, s3store.ErrNotFound) || time.Since(since) > patience {
			return nil, fmt.Errorf("no result after %v: %w", time.Since(since).Round(time.Second), err)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.worker.Done():
			return nil, errors.New("the worker has ended")
		}
	}
}

// wrong counts the sheets beside the bomb that did not get their student.
func (s *site) wrong(ctx context.Context, batch layout.Batch, owner map[string]string, since time.Time) (wrong int, err error) {
	for key, id := range owner {
		rec, err := s.result(ctx, batch, jobs.SheetID(batch.ExamCode, batch.BatchID, key, 1), since)
		if err != nil {
			return wrong, err
		}
		if rec.Student() != id {
			wrong++
		}
	}
	return wrong, nil
}
