// Package outcome says what the recogniser decided in the words of the contract: a
// result's fields, and a sentence for people.
package outcome

import (
	"path"

	"hakbeon/exam"
	"hakbeon/recognizer"
	"hakbeon/s3store/layout"
)

// New is the result of a sheet of which nothing is known yet.
func New(b layout.Batch, bucket, sheet, key string, page int) exam.Result {
	return exam.Result{
		ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: sheet, SheetKey: key, Page: page,
		Filename: path.Base(key), Candidates: []exam.Candidate{},
		Meta: exam.Meta{S3Bucket: bucket, S3Keys: exam.Keys{Result: b.Result(sheet)}},
	}
}

// maxOCRText bounds the digits that are shown: an ID has at most 32.
const maxOCRText = 64

// Apply sets what a decision says of a result.
func Apply(r *exam.Result, d recognizer.Decision) {
	r.Status, r.Confidence = string(d.Status), d.Confidence
	r.Success = d.Status == recognizer.Matched
	r.StudentID = nil
	if r.Success {
		r.StudentID = &d.StudentID
	}
	r.Candidates = append([]exam.Candidate{}, d.Candidates...)
	r.Meta.Reason, r.Meta.OCRText, r.Meta.OCRConf = string(d.Reason), d.Text[:min(len(d.Text), maxOCRText)], d.TextConf
	r.Meta.Digits, r.Meta.Name = d.Digits, string(d.Name)
}
