package intake

import (
	"context"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/credentials"
	"hakbeon/s3store/layout"
	"hakbeon/worker/arrivals"
	"hakbeon/worker/queue"
)

// What became of S3's events, for who counts them.
const (
	ArrivalTaken   = "taken"       // a sheet of an open batch
	ArrivalForeign = "not_a_sheet" // an object of another kind
	ArrivalOther   = "other_event" // not that an object was created
	ArrivalTest    = "test"        // S3 has tried the notification
)

// Arrive takes what S3 says of new objects: each sheet is added to the open batch that
// its key names. What is no sheet is passed over. A message of which one object can't be
// taken is refused as a whole.
func (in *Intake) Arrive(ctx context.Context, m *queue.Message, n arrivals.Notice) error {
	sorted, foreign, err := in.sort(n)
	if err != nil {
		return err
	}
	for _, job := range sorted {
		if err := in.Register(credentials.ForExam(ctx, job.ExamCode), m, job); err != nil {
			return err
		}
		in.Arrived(ArrivalTaken, len(job.Keys))
	}
	in.Arrived(ArrivalForeign, foreign)
	in.Arrived(ArrivalOther, n.Others)
	if n.Test {
		in.Arrived(ArrivalTest, 1)
	}
	return nil
}

// sort makes a job of the objects of each batch, in the order in which they are first
// named, and counts those that are no sheets.
func (in *Intake) sort(n arrivals.Notice) (sorted []*jobs.Recognize, foreign int, err error) {
	of := map[layout.Batch]*jobs.Recognize{}
	for _, o := range n.Created {
		if o.Bucket != in.Store.Bucket() {
			return nil, 0, refusef(exam.RejectedBucket, "bucket", "the event is of another bucket than S3_BUCKET: have only that one notify this queue")
		}
		fit, b := in.Uploads.Match(o.Key)
		switch fit {
		case arrivals.Foreign:
			foreign++
			continue
		case arrivals.Nameless:
			return nil, 0, refusef(exam.RejectedUpload, "key", "an upload's key should name its exam as UPLOAD_KEY_PATTERN says, by a code that matches %s, and be a key that may be read", jobs.CodePattern)
		case arrivals.Sheet:
		}
		if of[b] == nil {
			of[b] = &jobs.Recognize{Type: jobs.TypeRecognize, ExamCode: b.ExamCode, BatchID: b.BatchID, Open: true}
			sorted = append(sorted, of[b])
		}
		of[b].Keys = append(of[b].Keys, o.Key)
	}
	return sorted, foreign, nil
}
