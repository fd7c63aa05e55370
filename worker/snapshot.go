package worker

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"hakbeon/jobs"
	"hakbeon/s3store"
)

// snapshot is what lies in S3 of a batch: a call for each 1,000 objects.
type snapshot struct {
	batch       s3store.Batch
	parts       []string
	sheets      map[string]bool
	evidence    map[string]bool
	files       map[string]counts // of files of several pages, by their first sheet
	looks       map[string]bool   // pages that were looked at, and papers files that are divided
	papers      map[string]bool
	corrections []string
	requests    []string
	epoch       int // the last plan's, 0 if there is none
	done        map[int]bool
	plan        *s3store.Plan // of the epoch, once somebody has asked for it: see lastPlan
}

func (w *Worker) snapshot(ctx context.Context, b s3store.Batch) (*snapshot, error) {
	s := &snapshot{
		batch: b, sheets: map[string]bool{}, evidence: map[string]bool{}, files: map[string]counts{}, done: map[int]bool{},
		looks: map[string]bool{}, papers: map[string]bool{},
	}
	// A sheet's evidence and its file's marker are written before its result. Over
	// 1,000 objects a listing takes several calls, so the results are listed
	// first: of whatever is seen there, the rest is seen too.
	for _, part := range []string{"sheets/", ""} {
		for info, err := range w.store.List(ctx, b.Prefix()+part) {
			if err != nil {
				return nil, err
			}
			if key := strings.TrimPrefix(info.Key, b.Prefix()); part != "" || !strings.HasPrefix(key, "sheets/") {
				s.note(key)
			}
		}
	}
	return s, nil
}

func (s *snapshot) note(key string) {
	kind, name, _ := strings.Cut(key, "/")
	stem, _, _ := strings.Cut(name, ".")
	switch kind {
	case "parts":
		s.parts = append(s.parts, stem)
	case "sheets":
		s.sheets[stem] = true
	case "evidence":
		s.evidence[stem] = true
	case "corrections":
		s.corrections = append(s.corrections, stem)
	case "requests":
		s.requests = append(s.requests, name)
	case "pages":
		if f := strings.Split(name, "-"); len(f) == 3 {
			sheets, _ := strconv.Atoi(f[1])
			pages, _ := strconv.Atoi(f[2])
			s.files[f[0]] = counts{sheets, pages}
		}
	case "looks":
		s.looks[stem] = true
	case "papers":
		s.papers[stem] = true
	case "plans":
		epoch, _ := strconv.Atoi(stem)
		s.epoch = max(s.epoch, epoch)
	case "done":
		epoch, _ := strconv.Atoi(stem)
		s.done[epoch] = true
	}
}

// applied are the ids of all corrections and requests, in order.
func (s *snapshot) applied() []string {
	return slices.Sorted(slices.Values(slices.Concat(s.corrections, s.requests)))
}

// counts are of one file; sheets is 0 if its pages tell how many they make.
type counts struct{ sheets, pages int }

// place is a sheet's place in its batch.
type place struct {
	id   string
	key  string
	page int
	// paper is the pages that make the sheet, nil where they are counted; uneven says
	// of a file's first sheet that its pages raise the alarm.
	paper  *s3store.FilePaper
	uneven bool
}

// expected lists all sheets of the batch, by key and page, and reports whether
// all of the batch's messages have come.
func (w *Worker) expected(ctx context.Context, job s3store.Job, s *snapshot) ([]place, bool, error) {
	parts := s.parts
	if job.Part != "" {
		parts = []string{job.Part}
	}
	keys := map[string]bool{}
	for _, part := range parts {
		list, err := w.partKeys(ctx, s.batch, part)
		if isNotFound(err) {
			return nil, false, nil // claimed, and its list of keys not yet written
		}
		if err != nil {
			return nil, false, err
		}
		for _, key := range list {
			keys[key] = true
		}
	}
	var all []place
	for key := range keys {
		sheets, err := w.sheetsOf(ctx, job, s, key)
		if err != nil {
			return nil, false, err
		}
		all = append(all, sheets...)
	}
	slices.SortFunc(all, func(a, b place) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.page, b.page)) })
	return all, len(keys) >= job.Total, nil
}

// sheetsOf lists the sheets of a file, as far as they are known.
func (w *Worker) sheetsOf(ctx context.Context, job s3store.Job, s *snapshot, key string) ([]place, error) {
	at := func(page int) place {
		return place{id: jobs.SheetID(job.ExamCode, job.BatchID, key, page), key: key, page: page}
	}
	out := []place{at(1)}
	if s.papers[out[0].id] {
		return w.papersOf(ctx, s.batch, at)
	}
	for n := 1; n < s.files[out[0].id].sheets; n++ {
		out = append(out, at(1+n*job.PagesPerSheet))
	}
	return out, nil
}

// holds reports whether all the sheets have their result.
func (s *snapshot) holds(sheets []place) bool {
	return !slices.ContainsFunc(sheets, func(p place) bool { return !s.sheets[p.id] })
}
