// Package submit puts an exam before the worker as a backend would: files into
// S3, a job on the queue, and a look at the results until the batch has ended.
package submit

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
)

const (
	parallelUploads = 8
	// inlineBytes is how large a job may be before its keys go to a manifest in S3.
	inlineBytes = 200 << 10
	pollEvery   = 500 * time.Millisecond
)

// Client submits exams.
type Client struct {
	Store *s3store.Store
	Jobs  *queue.Sender
}

// File is a file to upload: Read is called when its turn comes.
type File struct {
	Key  string
	Read func() ([]byte, error)
}

// UploadKey is where the file with this name is uploaded for an exam.
func UploadKey(examCode, name string) string { return "uploads/" + examCode + "/" + path.Base(name) }

// Upload puts the files into S3 and calls done after each.
func (c *Client) Upload(ctx context.Context, files []File, done func()) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelUploads)
	for _, f := range files {
		group.Go(func() error {
			body, err := f.Read()
			if err != nil {
				return err
			}
			if err := c.Store.Put(ctx, f.Key, body, contentType(f.Key)); err != nil {
				return fmt.Errorf("upload %s: %w", path.Base(f.Key), err) // for who sent it
			}
			done()
			return nil
		})
	}
	return group.Wait()
}

func contentType(key string) string {
	switch strings.ToLower(path.Ext(key)) {
	case ".jpg", ".jpeg":
		return s3store.TypeJPEG
	case ".png":
		return "image/png"
	case ".pdf":
		return "application/pdf"
	case ".tif", ".tiff":
		return "image/tiff"
	case ".xlsx":
		return s3store.TypeXLSX
	}
	return s3store.TypeBinary
}

// Submit puts the job on the queue and says which batch it is. A long list of
// keys goes to S3, and the job names it.
func (c *Client) Submit(ctx context.Context, job jobs.Recognize) (layout.Batch, error) {
	if job.BatchID == "" {
		job.BatchID = jobs.DefaultBatchID(job.ExamCode, job.Keys, job.RosterKey)
	}
	b := layout.Batch{ExamCode: job.ExamCode, BatchID: job.BatchID}
	body, err := jobs.Encode(&job)
	if err != nil {
		return b, err
	}
	if len(body) > inlineBytes {
		job.ManifestKey = "uploads/" + job.ExamCode + "/manifest-" + job.BatchID + ".json"
		manifest, err := s3store.Encode(map[string][]string{"keys": job.Keys})
		if err != nil {
			return b, err
		}
		if err := c.Store.Put(ctx, job.ManifestKey, manifest, s3store.TypeJSON); err != nil {
			return b, err
		}
		job.Keys = nil
	}
	return b, c.Send(ctx, &job)
}

// Send puts any message on the jobs queue.
func (c *Client) Send(ctx context.Context, m jobs.Message) error {
	body, err := jobs.Encode(m)
	if err != nil {
		return err
	}
	out := queue.Out{Body: body, Group: m.Exam()}
	if strings.HasSuffix(c.Jobs.Name(), ".fifo") {
		out.Dedup = jobs.SendingID(m)
	}
	return c.Jobs.Send(ctx, out)
}

// Sheet returns the id of the batch's sheet that begins at the page, counted from 1, of
// the file called so: by its key, or the end of it. A batch without such a file is an
// error, and one that is not there is [s3store.ErrNotFound].
func (c *Client) Sheet(ctx context.Context, b layout.Batch, file string, page int) (string, error) {
	var job exam.Job
	if _, err := c.Store.Load(ctx, b.Job(), &job); err != nil {
		return "", fmt.Errorf("look for batch %s: %w", b.BatchID, err)
	}
	var keys []string
	for info, err := range c.Store.List(ctx, b.Prefix()+"parts/") {
		if err != nil {
			return "", err
		}
		var part exam.Part
		if _, err := c.Store.Load(ctx, info.Key, &part); err != nil {
			return "", err
		}
		keys = append(keys, part.Keys...)
	}
	key, err := jobs.FindKey(jobs.Distinct(keys), file)
	if err != nil {
		return "", err
	}
	return jobs.SheetID(b.ExamCode, b.BatchID, key, page), nil
}

// Progress is how far a batch has come.
type Progress struct{ Sheets int }

// Wait looks at the batch's results in S3 until it has ended, and returns its
// summary.
func (c *Client) Wait(ctx context.Context, b layout.Batch, report func(Progress)) (*exam.Summary, error) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		p, err := c.progress(ctx, b)
		if err != nil {
			return nil, err
		}
		report(p)
		var sum exam.Summary
		_, err = c.Store.Load(ctx, b.Summary(), &sum)
		if err == nil {
			return &sum, nil
		}
		if !errors.Is(err, s3store.ErrNotFound) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for batch %s: %w", b.BatchID, ctx.Err())
		case <-tick.C:
		}
	}
}

func (c *Client) progress(ctx context.Context, b layout.Batch) (Progress, error) {
	var p Progress
	for _, err := range c.Store.List(ctx, b.Prefix()+"sheets/") {
		if err != nil {
			return p, err
		}
		p.Sheets++
	}
	return p, nil
}
