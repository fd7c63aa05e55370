package batch

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/s3store/layout"
)

// Lister is a Store that lists folders.
type Lister interface {
	Store
	Folders(ctx context.Context, prefix string, limit int) ([]string, error)
}

// OfExam are the jobs of an exam's batches, the newest first, at most limit of them. A
// batch whose job can't be read is left out.
func OfExam(ctx context.Context, store Lister, code string, limit int) ([]exam.Job, error) {
	ids, err := store.Folders(ctx, "results/"+code+"/", limit)
	if err != nil {
		return nil, err
	}
	all := make([]exam.Job, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	for i, id := range ids {
		group.Go(func() error {
			if job, err := (View{layout.Batch{ExamCode: code, BatchID: id}, store}).Job(ctx); err == nil {
				all[i] = *job
				all[i].BatchID = id // by the folder, whatever the record says
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
