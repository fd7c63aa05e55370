package intake

import (
	"fmt"

	"hakbeon/exam"
	"hakbeon/worker/queue"
)

// refusal is why a message of the right form can never succeed. Its text quotes nothing
// of the message but the host of an address.
type refusal struct {
	reason string // of exam.RejectionReasons
	field  string // that is to blame
	err    error
}

func (r *refusal) Error() string { return r.field + ": " + r.err.Error() }

func (r *refusal) Unwrap() error { return r.err }

// BadNotice is the error of a message of S3's that can't be read.
func BadNotice(err error) error { return refusef(exam.RejectedMalformed, "s3 event", "%w", err) }

func refusef(reason, field, format string, args ...any) error {
	return queue.Dead(&refusal{reason, field, fmt.Errorf(format, args...)})
}

func badDownload(format string, args ...any) error {
	return refusef(exam.RejectedDownload, "download_url", format, args...)
}

func badManifest(format string, args ...any) error {
	return refusef(exam.RejectedManifest, "manifest_key", format, args...)
}
