// Package archive is the repository of a batch's records in S3: one reader and one
// writer for each, [Facts] from a listing, and the copies that sheets are filed as.
// Whatever this process has just written or read it may remember; that is speed only.
// Errors are s3store's.
package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/internal/cache"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// What was just written to S3 is needed again at once, by the webhook and by the
// batch's end. There is room for about a thousand sheets: more would only keep the
// exams that are over.
const (
	cachedBatches      = 256
	cachedPartBytes    = 32 << 20
	cachedPapers       = 1024 // some kilobytes for a file of hundreds of pages
	cachedSheetBytes   = 2 << 20
	cachedReadingBytes = 8 << 20
	cachedPictureBytes = 8 << 20
	cachedRosterBytes  = 32 << 20
)

// Archive reads and writes the records of batches. It is safe for concurrent use; what
// it returns is shared and must not be changed, but for a sheet's record.
type Archive struct {
	Files  *Files
	Copies *Copies
	Marks  *Marks
	// Rejections are of messages, not of batches.
	Rejections *Rejections
	// Deliveries is the log of what was told to whom.
	Deliveries *Deliveries

	store *s3store.Store

	jobs     cache.Cache[layout.Batch, exam.Job]
	parts    cache.Cache[string, []string]
	sheets   cache.Cache[string, written]
	readings cache.Cache[string, weighed[*recognizer.Reading]]
	rosters  cache.Cache[string, *roster.Roster]
}

// weighed is a value with the bytes that it takes.
type weighed[V any] struct {
	value V
	bytes int
}

// New returns the archive that lies in the store.
func New(store *s3store.Store, log *zap.Logger) *Archive {
	a := &Archive{
		store:    store,
		jobs:     cache.BySize[layout.Batch, exam.Job](cachedBatches),
		parts:    cache.ByWeight[string](cachedPartBytes, weighKeys),
		sheets:   cache.ByWeight[string](cachedSheetBytes, func(w written) int { return len(w.body) }),
		readings: cache.ByWeight[string](cachedReadingBytes, func(w weighed[*recognizer.Reading]) int { return w.bytes }),
		rosters:  cache.ByWeight[string](cachedRosterBytes, (*roster.Roster).Bytes),
		Files:    &Files{store, cache.BySize[string, *exam.Papers](cachedPapers)},
		Marks:    &Marks{store, cache.BySize[layout.Batch, asked](cachedBatches)}, Rejections: &Rejections{store}, Deliveries: newDeliveries(store, log),
	}
	a.Copies = &Copies{store, a, log, cache.ByWeight[string](cachedPictureBytes, func(body []byte) int { return len(body) })}
	return a
}

// weighKeys is about what a list of keys takes.
func weighKeys(keys []string) int {
	const each = 128 // the list's place in the cache, and a string's head
	n := each
	for _, key := range keys {
		n += len(key) + 16
	}
	return n
}

// Alive returns unless a lock that every record goes through is stuck.
func (a *Archive) Alive() { a.sheets.Get("") }

// Job returns what the batch is; s3store.ErrNotFound if there is no such batch.
func (a *Archive) Job(ctx context.Context, b layout.Batch) (exam.Job, error) {
	if job, ok := a.jobs.Get(b); ok {
		return job, nil
	}
	var job exam.Job
	if _, err := a.store.Load(ctx, b.Job(), &job); err != nil {
		return job, err
	}
	a.jobs.Set(b, job)
	return job, nil
}

// CreateJob writes what the batch is and returns what is there now: another's, with
// created false, if that was first.
func (a *Archive) CreateJob(ctx context.Context, b layout.Batch, job exam.Job) (there exam.Job, created bool, err error) {
	err = a.store.CreateRecord(ctx, b.Job(), job)
	switch {
	case err == nil:
		a.jobs.Set(b, job)
		return job, true, nil
	case errors.Is(err, s3store.ErrExists):
		there, err = a.Job(ctx, b)
	}
	return there, false, err
}

// Part returns the keys of one of the batch's messages.
func (a *Archive) Part(ctx context.Context, b layout.Batch, part string) ([]string, error) {
	at := b.Part(part)
	if keys, ok := a.parts.Get(at); ok {
		return keys, nil
	}
	var record exam.Part
	if _, err := a.store.Load(ctx, at, &record); err != nil {
		return nil, err
	}
	a.parts.Set(at, record.Keys)
	return record.Keys, nil
}

// KeepPart writes the keys of one of the batch's messages, whose id follows from them.
func (a *Archive) KeepPart(ctx context.Context, b layout.Batch, id string, part exam.Part) error {
	if err := IgnoreExists(a.store.CreateRecord(ctx, b.Part(id), part)); err != nil {
		return err
	}
	a.parts.Set(b.Part(id), part.Keys)
	return nil
}

// Unfetched is why the only key of a part has no object, nil if nothing says so.
func (a *Archive) Unfetched(ctx context.Context, b layout.Batch, part string) (*exam.Unfetched, error) {
	var record exam.Part
	_, err := a.store.Load(ctx, b.Part(part), &record)
	if errors.Is(err, s3store.ErrNotFound) {
		err = nil
	}
	return record.Unfetched, err
}

const maxReadingBytes = 4 << 20

