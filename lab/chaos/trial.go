package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
)

// bench is what all trials share.
type bench struct {
	template *template
	client   *submit.Client
	ledger   *ledger
	director *director
	// calm is how the exam ends when nothing goes wrong.
	calm *outcome
	// watch, if set, is shown what lies in S3 at each look.
	watch func(epoch int, st *stored)
	// patience is how long an exam may take to come to its end, and again after the
	// person's verdict.
	patience time.Duration
}

// errMissed says that an exam ended without coming to the trial's point.
var errMissed = errors.New("the point was not reached")

// trial does the exam under a code of its own, has a worker struck at the point, and
// says what became of it. Without a way nobody is struck.
func (b *bench) trial(ctx context.Context, exam string, p point, w way) (verdict, error) {
	batch := layout.Batch{ExamCode: exam, BatchID: "one"}
	if err := b.upload(ctx, exam); err != nil {
		return verdict{}, err
	}
	st, err := b.order(ctx, batch, p, w)
	if err != nil {
		return verdict{}, err
	}
	if err := b.client.Jobs.Send(ctx, queue.Out{Body: nonsense(exam), Group: exam}); err != nil {
		return verdict{}, err
	}
	v, err := b.await(ctx, batch, 1)
	if err != nil || !v.ok() {
		return v, err
	}
	place := b.template.sheets[b.template.verdict]
	spoken := &jobs.Resolve{
		Type: jobs.TypeResolve, ExamCode: exam, BatchID: batch.BatchID, StudentID: b.template.absent,
		Sheet: jobs.SheetID(exam, batch.BatchID, uploadKey(exam, place.file), place.page),
	}
	if err := b.send(ctx, exam, spoken); err != nil {
		return verdict{}, err
	}
	if v, err = b.await(ctx, batch, 2); err != nil {
		return v, err
	}
	if st != nil && b.director.disarm(st) {
		return v, errMissed
	}
	return v, nil
}

// order sends the messages of the exam's batch, one when those before it are in S3, and
// arms the strike with the one that the point is of.
func (b *bench) order(ctx context.Context, batch layout.Batch, p point, w way) (st *strike, err error) {
	for i, m := range b.messages(batch, p.from != whole) {
		if err := b.registered(ctx, batch, i); err != nil {
			return nil, err
		}
		if w != "" && i == max(int(p.from-first), 0) {
			st = b.director.arm(batch.ExamCode, p, w)
		}
		if err := b.send(ctx, batch.ExamCode, m); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// messages are what the exam's batch is made of: one, or those of an open batch.
func (b *bench) messages(batch layout.Batch, open bool) []jobs.Message {
	keys := b.keys(batch.ExamCode)
	some := func(keys []string) jobs.Message {
		return &jobs.Recognize{ExamCode: batch.ExamCode, BatchID: batch.BatchID, Keys: keys, Open: open}
	}
	if !open {
		return []jobs.Message{some(keys)}
	}
	half := len(keys) / 2
	return []jobs.Message{some(keys[:half]), some(keys[half:]), &jobs.Close{ExamCode: batch.ExamCode, BatchID: batch.BatchID}}
}

// registered waits until the keys of so many messages of the batch lie in S3: a close that
// overtakes one makes one end more. When its time is over the exam goes on, and is judged
// by how it ends.
func (b *bench) registered(ctx context.Context, batch layout.Batch, messages int) error {
	for since := time.Now(); time.Since(since) < b.patience; pause(ctx, 200*time.Millisecond) {
		there := 0
		for _, err := range b.client.Store.List(ctx, batch.Prefix()+"parts/") {
			if err != nil {
				return err
			}
			there++
		}
		if there >= messages {
			return nil
		}
	}
	return nil
}

// nonsense is a message that can never succeed: it names no batch.
func nonsense(exam string) string { return fmt.Sprintf(`{"type":"rematch","exam_code":%q}`, exam) }

func uploadKey(exam, name string) string { return submit.UploadKey(exam, name) }

func (b *bench) keys(exam string) []string {
	keys := make([]string, len(b.template.files))
	for i, f := range b.template.files {
		keys[i] = uploadKey(exam, f.name)
	}
	return keys
}

func (b *bench) upload(ctx context.Context, exam string) error {
	files := []submit.File{{Key: layout.RosterKey(exam), Read: func() ([]byte, error) { return b.template.roster, nil }}}
	for _, f := range b.template.files {
		files = append(files, submit.File{Key: uploadKey(exam, f.name), Read: func() ([]byte, error) { return f.body, nil }})
	}
	return b.client.Upload(ctx, files, func() {})
}

func (b *bench) send(ctx context.Context, exam string, m jobs.Message) error {
	body, err := jobs.Encode(m)
	if err != nil {
		return fmt.Errorf("exam %s: %w", exam, err)
	}
	return b.client.Jobs.Send(ctx, queue.Out{Body: body, Group: exam})
}

// await waits until the exam's epoch has ended as it should and both channels know. It
// is looked at once more when its time is over: then what is wrong is reported.
func (b *bench) await(ctx context.Context, batch layout.Batch, epoch int) (verdict, error) {
	over := time.NewTimer(b.patience)
	defer over.Stop()
	for {
		t, grown, err := b.ledger.of(batch.ExamCode)
		if err != nil {
			return verdict{}, err
		}
		if min(highest(t[byHook], ""), highest(t[byQueue], "")) >= epoch {
			v, err := b.judge(ctx, batch, epoch)
			if err != nil || v.ok() {
				return v, err
			}
		}
		select {
		case <-ctx.Done():
			return verdict{}, ctx.Err()
		case <-over.C:
			return b.judge(ctx, batch, epoch)
		case <-grown:
			pause(ctx, 200*time.Millisecond) // more come together
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// highest is the highest version of a sheet that the receiver has, 0 if none; of the
// batch's end if sheet is "".
func highest(events []event, sheet string) int {
	high := 0
	for _, e := range events {
		if e.Data.Sheet == sheet && (sheet != "" || e.Type == eventEnd) {
			high = max(high, e.Data.Version)
		}
	}
	return high
}
