package queue

import (
	"errors"
	"fmt"
	"time"
)

// ErrHandBack gives a message back at once and unchanged: it was received but
// not begun.
var ErrHandBack = errors.New("handed back, not begun")

// errLost ends a handler whose message belongs to another receiver by now.
var errLost = errors.New("the receipt is no longer valid: another receiver has the message")

// DeadError says that a message can never succeed.
type DeadError struct {
	// Reason goes to the dead-letter queue with the message. It must hold no
	// secret and no personal data.
	Reason string
	Err    error
}

// Error implements error.
func (e *DeadError) Error() string { return fmt.Sprintf("can never succeed: %v", e.Err) }

// Unwrap returns what made the message hopeless.
func (e *DeadError) Unwrap() error { return e.Err }

// Dead makes a [DeadError] whose reason is the error's text.
func Dead(err error) error { return &DeadError{Reason: err.Error(), Err: err} }

// Deadf is [Dead] of a text, which may wrap an error.
func Deadf(format string, args ...any) error { return Dead(fmt.Errorf(format, args...)) }

// RetryError says when a message should come back.
type RetryError struct {
	After time.Duration // from 0 to nearly 12 h after its receipt
	Err   error
}

// Error implements error.
func (e *RetryError) Error() string { return fmt.Sprintf("again in %v: %v", e.After, e.Err) }

// Unwrap returns what made the retry necessary.
func (e *RetryError) Unwrap() error { return e.Err }

// WaitFor turns "not there yet" into a [RetryError] until patience is over, counted by
// the age of what waits; then it returns over.
func WaitFor(age, patience time.Duration, missing, over error) error {
	if age >= patience {
		return over
	}
	return &RetryError{After: min(max(age/2, time.Second), 30*time.Second, patience-age+time.Second), Err: missing}
}

// PauseError says that something outside (S3, SQS, credentials, the network) is
// at fault and not the message.
type PauseError struct {
	Cause string // what is out of order, a short fixed name such as "s3"
	Err   error
}

// Error implements error.
func (e *PauseError) Error() string { return fmt.Sprintf("%s is out of order: %v", e.Cause, e.Err) }

// Unwrap returns the error that was met.
func (e *PauseError) Unwrap() error { return e.Err }

// EntryError is one entry's failure inside a batch call that answered 200.
type EntryError struct {
	Code        string
	Message     string
	SenderFault bool // it would be refused again
	Stale       bool // the receipt is of no more use: another receiver has the message
}

// Error implements error.
func (e *EntryError) Error() string {
	return fmt.Sprintf("the broker refused the entry: %s: %s", e.Code, e.Message)
}

// isStale reports whether the error says that a receipt is of no more use.
func isStale(err error) bool {
	entry, ok := errors.AsType[*EntryError](err)
	return ok && entry.Stale
}
