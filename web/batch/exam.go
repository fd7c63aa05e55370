package batch

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/internal/cache"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// Lister is a Store that lists folders.
type Lister interface {
	Store
	Folders(ctx context.Context, prefix string, limit int) ([]string, error)
}

const (
	// mostJobs and mostEnds are how many batches are remembered.
	mostJobs = 20_000
	mostEnds = 2_000
	// mostBatches bounds the batches of one exam that are told of.
	mostBatches = 200
)

// Exams tells which exams and batches there are. What never changes, or has its ETag
// still, it remembers: speed only. It is safe for concurrent use.
type Exams struct {
	store Lister
	jobs  cache.Cache[layout.Batch, exam.Job]
	ends  cache.Cache[layout.Batch, end]
}

// end is a batch's summary without its lists.
type end struct {
	etag    string
	summary exam.Summary
}

// NewExams returns an Exams that reads the store.
func NewExams(store Lister) *Exams {
	return &Exams{
		store: store,
		jobs:  cache.BySize[layout.Batch, exam.Job](mostJobs),
		ends:  cache.BySize[layout.Batch, end](mostEnds),
	}
}

// Batches are the jobs of an exam's batches, the newest first, at most 200 of them. A
// batch whose job can't be read is left out. It costs a listing, and a request for each
// batch that is new.
func (e *Exams) Batches(ctx context.Context, code string) ([]exam.Job, error) {
	ids, err := e.store.Folders(ctx, "results/"+code+"/", mostBatches)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return !jobs.ValidCode(id) }) // such as that of refused messages
	all := make([]exam.Job, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	for i, id := range ids {
		group.Go(func() error {
			if job, err := e.job(ctx, layout.Batch{ExamCode: code, BatchID: id}); err == nil {
				all[i] = job
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(j exam.Job) bool { return j.BatchID == "" })
	slices.SortFunc(all, func(a, b exam.Job) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.BatchID, b.BatchID))
	})
	return all, nil
}

func (e *Exams) job(ctx context.Context, b layout.Batch) (exam.Job, error) {
	if job, ok := e.jobs.Get(b); ok {
		return job, nil
	}
	read, err := (View{b, e.store}).Job(ctx)
	if err != nil {
		return exam.Job{}, err
	}
	job := *read
	job.ExamCode, job.BatchID = b.ExamCode, b.BatchID // by the folder, whatever the record says
	e.jobs.Set(b, job)
	return job, nil
}

// Standing is how far an exam is: by its newest batch, which is the one that counts.
type Standing struct {
	Code    string
	Batches int // at most 200 are counted
	Newest  exam.Job
	// Done is how many sheets have a result, as long as there is no Summary.
	Done int
	// Summary is the newest batch's end without its lists, nil before it.
	Summary *exam.Summary
}

// All tells of the exams, the newest first, and whether there are more than limit of
// them, which are left out by their codes' order. It costs three requests an exam at
// most, and more for what has changed since the last time.
func (e *Exams) All(ctx context.Context, limit int) (all []Standing, more bool, err error) {
	codes, err := e.store.Folders(ctx, "results/", limit+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(codes) > limit; more {
		codes = codes[:limit]
	}
	all, err = e.Of(ctx, codes)
	return all, more, err
}

// Of tells of the exams with these codes, the newest first; one without a batch that can
// be read is left out. It costs as much for each as All.
func (e *Exams) Of(ctx context.Context, codes []string) (all []Standing, err error) {
	codes = slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return !jobs.ValidCode(code) })
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	for _, code := range codes {
		group.Go(func() error {
			s, ok, err := e.standing(ctx, code)
			mu.Lock()
			defer mu.Unlock()
			if ok {
				all = append(all, s)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Standing) int {
		return cmp.Or(b.Newest.CreatedAt.Compare(a.Newest.CreatedAt), cmp.Compare(a.Code, b.Code))
	})
	return all, nil
}

// standing is false for a folder without a batch that can be read.
func (e *Exams) standing(ctx context.Context, code string) (Standing, bool, error) {
	list, err := e.Batches(ctx, code)
	if err != nil || len(list) == 0 {
		return Standing{}, false, err
	}
	s := Standing{Code: code, Batches: len(list), Newest: list[0]}
	view := View{layout.Batch{ExamCode: code, BatchID: list[0].BatchID}, e.store}
	if s.Summary, err = e.summary(ctx, view); err != nil {
		return s, false, err
	}
	if s.Summary == nil {
		for _, err := range view.Sheets(ctx) {
			if err != nil {
				return s, false, err
			}
			s.Done++
		}
	}
	return s, true, nil
}

// summary is read again only when it has changed: a large batch's is large.
func (e *Exams) summary(ctx context.Context, view View) (*exam.Summary, error) {
	there, etag := false, ""
	for info, err := range view.Store.List(ctx, view.Batch.Summary()) {
		if err != nil {
			return nil, err
		}
		there, etag = true, info.ETag
	}
	if !there {
		return nil, nil //nolint:nilnil // a batch has no summary before its end
	}
	if known, ok := e.ends.Get(view.Batch); ok && known.etag == etag && etag != "" {
		return &known.summary, nil
	}
	sum, err := view.Summary(ctx)
	if sum == nil || err != nil {
		return nil, err
	}
	sum.Sheets, sum.MissingIDs, sum.RosterNotes = nil, nil, nil
	e.ends.Set(view.Batch, end{etag, *sum})
	return sum, nil
}
