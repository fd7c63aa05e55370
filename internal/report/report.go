// Package report makes the workbook that a grader keeps of an exam: the roster in
// its own order with each student's sheet, and the sheets that belong to no
// student yet. The same batch gives the same bytes.
package report

import (
	"bytes"
	"cmp"
	"fmt"
	"sort"
	"time"

	"github.com/xuri/excelize/v2"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
)

// MaxPictures is how many crops a report shows; of a larger batch the others are
// left out, sheets to review last. They bound the workbook's size and the memory
// that making it takes.
const MaxPictures = 2000

// Batch is what a report tells of.
type Batch struct {
	Exam, Name string
	Title      string    // what people call the exam; its code if there is none
	Version    int       // of the batch's end, 0 where there are none
	At         time.Time // of the end; zero leaves it out, and the bytes to the sheets alone
	// RosterMismatch: most sheets fit no student.
	RosterMismatch bool
	// NamesDisagree: most sheets have other names than the roster.
	NamesDisagree bool
	// AttendanceDisagrees: too many sheets are of students whom the roster marks as absent.
	AttendanceDisagrees bool
	// StudentTwice: people gave one student several sheets. StudentUnknown: they gave one
	// to a student who is not on the roster.
	StudentTwice, StudentUnknown bool
	// PagesUneven: the pages of a file don't make sheets of as many as was said, or which
	// sheet a page belongs to is in doubt.
	PagesUneven bool
	// Cancelled: the batch was ended before all of it was read.
	Cancelled bool
	// Incomplete: fewer files came than were announced.
	Incomplete bool
	Roster     *roster.Roster // nil if there was none
	// RosterProblem is why the roster can't be used, nothing if it can.
	RosterProblem exam.Detail
	RosterKey     string // where it came from
	Sheets        []Sheet
}

// Sheet is one answer sheet.
type Sheet struct {
	File string // its name
	Page int

	Source     string // where it lies: a key or a path
	Status     string // "matched", "needs_review" or "failed"
	Reason     string
	Detail     exam.Detail // the reason in a sentence, where there is more to say
	ByPerson   bool        // a person said so
	By         string      // that person's name, "" if it is not known
	StudentID  string      // "" unless matched
	Confidence float64
	Candidates []exam.Candidate // best first
	Picture    []byte           // of [Thumbnail]; nil if there is none
}

// The statuses that a sheet may have.
const (
	matched     = "matched"
	needsReview = "needs_review"
)

// Make returns the workbook, an xlsx file.
func Make(b Batch) ([]byte, error) {
	if b.Roster == nil {
		b.Roster = &roster.Roster{}
	}
	file := excelize.NewFile()
	defer file.Close()
	book := &book{File: file, pictures: MaxPictures}
	if err := book.fill(b); err != nil {
		return nil, fmt.Errorf("make the report: %w", err)
	}
	// The library fills this list from a map.
	if types := file.ContentTypes; types != nil {
		sort.Slice(types.Defaults, func(i, k int) bool { return types.Defaults[i].Extension < types.Defaults[k].Extension })
	}
	var out bytes.Buffer
	if err := file.Write(&out); err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	return out.Bytes(), nil
}

// book is the workbook that is being made.
type book struct {
	*excelize.File

	styles   styles
	pictures int // that may still be put in
}

func (f *book) fill(b Batch) error {
	if err := f.SetSheetName("Sheet1", studentsSheet); err != nil {
		return err
	}
	for _, name := range []string{openSheet, examSheet} {
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
	}
	if err := f.properties(b); err != nil {
		return err
	}
	var err error
	if f.styles, err = f.makeStyles(); err != nil {
		return err
	}
	// What a person has to look at comes first where pictures are short.
	if err := f.write(openTable(b)); err != nil {
		return err
	}
	if err := f.write(studentsTable(b)); err != nil {
		return err
	}
	return f.writeExam(b)
}

func (f *book) properties(b Batch) error {
	at := b.At.UTC().Format(time.RFC3339)
	if b.At.IsZero() {
		at = "2000-01-01T00:00:00Z"
	}
	return f.SetDocProps(&excelize.DocProperties{Creator: "hakbeon", LastModifiedBy: "hakbeon", Title: cmp.Or(b.Title, b.Exam), Subject: b.Exam + " " + b.Name, Created: at, Modified: at})
}

// names are the students' names by ID.
func names(ro *roster.Roster) map[string]string {
	out := make(map[string]string, len(ro.Students))
	for _, s := range ro.Students {
		out[s.ID] = s.Name
	}
	return out
}
