package exam

import "time"

// Rejection is a message of a backend that can never succeed: written once, before the
// message goes to the dead-letter queue, and the data of its event. It holds nothing
// that the message says but names of ours and codes that can be right.
type Rejection struct {
	// MessageID is the id that the queue gave the message.
	MessageID string `json:"message_id"`
	// MessageType is the message's type, "" if it has none that a backend may send, or
	// [MessageS3Event].
	MessageType string `json:"message_type,omitempty"`
	// Reason is one of [RejectionReasons].
	Reason string `json:"reason"`
	// Field is the message's field that is to blame, "" if none is, or none of ours.
	Field string `json:"field,omitempty"`
	// Detail says what the message should be, in a sentence of at most
	// [MaxRejectionDetail] bytes.
	Detail string `json:"detail"`
	// ExamCode and BatchID are what the message says, "" if it says nothing that can be
	// right.
	ExamCode   string    `json:"exam_code,omitempty"`
	BatchID    string    `json:"batch_id,omitempty"`
	SentAt     time.Time `json:"sent_at"`
	RejectedAt time.Time `json:"rejected_at"`
}

// MaxRejectionDetail bounds a rejection's detail.
const MaxRejectionDetail = 500

// Why a backend's message is rejected.
const (
	// RejectedMalformed: it is not one JSON object in UTF-8, or it is too long.
	RejectedMalformed = "malformed"
	// RejectedField: a field is missing, not known, or has a value that it can't have.
	RejectedField = "bad_field"
	// RejectedConflict: the batch exists with other keys, roster or settings.
	RejectedConflict = "batch_conflict"
	// RejectedCallback: callback_url leads where no event may go.
	RejectedCallback = "callback_refused"
	// RejectedManifest: the object that manifest_key names can't be used.
	RejectedManifest = "manifest_unusable"
	// RejectedDownload: download_url leads where no image may be fetched from.
	RejectedDownload = "download_refused"
	// RejectedNoBatch: there is no such batch.
	RejectedNoBatch = "no_such_batch"
	// RejectedNoSheet: the batch has no result of such a sheet.
	RejectedNoSheet = "no_such_sheet"
	// RejectedBucket: an event of S3 is of another bucket.
	RejectedBucket = "other_bucket"
	// RejectedUpload: the key in an event of S3 names no exam that can be.
	RejectedUpload = "bad_upload_key"
	// RejectedOther: the dead-letter queue says more.
	RejectedOther = "other"
)

// MessageS3Event is the type of a message that S3 itself sent.
const MessageS3Event = "s3_event"

// RejectionReasons are all reasons of a [Rejection].
func RejectionReasons() []string {
	return []string{
		RejectedMalformed, RejectedField, RejectedConflict, RejectedCallback, RejectedManifest, RejectedDownload, RejectedNoBatch,
		RejectedNoSheet, RejectedBucket, RejectedUpload, RejectedOther,
	}
}
