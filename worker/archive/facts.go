package archive

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// ParallelCalls bounds the calls to S3 under way for one batch's end or one file.
const ParallelCalls = 32

// Facts are what a listing tells of a batch: a call for each 1,000 objects.
type Facts struct {
	Batch       layout.Batch
	Parts       []string
	Newest      time.Time                    // when the last of the parts came; zero if not known
	Closed      bool                         // an open batch to which nothing is added
	Cancelled   bool                         // nothing more is read
	Sheets      map[string]bool              // those with a result
	Evidence    map[string]bool              // those with a reading
	Files       map[string]layout.PageCounts // files of several pages, by their first sheet
	Looks       map[string]bool              // pages that were looked at
	Papers      map[string]bool              // files that are divided, by their first sheet
	Corrections []string
	Requests    []string
	Epoch       int // the last plan's, 0 if there is none
	Done        map[int]bool
}

// NewFacts are those of a batch of which nothing is known.
func NewFacts(b layout.Batch) *Facts {
	return &Facts{
		Batch: b, Sheets: map[string]bool{}, Evidence: map[string]bool{}, Files: map[string]layout.PageCounts{},
		Looks: map[string]bool{}, Papers: map[string]bool{}, Done: map[int]bool{},
	}
}

// Facts lists the batch. A sheet's evidence and its file's mark are written before its
// result. Over 1,000 objects a listing takes several calls, so the results are listed
// first: of whatever is seen there, the rest is seen too.
func (a *Archive) Facts(ctx context.Context, b layout.Batch) (*Facts, error) {
	f := NewFacts(b)
	for _, part := range []string{"sheets/", ""} {
		for info, err := range a.store.List(ctx, b.Prefix()+part) {
			if err != nil {
				return nil, err
			}
			if key := strings.TrimPrefix(info.Key, b.Prefix()); part != "" || !strings.HasPrefix(key, "sheets/") {
				f.Note(key)
				if strings.HasPrefix(key, "parts/") && info.Modified.After(f.Newest) {
					f.Newest = info.Modified
				}
			}
		}
	}
	return f, nil
}

// Note takes in one record by its key under the batch's prefix.
func (f *Facts) Note(key string) {
	kind, name, _ := strings.Cut(key, "/")
	stem, _, _ := strings.Cut(name, ".")
	number, _ := strconv.Atoi(stem)
	switch kind {
	case "closed":
		f.Closed = true
	case "cancelled.json":
		f.Cancelled = true
	case "parts":
		f.Parts = append(f.Parts, stem)
	case "sheets":
		f.Sheets[stem] = true
	case "evidence":
		f.Evidence[stem] = true
	case "corrections":
		f.Corrections = append(f.Corrections, stem)
	case "requests":
		f.Requests = append(f.Requests, name)
	case "pages":
		if first, count, ok := layout.ParsePages(name); ok {
			f.Files[first] = count
		}
	case "looks":
		f.Looks[stem] = true
	case "papers":
		f.Papers[stem] = true
	case "plans":
		f.Epoch = max(f.Epoch, number)
	case "done":
		f.Done[number] = true
	}
}

// Asked are the ids of all corrections and requests, in order.
func (f *Facts) Asked() []string {
	return slices.Sorted(slices.Values(slices.Concat(f.Corrections, f.Requests)))
}

// HasAll reports whether all the sheets have their result.
func (f *Facts) HasAll(sheets []Place) bool {
	return !slices.ContainsFunc(sheets, func(p Place) bool { return !f.Sheets[p.ID] })
}

// Undivided are the keys of the files all of whose pages were looked at and that are
// not divided yet.
func (f *Facts) Undivided(sheets []Place) []string {
	var keys []string
	for _, p := range sheets {
		count := f.Files[p.ID]
		if p.Page == 1 && count.Pages > 0 && count.Sheets == 0 && !f.Papers[p.ID] && f.looked(p.Key, count.Pages) {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

func (f *Facts) looked(key string, pages int) bool {
	for page := 1; page <= pages; page++ {
		if !f.Looks[jobs.SheetID(f.Batch.ExamCode, f.Batch.BatchID, key, page)] {
			return false
		}
	}
	return true
}

// Place is a sheet's place in its batch.
type Place struct {
	ID   string
	Key  string
	Page int
	// Paper is the pages that make the sheet, nil where they are counted; Uneven says
	// of a file's first sheet that its pages raise the alarm.
	Paper  *exam.FilePaper
	Uneven bool
}

// Dividing reports whether a file of several pages is not yet divided: who looks may have
// to have that done.
func (f *Facts) Dividing() bool {
	for first, count := range f.Files {
		if count.Sheets == 0 && !f.Papers[first] {
			return true
		}
	}
	return false
}

// Expected lists all sheets of the batch, by key and page, and reports whether all of
// the batch's messages have come, as far as their number was said.
func (a *Archive) Expected(ctx context.Context, job exam.Job, f *Facts) (sheets []Place, whole bool, err error) {
	parts := f.Parts
	if job.Part != "" {
		parts = []string{job.Part}
	}
	keys, err := a.keysOf(ctx, f.Batch, parts)
	if errors.Is(err, s3store.ErrNotFound) {
		return nil, false, nil // claimed, and its list of keys not yet written
	}
	if err != nil {
		return nil, false, err
	}
	for key := range keys {
		ofFile, err := a.sheetsOf(ctx, job, f, key)
		if err != nil {
			return nil, false, err
		}
		sheets = append(sheets, ofFile...)
	}
	slices.SortFunc(sheets, func(a, b Place) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Page, b.Page)) })
	return sheets, job.Total > 0 && len(keys) >= job.Total, nil
}

// keysOf are the distinct keys of the batch's messages. An open batch may have as many
// messages as keys.
func (a *Archive) keysOf(ctx context.Context, b layout.Batch, parts []string) (map[string]bool, error) {
	lists := make([][]string, len(parts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(ParallelCalls)
	for i, part := range parts {
		group.Go(func() (err error) {
			lists[i], err = a.Part(ctx, b, part)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for _, list := range lists {
		for _, key := range list {
			keys[key] = true
		}
	}
	return keys, nil
}

// sheetsOf lists the sheets of a file, as far as they are known.
func (a *Archive) sheetsOf(ctx context.Context, job exam.Job, f *Facts, key string) ([]Place, error) {
	at := func(page int) Place {
		return Place{ID: jobs.SheetID(job.ExamCode, job.BatchID, key, page), Key: key, Page: page}
	}
	out := []Place{at(1)}
	if f.Papers[out[0].ID] {
		return a.divided(ctx, f.Batch, at)
	}
	for n := 1; n < f.Files[out[0].ID].Sheets; n++ {
		out = append(out, at(1+n*job.PagesPerSheet))
	}
	return out, nil
}

// divided lists the sheets of a file that was divided.
func (a *Archive) divided(ctx context.Context, b layout.Batch, at func(page int) Place) ([]Place, error) {
	papers, err := a.Files.Papers(ctx, b, at(1).ID)
	if err != nil {
		return nil, err
	}
	out := make([]Place, len(papers.Papers))
	for i := range papers.Papers {
		out[i] = at(papers.Papers[i].First)
		out[i].Paper = &papers.Papers[i]
	}
	out[0].Uneven = papers.Uneven
	return out, nil
}

// RematchRequest begins the id of a request to match with the roster as it is now.
const RematchRequest = "rematch-"
