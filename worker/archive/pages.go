package archive

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/internal/cache"
	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Files are the records of files of several pages: how many, what each shows, which of
// them make a sheet.
type Files struct {
	store  *s3store.Store
	papers cache.Cache[string, *exam.Papers]
}

// MarkPages notes that a file has several pages, with how many sheets they make, 0 if
// what they show says. It is written before the first sheet's result or look, so that
// who sees that also sees this.
func (f *Files) MarkPages(ctx context.Context, b layout.Batch, firstSheet string, sheets, pages int) error {
	_, err := f.store.Create(ctx, b.Pages(firstSheet, sheets, pages), nil, s3store.TypeBinary)
	return IgnoreExists(err)
}

// PageCount is how many pages a file has, by its mark; 0 if there is none.
func (f *Files) PageCount(ctx context.Context, b layout.Batch, firstSheet string) (int, error) {
	for info, err := range f.store.List(ctx, b.PagesOf(firstSheet)) {
		if err != nil {
			return 0, err
		}
		_, count, _ := layout.ParsePages(strings.TrimPrefix(info.Key, b.Prefix()+"pages/"))
		return count.Pages, nil
	}
	return 0, nil
}

// KeepLook stores what a page shows, by the id of the sheet that would begin with it.
// What was looked at first counts.
func (f *Files) KeepLook(ctx context.Context, b layout.Batch, page string, look recognizer.FilePage) error {
	record := exam.Look{Sketch: look.Sketch}
	if look.Reading != nil {
		var err error
		if record.Reading, err = look.Reading.MarshalBinary(); err != nil {
			return fmt.Errorf("encode the evidence: %w", err)
		}
	}
	return IgnoreExists(f.store.CreateRecord(ctx, b.Look(page), record))
}

// Look is what a page shows; s3store.ErrNotFound if it was not looked at yet.
func (f *Files) Look(ctx context.Context, b layout.Batch, page string) (recognizer.FilePage, error) {
	var look exam.Look
	if _, err := f.store.Load(ctx, b.Look(page), &look); err != nil {
		return recognizer.FilePage{}, err
	}
	out := recognizer.FilePage{Sketch: look.Sketch}
	if look.Reading == nil {
		return out, nil
	}
	out.Reading = new(recognizer.Reading)
	if err := out.Reading.UnmarshalBinary(look.Reading); err != nil {
		return out, fmt.Errorf("look at page %s: %w", page, err)
	}
	return out, nil
}

// HasLook reports whether a page was looked at.
func (f *Files) HasLook(ctx context.Context, b layout.Batch, page string) (bool, error) {
	_, err := f.store.Head(ctx, b.Look(page))
	return err == nil, IgnoreNotFound(err)
}

// Looks are those of all of a file's pages; s3store.ErrNotFound if one is missing.
func (f *Files) Looks(ctx context.Context, b layout.Batch, key string, count int) ([]recognizer.FilePage, error) {
	out := make([]recognizer.FilePage, count)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(ParallelCalls)
	for i := range out {
		group.Go(func() (err error) {
			out[i], err = f.Look(ctx, b, jobs.SheetID(b.ExamCode, b.BatchID, key, i+1))
			return err
		})
	}
	return out, group.Wait()
}

// KeepPapers stores how a file was divided and returns the division that counts:
// another worker's, if that was first.
func (f *Files) KeepPapers(ctx context.Context, b layout.Batch, firstSheet string, papers *exam.Papers) (*exam.Papers, error) {
	if err := IgnoreExists(f.store.CreateRecord(ctx, b.Papers(firstSheet), papers)); err != nil {
		return nil, err
	}
	return f.Papers(ctx, b, firstSheet)
}

// Papers is how a file was divided; s3store.ErrNotFound if it isn't yet.
func (f *Files) Papers(ctx context.Context, b layout.Batch, firstSheet string) (*exam.Papers, error) {
	at := b.Papers(firstSheet)
	if known, ok := f.papers.Get(at); ok {
		return known, nil
	}
	var record exam.Papers
	if _, err := f.store.Load(ctx, at, &record); err != nil {
		return nil, err
	}
	f.papers.Set(at, &record)
	return &record, nil
}
