package jobs_test

import (
	"errors"
	"fmt"

	"hakbeon/jobs"
)

// A backend's message, and one in which a field is misspelt.
func Example() {
	m, err := jobs.ParseJob(`{"exam_code": "SaS_2017_Final", "keys": ["uploads/001.jpg", "uploads/002.jpg"]}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	job := m.(*jobs.Recognize)
	fmt.Println(job.Exam(), len(job.Keys), jobs.DefaultBatchID(job.ExamCode, job.Keys, job.RosterKey))

	_, err = jobs.ParseJob(`{"exam_code": "SaS_2017_Final", "keys": ["uploads/001.jpg"], "roster": "rosters/x.xlsx"}`)
	if blame, ok := errors.AsType[*jobs.FieldError](err); ok {
		fmt.Println(blame.Field)
	}
	fmt.Println(err)

	// Output:
	// SaS_2017_Final 2 auto-d28db22977587745
	// roster
	// roster: is not a field of this message: known are batch_id, batch_total, callback_url, download_url, exam_code, filename, keys, manifest_key, open, pages_per_sheet, roster_key, type
}
