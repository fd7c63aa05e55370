package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/s3store"
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

// spreadPages has all pages of a file looked at. The marker comes first, and the first
// page's look after it: who sees that look also sees the marker.
func (w *Worker) spreadPages(ctx context.Context, t *task, pages int) error {
	if t.page != 1 || pages <= 1 || t.paper != nil {
		return nil
	}
	_, err := w.store.Create(ctx, t.batch.Pages(t.id, 0, pages), nil, s3store.TypeBinary)
	if err := ignoreExists(err); err != nil {
		return err
	}
	return send(ctx, w.work, 0, t.pages(2, pages)...)
}

// pages are messages for pages of the task's file.
func (t *task) pages(from, to int) []jobs.Message {
	var out []jobs.Message
	for page := from; page <= to; page++ {
		out = append(out, &jobs.Sheet{ExamCode: t.batch.ExamCode, BatchID: t.batch.BatchID, Key: t.key, Page: page})
	}
	return out
}

// keepLook stores what a page shows. A page that can't be read shows nothing, and is a
// sheet of its own that fails for its reason.
func (w *Worker) keepLook(ctx context.Context, t *task, page readSheet) error {
	look := s3store.Look{Sketch: page.sketch}
	if page.reading != nil {
		var err error
		if look.Reading, err = page.reading.MarshalBinary(); err != nil {
			return fmt.Errorf("encode the evidence: %w", err)
		}
	}
	w.metrics.timings(t.timings)
	return ignoreExists(w.store.CreateRecord(ctx, t.batch.Look(t.id), look))
}

// takePaper finds out what the task's page is due for: to be looked at, to be the
// file's first in dividing it, or to begin a sheet. False if nothing is.
func (w *Worker) takePaper(ctx context.Context, t *task) (due bool, err error) {
	if !t.job.Papers {
		return true, nil
	}
	first := jobs.SheetID(t.batch.ExamCode, t.batch.BatchID, t.key, 1)
	papers, err := w.papersRecord(ctx, t.batch, first)
	if isNotFound(err) {
		_, err = w.store.Head(ctx, t.batch.Look(t.id))
		switch {
		case isNotFound(err):
			return true, nil
		case err != nil || t.page > 1:
			return false, err
		}
		papers, err = w.divide(ctx, t)
	}
	if err != nil || papers == nil {
		return false, err
	}
	return w.beginPaper(ctx, t, papers)
}

// beginPaper takes the sheet that begins with the task's page. The first one has the
// others sent before its own result is written: see spread.
func (w *Worker) beginPaper(ctx context.Context, t *task, papers *s3store.Papers) (due bool, err error) {
	var others []jobs.Message
	for i, p := range papers.Papers {
		if p.First == t.page {
			t.paper = &papers.Papers[i]
		} else if t.page == 1 {
			others = append(others, t.pages(p.First, p.First)...)
		}
	}
	if t.paper == nil {
		return false, nil
	}
	if err := send(ctx, w.work, 0, others...); err != nil {
		return false, err
	}
	page, err := w.lookAt(ctx, t.batch, t.id)
	t.looked = page.Reading
	return true, err
}

// divide divides the task's file, if all its pages were looked at: nil if not. The
// division that is written first counts.
func (w *Worker) divide(ctx context.Context, t *task) (*s3store.Papers, error) {
	count, err := w.pageCount(ctx, t)
	if err != nil || count == 0 {
		return nil, err
	}
	pages, err := w.allLooks(ctx, t, count)
	if isNotFound(err) {
		return nil, nil //nolint:nilnil // what is not there yet is not an error
	}
	if err != nil {
		return nil, err
	}
	match, err := w.match(ctx, t)
	if err != nil {
		return nil, err
	}
	papers := recordOf(pages, recognizer.Divide(pages, match.roster, t.job.PagesPerSheet, w.opts.Params))
	err = w.store.CreateRecord(ctx, t.batch.Papers(t.id), papers)
	if err != nil && !errors.Is(err, s3store.ErrExists) {
		return nil, err
	}
	return w.papersRecord(ctx, t.batch, t.id)
}

// recordOf is the record of a division, pages counted from 1.
func recordOf(pages []recognizer.FilePage, d recognizer.Division) *s3store.Papers {
	out := &s3store.Papers{Uneven: d.Uneven}
	for _, p := range d.Papers {
		paper := s3store.FilePaper{First: p.First + 1, Last: p.Last + 1, Confidence: p.Confidence}
		for i := p.First; i <= p.Last; i++ {
			if pages[i].Reading != nil && pages[i].Sketch.Blank() {
				paper.Blank = append(paper.Blank, i+1)
			}
		}
		out.Papers = append(out.Papers, paper)
	}
	return out
}

