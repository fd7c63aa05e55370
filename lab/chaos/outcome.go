package main

import (
	"fmt"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// outcome is how the exam ends when nothing goes wrong: a line for each of its
// sheets, and the summary's counts, for each epoch.
type outcome struct {
	sheets    map[int][]line
	summaries map[int]exam.Summary
}

// line is what counts of a result.
type line struct {
	Status, Reason, Student string
	Confidence              float64
	Version                 int
	Final                   bool
}

func lineOf(r *exam.Result) line {
	return line{r.Status, r.Meta.Reason, r.Student(), r.Confidence, r.Version, r.Final}
}

// note takes an epoch's outcome down.
func (o *outcome) note(t *template, batch layout.Batch, epoch int, st *stored) {
	lines := make([]line, len(t.sheets))
	for i, p := range t.sheets {
		if rec := st.records[jobs.SheetID(batch.ExamCode, batch.BatchID, uploadKey(batch.ExamCode, p.file), p.page)]; rec != nil {
			lines[i] = lineOf(&rec.Result)
		}
	}
	o.sheets[epoch] = lines
	o.summaries[epoch] = countsOf(*st.summary)
}

// check compares the outcome with the truth: whoever is alone in having written an
// ID is accepted, and at most one of the two sheets with the same.
func (o *outcome) check(t *template) error {
	for epoch := 1; epoch <= 2; epoch++ {
		for i, p := range t.sheets {
			got := o.sheets[epoch][i]
			if p.written != "" && got.Student != p.written {
				return fmt.Errorf("epoch %d: sheet %s, page %d was written by %q and went to %q", epoch, p.file, p.page, p.written, got.Student)
			}
		}
	}
	if got := o.sheets[2][t.verdict].Student; got != t.absent {
		return fmt.Errorf("the sheet that a person gave to %s went to %q", t.absent, got)
	}
	return nil
}
