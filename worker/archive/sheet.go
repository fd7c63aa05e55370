package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Freshness says how new a sheet's record must be.
type Freshness int

const (
	// Current is what lies in S3 now.
	Current Freshness = iota
	// Own is what this process wrote last, if it did, else Current: for who writes over
	// it next, with its ETag, which fails if somebody else has written since.
	Own
	// Recent is what this process wrote within the last five seconds, if it did, else
	// Current: for who has just been told of a version.
	Recent
)

const recently = 5 * time.Second

// written is a sheet's record as this process wrote it.
type written struct {
	body []byte
	etag string
	at   time.Time
}

// record decodes the record anew, so that nobody changes the cached one.
func (w written) record() (*exam.Sheet, error) {
	var rec exam.Sheet
	if err := json.Unmarshal(w.body, &rec); err != nil {
		return nil, fmt.Errorf("decode a record of ours: %w", err)
	}
	return &rec, nil
}

// Sheet returns a sheet's record with its ETag, nil and "" if there is none.
func (a *Archive) Sheet(ctx context.Context, b layout.Batch, sheet string, f Freshness) (*exam.Sheet, string, error) {
	at := b.Result(sheet)
	known, ok := a.sheets.Get(at)
	if ok && (f == Own || f == Recent && time.Since(known.at) < recently) {
		rec, err := known.record()
		return rec, known.etag, err
	}
	var rec exam.Sheet
	etag, err := a.store.Load(ctx, at, &rec)
	if errors.Is(err, s3store.ErrNotFound) {
		return nil, "", nil
	}
	return &rec, etag, err
}

// HasSheet reports whether the sheet has a result.
func (a *Archive) HasSheet(ctx context.Context, b layout.Batch, sheet string) (bool, error) {
	_, err := a.store.Head(ctx, b.Result(sheet))
	return err == nil, IgnoreNotFound(err)
}

// WriteSheet writes a sheet's record over the one with the ETag, or, for "", a new one.
// s3store.ErrChanged or ErrExists if somebody else has written since.
func (a *Archive) WriteSheet(ctx context.Context, b layout.Batch, rec *exam.Sheet, etag string) error {
	at := b.Result(rec.Sheet)
	body, err := s3store.Encode(rec)
	if err != nil {
		return err
	}
	next, err := a.put(ctx, at, body, s3store.TypeJSON, etag)
	if err != nil {
		a.sheets.Drop(at)
		return err
	}
	a.sheets.Set(at, written{body: body, etag: next, at: time.Now()})
	return nil
}

// put writes over the object with the ETag, "" being none.
func (a *Archive) put(ctx context.Context, key string, body []byte, contentType, etag string) (string, error) {
	if etag == "" {
		return a.store.Create(ctx, key, body, contentType)
	}
	return a.store.Replace(ctx, key, body, contentType, etag)
}
