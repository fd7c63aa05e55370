// Package detail carries what a person should know about a file that could not be
// used, as a sentence in English and one in Korean, beside the error that programs
// look at. A detail names no student, no file and no key, so it may stand in
// results, messages and logs.
package detail

import (
	"errors"
	"fmt"

	"hakbeon/exam"
)

// Detail is one thing said twice. The zero value says nothing.
type Detail = exam.Detail

// Sprintf fills the same values into both sentences.
func Sprintf(en, ko string, values ...any) Detail {
	return Detail{EN: fmt.Sprintf(en, values...), KO: fmt.Sprintf(ko, values...)}
}

// Error is an error of some kind that a person can do something about.
type Error struct {
	// Kind is what errors.Is finds.
	Kind error
	// Detail is what to say.
	Detail Detail
}

// New makes an error of a kind that says why, in English and Korean.
func New(kind error, en, ko string, values ...any) error {
	return &Error{Kind: kind, Detail: Sprintf(en, ko, values...)}
}

// Error implements error: the kind and the English sentence.
func (e *Error) Error() string { return e.Kind.Error() + ": " + e.Detail.EN }

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

// Of is the detail that an error carries; the zero value if it carries none.
func Of(err error) Detail {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Detail
	}
	return Detail{}
}
