package demo

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"hakbeon/exam"
	"hakbeon/lab/synth"
)

func compare(a, b string) int { return strings.Compare(a, b) }

// show prints what was written against what was read, and where all of it lies.
func (d *Demo) show(exam *synth.Exam, rows []row, sum *exam.Summary) error {
	w := tabwriter.NewWriter(d.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nFILE\tWRITTEN\tREAD\tSTATUS\tCONFIDENCE\tREASON\t")
	for _, r := range rows {
		mark := ""
		if r.wrong() {
			mark = "WRONG"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.4f\t%s\t%s\n", r.sheet.File, written(r.sheet), or(r.result.Student(), "-"),
			r.result.Status, r.result.Confidence, r.result.Meta.Reason, mark)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the table: %w", err)
	}
	bucket := "s3://" + sum.S3Bucket + "/"
	d.sayf("\nsheets    %d: %d matched, %d to review, %d failed\n", sum.Total, sum.Matched, sum.NeedsReview, sum.Failed)
	d.sayf("students  %d: %d with a sheet, %d without\n", sum.Students, sum.Present, sum.Missing)
	d.sayf("summary   %s%s\nreport    %s%s\n", bucket, sum.S3Keys.Summary, bucket, sum.S3Keys.Report)
	d.sayf("filed     %soriginal/%s/{student_id}/, %sheader/%s/{student_id}/\n", bucket, exam.Code, bucket, exam.Code)
	return nil
}

func written(s synth.ExamSheet) string {
	if s.Kind == synth.Normal {
		return s.ID
	}
	return strings.TrimSpace(s.ID + " (" + string(s.Kind) + ")")
}

// wrong reports whether the sheet was accepted for a student who did not write it.
func (r row) wrong() bool {
	student := r.result.Student()
	return student != "" && (student != r.sheet.ID || r.sheet.Kind == synth.Stranger)
}

// verify fails unless every sheet has its result, none was accepted for a wrong
// student, the summary adds up and the webhooks told all of it.
func verify(rows []row, sum *exam.Summary, h *hooks) error {
	var errs []error
	matched := 0
	students := map[string]bool{}
	for _, r := range rows {
		if student := r.result.Student(); student != "" {
			if students[student] {
				errs = append(errs, fmt.Errorf("%s: its student has another sheet too", r.sheet.File))
			}
			students[student] = true
		}
		if r.wrong() {
			errs = append(errs, fmt.Errorf("%s was accepted for a wrong student", r.sheet.File))
		}
		if r.result.Success {
			matched++
		}
		if !r.result.Final {
			errs = append(errs, fmt.Errorf("%s has no final result", r.sheet.File))
		}
		if got := h.latest[r.result.Sheet]; got != r.result.Version {
			errs = append(errs, fmt.Errorf("%s: the receiver has version %d, S3 has %d", r.sheet.File, got, r.result.Version))
		}
	}
	if sum.Total != len(rows) || sum.Matched+sum.NeedsReview+sum.Failed != sum.Total || sum.Matched != matched || sum.Present+sum.Missing != sum.Students {
		errs = append(errs, errors.New("the summary does not add up"))
	}
	if matched < len(rows)/2 {
		errs = append(errs, fmt.Errorf("only %d of %d sheets were accepted", matched, len(rows)))
	}
	for _, p := range h.problems {
		errs = append(errs, errors.New(p))
	}
	return errors.Join(errs...)
}
