package exam

// The types of events, which receivers of webhooks and readers of the result queue get.
const (
	// EventRecognized says that a sheet has a student; its data is a [Result], as that of
	// the next two is.
	EventRecognized = "sheet.recognized"
	// EventNeedsReview says that a person has to look at a sheet.
	EventNeedsReview = "sheet.needs_review"
	// EventFailed says that a sheet could not be read, or belongs nowhere by a person's word.
	EventFailed = "sheet.failed"
	// EventCompleted says that a batch has ended; its data is a [Summary] without its lists.
	EventCompleted = "batch.completed"
	// EventRejected says that a message of a backend's can never succeed; its data is a
	// [Rejection].
	EventRejected = "job.rejected"
)
