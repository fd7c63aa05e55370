package reading

import (
	"context"
	"errors"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/s3store"
	"hakbeon/worker/outbox"
	"hakbeon/worker/rosters"
)

// A file of sheets of several pages goes twice through the queue. First every page is
// looked at: a message a page, each leaving a look. Who then sees that all looks are
// there sends the file's first page again, and its handler divides the file: how is
// written once and never changed. Then each sheet is a message of its own, filed like
// any other, from what was read before.

// looks reports whether the task's page is only looked at: it is of a file of several
// pages that isn't divided yet. Pages is how many the file has, 0 if that isn't known.
func (t *task) looks(pages int) bool {
	return t.job.Papers && t.paper == nil && (pages > 1 || t.page > 1)
}

// last is the sheet's last page.
func (t *task) last(pages int) int {
	if t.paper != nil {
		return t.paper.Last
	}
	return min(t.page+max(t.job.PagesPerSheet, 1)-1, pages)
}

// within is a decision about the sheet's first page as it holds for the whole sheet.
func (t *task) within(d recognizer.Decision, p recognizer.Params) recognizer.Decision {
	if t.paper == nil {
		return d
	}
	return recognizer.WithinPaper(d, t.paper.Confidence, p)
}

// divider finds which pages of a file make a sheet.
type divider struct {
	*Parts
	params recognizer.Params
	// match finds the roster that a sheet is matched against.
	match func(ctx context.Context, t *task) (rosters.Found, error)
}

// spreadPages has all pages of a file looked at. The marker comes first, and the first
// page's look after it: who sees that look also sees the marker.
func (p *divider) spreadPages(ctx context.Context, t *task, pages int) error {
	if t.page != 1 || pages <= 1 || t.paper != nil {
		return nil
	}
	if err := p.Archive.Files.MarkPages(ctx, t.batch, t.id, 0, pages); err != nil {
		return err
	}
	return p.Outbox.Send(ctx, 0, t.pages(2, pages)...)
}

// pages are messages for pages of the task's file.
func (t *task) pages(from, to int) []jobs.Message {
	var out []jobs.Message
	for page := from; page <= to; page++ {
		out = append(out, outbox.Page(t.batch, t.key, page))
	}
	return out
}

// keepLook stores what a page shows. A page that can't be read shows nothing, and is a
// sheet of its own that fails for its reason.
func (p *divider) keepLook(ctx context.Context, t *task, page readSheet) error {
	p.Metrics.Timings(t.timings)
	return p.Archive.Files.KeepLook(ctx, t.batch, t.id, recognizer.FilePage{Reading: page.reading, Sketch: page.sketch})
}

// takePaper finds out what the task's page is due for: to be looked at, to be the
// file's first in dividing it, or to begin a sheet. False if nothing is.
func (p *divider) takePaper(ctx context.Context, t *task) (due bool, err error) {
	if !t.job.Papers {
		return true, nil
	}
	first := jobs.SheetID(t.batch.ExamCode, t.batch.BatchID, t.key, 1)
	papers, err := p.Archive.Files.Papers(ctx, t.batch, first)
	if errors.Is(err, s3store.ErrNotFound) {
		looked, lookErr := p.Archive.Files.HasLook(ctx, t.batch, t.id)
		switch {
		case lookErr != nil || looked && t.page > 1:
			return false, lookErr
		case !looked:
			return true, nil
		}
		papers, err = p.divide(ctx, t)
	}
	if err != nil || papers == nil {
		return false, err
	}
	return p.beginPaper(ctx, t, papers)
}

// beginPaper takes the sheet that begins with the task's page. The first one has the
// others sent before its own result is written: see spread.
func (p *divider) beginPaper(ctx context.Context, t *task, papers *exam.Papers) (due bool, err error) {
	var others []jobs.Message
	for i, paper := range papers.Papers {
		if paper.First == t.page {
			t.paper = &papers.Papers[i]
		} else if t.page == 1 {
			others = append(others, t.pages(paper.First, paper.First)...)
		}
	}
	if t.paper == nil {
		return false, nil
	}
	if err := p.Outbox.Send(ctx, 0, others...); err != nil {
		return false, err
	}
	page, err := p.Archive.Files.Look(ctx, t.batch, t.id)
	t.looked = page.Reading
	return true, err
}

// divide divides the task's file, if all its pages were looked at: nil if not. The
// division that is written first counts.
func (p *divider) divide(ctx context.Context, t *task) (*exam.Papers, error) {
	count, err := p.Archive.Files.PageCount(ctx, t.batch, t.id)
	if err != nil || count == 0 {
		return nil, err
	}
	pages, err := p.Archive.Files.Looks(ctx, t.batch, t.key, count)
	if errors.Is(err, s3store.ErrNotFound) {
		return nil, nil //nolint:nilnil // what is not there yet is not an error
	}
	if err != nil {
		return nil, err
	}
	match, err := p.match(ctx, t)
	if err != nil {
		return nil, err
	}
	papers := recordOf(pages, recognizer.Divide(pages, match.Roster, t.job.PagesPerSheet, p.params))
	return p.Archive.Files.KeepPapers(ctx, t.batch, t.id, papers)
}

// recordOf is the record of a division, pages counted from 1.
func recordOf(pages []recognizer.FilePage, d recognizer.Division) *exam.Papers {
	out := &exam.Papers{Uneven: d.Uneven}
	for _, p := range d.Papers {
		paper := exam.FilePaper{First: p.First + 1, Last: p.Last + 1, Confidence: p.Confidence}
		for i := p.First; i <= p.Last; i++ {
			if pages[i].Reading != nil && pages[i].Sketch.Blank() {
				paper.Blank = append(paper.Blank, i+1)
			}
		}
		out.Papers = append(out.Papers, paper)
	}
	return out
}
