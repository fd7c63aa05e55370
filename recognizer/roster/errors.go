package roster

import (
	"errors"
	"fmt"

	"hakbeon/recognizer/detail"
)

// Errors that Read and Decode wrap; test for them with errors.Is. Their
// messages tell the person who made the file what to change.
var (
	// ErrNoIDs means that the file was read but holds no student ID.
	ErrNoIDs = errors.New("no student IDs found")
	// ErrTooLarge means that the file exceeds one of the Limits.
	ErrTooLarge = errors.New("roster is too large")
	// ErrFormat means that the bytes are not a sound roster file or snapshot.
	ErrFormat = errors.New("roster cannot be read")
)

// valueError is an error about a cell, whose value may be a student's ID: it is not
// part of the message.
type valueError struct {
	error

	sheet, cell, value string
}

func (e *valueError) Unwrap() error { return e.error }

// Explain is the error's message for the person who made the file. It shows the
// value and the cell that it is about, which may be a student's ID: so it is not
// for logs, where Error stands.
func Explain(err error) string {
	e, ok := errors.AsType[*valueError](err)
	if !ok {
		return err.Error()
	}
	where := "cell " + e.cell
	if e.sheet != "" {
		where += fmt.Sprintf(" of sheet %q", e.sheet)
	}
	return fmt.Sprintf("%s (%s holds %q)", err.Error(), where, e.value)
}

// Detail says why a roster can't be used, in words for a person in English and
// Korean, without what stands in the file.
func Detail(err error) detail.Detail {
	d := detail.Of(err)
	switch {
	case !d.IsZero():
		return d
	case errors.Is(err, ErrTooLarge):
		return detail.Detail{EN: "The roster is too large.", KO: "명단 파일이 너무 큽니다."}
	case errors.Is(err, ErrNoIDs):
		return detail.Detail{EN: "No student ID was found in the roster.", KO: "명단에서 학번을 찾지 못했습니다."}
	}
	return detail.Detail{EN: "The roster file is damaged: save it again and upload it whole.", KO: "명단 파일이 손상되었습니다. 다시 저장해서 올려 주세요."}
}

func malformed(en, ko string, values ...any) error { return detail.New(ErrFormat, en, ko, values...) }

func errLocked() error {
	return malformed("the workbook is protected by a password; save it without one", "통합 문서에 암호가 걸려 있습니다. 암호 없이 저장해 주세요")
}

func noIDs(en, ko string, values ...any) error { return detail.New(ErrNoIDs, en, ko, values...) }

func tooLarge(en, ko string, values ...any) error {
	return detail.New(ErrTooLarge, en, ko, values...)
}
