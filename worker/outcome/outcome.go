// Package outcome says what the recogniser decided in the words of the contract: a
// result's fields, and a sentence for people.
package outcome

import (
	"path"

	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

// New is the result of a sheet of which nothing is known yet.
func New(b s3store.Batch, bucket, sheet, key string, page int) s3store.Result {
	return s3store.Result{
		ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: sheet, SheetKey: key, Page: page,
		Filename: path.Base(key), Candidates: []s3store.Candidate{},
		Meta: s3store.Meta{S3Bucket: bucket, S3Keys: s3store.Keys{Result: b.Result(sheet)}},
	}
}

// Decide matches a reading against the roster; without one nobody can be
// accepted, and the digits that were read are kept.
func Decide(reading *recognizer.Reading, ro *roster.Roster, p recognizer.Params) recognizer.Decision {
	if ro != nil {
		return recognizer.Decide(reading, ro, p)
	}
	d := recognizer.Decide(reading, &roster.Roster{}, p)
	d.Status, d.Reason = recognizer.NeedsReview, s3store.ReasonRosterMissing
	return d
}

// maxOCRText bounds the digits that are shown: an ID has at most 32.
const maxOCRText = 64

// Apply sets what a decision says of a result.
func Apply(r *s3store.Result, d recognizer.Decision) {
	r.Status, r.Confidence = string(d.Status), d.Confidence
	r.Success = d.Status == recognizer.Matched
	r.StudentID = nil
	if r.Success {
		r.StudentID = &d.StudentID
	}
	r.Candidates = make([]s3store.Candidate, len(d.Candidates))
	for i, c := range d.Candidates {
		r.Candidates[i] = s3store.Candidate(c)
	}
	r.Meta.Reason, r.Meta.OCRText, r.Meta.OCRConf = string(d.Reason), d.Text[:min(len(d.Text), maxOCRText)], d.TextConf
	r.Meta.Digits, r.Meta.Name = digitsOf(d), string(d.Name)
}

func digitsOf(d recognizer.Decision) []s3store.Digit {
	var out []s3store.Digit
	for _, digit := range d.Digits {
		next := s3store.Digit{Read: digit.Read, Conf: digit.Conf, Doubtful: digit.Doubtful}
		for _, other := range digit.Others {
			next.Others = append(next.Others, s3store.OtherDigit(other))
		}
		out = append(out, next)
	}
	return out
}
