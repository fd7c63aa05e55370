package sqslocal

// maxEntries is the number of entries that a batch can have.
const maxEntries = 10

// batchFailure is an entry that failed while others of its batch didn't.
type batchFailure struct {
	ID          string `json:"Id"`
	Code        string
	Message     string
	SenderFault bool
}

type batchOutput struct {
	Successful []any
	Failed     []batchFailure `json:",omitempty"`
}

// outcome is what came of an entry.
type outcome struct {
	result any
	err    error
}

// settle enters an entry's outcome.
func (b *batchOutput) settle(id string, o outcome) {
	if o.err == nil {
		b.Successful = append(b.Successful, o.result)
		return
	}
	e := asAPIError(o.err)
	b.Failed = append(b.Failed, batchFailure{ID: id, Code: e.code, Message: e.message, SenderFault: e.sender()})
}

// entry carries out one entry of a batch, unless it fails on purpose.
func (s *Server) entry(operation string, do func() (any, error)) outcome {
	if s.chance.failEntry(operation) {
		e := internalError("The entry failed on purpose.")
		e.code = "InternalError"
		return outcome{nil, e}
	}
	result, err := do()
	return outcome{result, err}
}

// entryID is the result of an entry that has no other.
type entryID struct {
	ID string `json:"Id"`
}

// checkBatch checks what fails a batch as a whole.
func checkBatch[E any](entries []E, id func(E) string) error {
	switch {
	case len(entries) == 0:
		return legacyError("EmptyBatchRequest", "There should be at least one entry in the request.")
	case len(entries) > maxEntries:
		return legacyError("TooManyEntriesInBatchRequest",
			"Maximum number of entries per request are %d. You have sent %d.", maxEntries, len(entries))
	}
	seen := map[string]bool{}
	for _, e := range entries {
		switch {
		case !validName(id(e), "_-") || len(id(e)) > 80:
			return legacyError("InvalidBatchEntryId",
				"A batch entry id can only contain alphanumeric characters, hyphens and underscores. "+
					"It can be at most 80 letters long.")
		case seen[id(e)]:
			return legacyError("BatchEntryIdsNotDistinct", "Id %s repeated.", id(e))
		}
		seen[id(e)] = true
	}
	return nil
}