// pageCount is how many pages the task's file has, by its marker; 0 if there is none.
func (w *Worker) pageCount(ctx context.Context, t *task) (int, error) {
	prefix := t.batch.PagesOf(t.id)
	for info, err := range w.store.List(ctx, prefix) {
		if err != nil {
			return 0, err
		}
		_, pages, _ := strings.Cut(strings.TrimPrefix(info.Key, prefix), "-")
		return strconv.Atoi(pages)
	}
	return 0, nil
}

// allLooks are those of all pages; s3store.ErrNotFound if one is missing.
func (w *Worker) allLooks(ctx context.Context, t *task, count int) ([]recognizer.FilePage, error) {
	out := make([]recognizer.FilePage, count)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelCalls)
	for i := range out {
		group.Go(func() (err error) {
			out[i], err = w.lookAt(ctx, t.batch, jobs.SheetID(t.batch.ExamCode, t.batch.BatchID, t.key, i+1))
			return err
		})
	}
	return out, group.Wait()
}

// lookAt is what a page shows.
func (w *Worker) lookAt(ctx context.Context, b s3store.Batch, page string) (recognizer.FilePage, error) {
	var look s3store.Look
	if _, err := w.store.Load(ctx, b.Look(page), &look); err != nil {
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

// papersRecord is how a file was divided; s3store.ErrNotFound if it isn't yet.
func (w *Worker) papersRecord(ctx context.Context, b s3store.Batch, first string) (*s3store.Papers, error) {
	if known, ok := w.papers.Get(b.Papers(first)); ok {
		return known, nil
	}
	var record s3store.Papers
	if _, err := w.store.Load(ctx, b.Papers(first), &record); err != nil {
		return nil, err
	}
	w.papers.Add(b.Papers(first), &record)
	return &record, nil
}

// papersOf lists the sheets of a file that was divided.
func (w *Worker) papersOf(ctx context.Context, b s3store.Batch, at func(page int) place) ([]place, error) {
	papers, err := w.papersRecord(ctx, b, at(1).id)
	if err != nil {
		return nil, err
	}
	out := make([]place, len(papers.Papers))
	for i := range papers.Papers {
		out[i] = at(papers.Papers[i].First)
		out[i].paper = &papers.Papers[i]
	}
	out[0].uneven = papers.Uneven
	return out, nil
}

// divideLooked has files divided all of whose pages were looked at.
func (w *Worker) divideLooked(ctx context.Context, s *snapshot, expected []place) error {
	var due []jobs.Message
	for _, p := range expected {
		if count := s.files[p.id]; p.page == 1 && count.pages > 0 && count.sheets == 0 && !s.papers[p.id] && s.looked(p.key, count.pages) {
			due = append(due, &jobs.Sheet{ExamCode: s.batch.ExamCode, BatchID: s.batch.BatchID, Key: p.key, Page: 1})
		}
	}
	return send(ctx, w.work, 0, due...)
}

// looked reports whether all pages of a file were.
func (s *snapshot) looked(key string, pages int) bool {
	for page := 1; page <= pages; page++ {
		if !s.looks[jobs.SheetID(s.batch.ExamCode, s.batch.BatchID, key, page)] {
			return false
		}
	}
	return true
}

// pageAlarms say that the pages of a file should be looked at.
func pageAlarms(sheets []place) []string {
	if slices.ContainsFunc(sheets, func(p place) bool { return p.uneven }) {
		return []string{s3store.AlarmPagesUneven}
	}
	return nil
}

// paperDetail says that a sheet goes to a person because of its pages.
func paperDetail(reason string, paper *s3store.FilePaper, p recognizer.Params) *s3store.Detail {
	if reason == s3store.ReasonSuccess || paper == nil || paper.Confidence >= p.WithDefaults().Level() {
		return nil
	}
	if paper.First == 1 {
		return &s3store.Detail{
			EN: "It is not certain that all of these pages belong to one sheet.",
			KO: "이 쪽들이 모두 한 답안지에 속하는지 확실하지 않습니다.",
		}
	}
	return &s3store.Detail{
		EN: "It is not certain whether a new sheet begins with page " + strconv.Itoa(paper.First) + " of the file, or the page belongs to the sheet before.",
		KO: "파일의 " + strconv.Itoa(paper.First) + "쪽에서 새 답안지가 시작되는지, 앞 답안지에 이어지는지 확실하지 않습니다.",
	}
}