// Reading returns a sheet's evidence, which never changes.
func (a *Archive) Reading(ctx context.Context, b layout.Batch, sheet string) (*recognizer.Reading, error) {
	at := b.Evidence(sheet)
	if known, ok := a.readings.Get(at); ok {
		return known.value, nil
	}
	obj, err := a.store.Get(ctx, at, maxReadingBytes)
	if err != nil {
		return nil, err
	}
	var reading recognizer.Reading
	if err := reading.UnmarshalBinary(obj.Body); err != nil {
		return nil, fmt.Errorf("evidence of sheet %s: %w", sheet, err)
	}
	a.readings.Set(at, weighed[*recognizer.Reading]{&reading, len(obj.Body)})
	return &reading, nil
}

// KeepReading stores the reading and returns the one that is stored: if another worker
// was first, its reading counts.
func (a *Archive) KeepReading(ctx context.Context, b layout.Batch, sheet string, reading *recognizer.Reading) (*recognizer.Reading, error) {
	body, err := reading.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("encode the evidence: %w", err)
	}
	_, err = a.store.Create(ctx, b.Evidence(sheet), body, s3store.TypeBinary)
	switch {
	case err == nil:
		a.readings.Set(b.Evidence(sheet), weighed[*recognizer.Reading]{reading, len(body)})
		return reading, nil
	case errors.Is(err, s3store.ErrExists):
		return a.Reading(ctx, b, sheet)
	}
	return nil, err
}

// Roster returns a roster as it was used, by its hash.
func (a *Archive) Roster(ctx context.Context, b layout.Batch, hash string) (*roster.Roster, error) {
	at := b.Roster(hash)
	if ro, ok := a.rosters.Get(at); ok {
		return ro, nil
	}
	var raw json.RawMessage
	if _, err := a.store.Load(ctx, at, &raw); err != nil {
		return nil, err
	}
	ro, err := roster.Decode(raw)
	if err == nil {
		a.rosters.Set(at, ro)
	}
	return ro, err
}

// KeepRoster stores a roster as it is used, under its hash.
func (a *Archive) KeepRoster(ctx context.Context, b layout.Batch, ro *roster.Roster) error {
	at := b.Roster(ro.Hash())
	if err := IgnoreExists(a.store.CreateRecord(ctx, at, ro)); err != nil {
		return err
	}
	a.rosters.Set(at, ro)
	return nil
}

// Plan returns what an epoch does.
func (a *Archive) Plan(ctx context.Context, b layout.Batch, epoch int) (*exam.Plan, error) {
	var p exam.Plan
	_, err := a.store.Load(ctx, b.Plan(epoch), &p)
	return &p, err
}

// CreatePlan writes what an epoch does and returns the plan that counts: another
// worker's, if that was first.
func (a *Archive) CreatePlan(ctx context.Context, b layout.Batch, plan *exam.Plan) (*exam.Plan, error) {
	err := a.store.CreateRecord(ctx, b.Plan(plan.Epoch), plan)
	if errors.Is(err, s3store.ErrExists) {
		return a.Plan(ctx, b, plan.Epoch)
	}
	return plan, err
}

// MarkDone notes that an epoch was carried out to its end.
func (a *Archive) MarkDone(ctx context.Context, b layout.Batch, epoch int) error {
	_, err := a.store.Create(ctx, b.Done(epoch), nil, s3store.TypeBinary)
	return IgnoreExists(err)
}

// HasEnded reports whether the batch's first epoch was carried out.
func (a *Archive) HasEnded(ctx context.Context, b layout.Batch) (bool, error) {
	_, err := a.store.Head(ctx, b.Done(1))
	return err == nil, IgnoreNotFound(err)
}

// Correction returns a person's verdict.
func (a *Archive) Correction(ctx context.Context, b layout.Batch, id string) (c exam.Correction, err error) {
	_, err = a.store.Load(ctx, b.Correction(id), &c)
	return c, err
}

// KeepCorrection stores a person's verdict.
func (a *Archive) KeepCorrection(ctx context.Context, b layout.Batch, c exam.Correction) error {
	return IgnoreExists(a.store.CreateRecord(ctx, b.Correction(c.ID), c))
}

// KeepRequest stores that the batch should be solved again.
func (a *Archive) KeepRequest(ctx context.Context, b layout.Batch, id string) error {
	_, err := a.store.Create(ctx, b.Request(id), []byte("{}\n"), s3store.TypeJSON)
	return IgnoreExists(err)
}

// Summary returns the batch's end.
func (a *Archive) Summary(ctx context.Context, b layout.Batch) (*exam.Summary, error) {
	var sum exam.Summary
	_, err := a.store.Load(ctx, b.Summary(), &sum)
	return &sum, err
}

// Refused reports whether S3 refuses us one object that a backend named, and not all of
// them: it still tells us of the batch's own record, be it that there is none yet. One
// object out of bounds must not hold up everybody, and a person may take ten minutes to
// correct a policy. What we write ourselves is another matter: if S3 refuses that, the
// settings are wrong, and work pauses.
func (a *Archive) Refused(ctx context.Context, b layout.Batch, err error) bool {
	if !s3store.Denied(err) {
		return false
	}
	_, probe := a.store.Head(ctx, b.Job())
	return probe == nil || errors.Is(probe, s3store.ErrNotFound)
}

// IgnoreExists leaves out the error that a record is there already.
func IgnoreExists(err error) error {
	if errors.Is(err, s3store.ErrExists) {
		return nil
	}
	return err
}

// IgnoreNotFound leaves out the error that there is no such record.
func IgnoreNotFound(err error) error {
	if errors.Is(err, s3store.ErrNotFound) {
		return nil
	}
	return err
}
