package page

import (
	"errors"
	"path"
	"strings"
	"time"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/web/batch"
)

// sheet is what the browser knows of a sheet.
type sheet struct {
	ID         string       `json:"id"`
	File       string       `json:"file"`
	Folder     string       `json:"folder,omitempty"` // the rest of its key
	Page       int          `json:"page,omitempty"`   // of a file of several
	State      string       `json:"state"`
	Reason     string       `json:"reason"`
	Detail     *exam.Detail `json:"detail,omitempty"`
	Student    string       `json:"student,omitempty"`
	Confidence float64      `json:"confidence"`
	Candidates []candidate  `json:"candidates,omitempty"`
	Version    int          `json:"version"`
	Crop       bool         `json:"crop"`
	Paper      bool         `json:"paper"` // there are pages to see
	// Digits are what was read, place by place, and Name what the name says of the first
	// candidate, as in the result.
	Digits []exam.Digit `json:"digits,omitempty"`
	Name   string       `json:"name,omitempty"`
	// By is the name of the person who settled it.
	By string `json:"by,omitempty"`
	// Pending is a verdict that was given here and is not in the result yet.
	Pending string `json:"pending,omitempty"`

	seq     int
	header  string // the crop's key
	etag    string
	pending time.Time
}

type candidate struct {
	ID string  `json:"id"`
	P  float64 `json:"p"`
}

// The places that a sheet may be in: each is in exactly one.
const (
	stateSure     = "sure"     // accepted
	statePerson   = "person"   // a person has named the student
	stateReview   = "review"   // to be looked at
	stateStranger = "stranger" // of nobody on the roster, a person has said
	stateFailed   = "failed"   // unreadable
)

func stateOf(r *exam.Result) string {
	switch {
	case r.Status == exam.StatusMatched && r.Meta.Stage == exam.StagePerson:
		return statePerson
	case r.Status == exam.StatusMatched:
		return stateSure
	case r.Status == exam.StatusNeedsReview:
		return stateReview
	case r.Meta.Reason == exam.ReasonNotOnRoster:
		return stateStranger
	}
	return stateFailed
}

const shownCandidates = 3

func newSheet(l batch.Loaded) *sheet {
	r := &l.Result
	s := &sheet{
		ID: r.Sheet, File: path.Base(r.SheetKey), Folder: strings.TrimSuffix(path.Dir(r.SheetKey), "."), State: stateOf(r), Reason: r.Meta.Reason, Detail: r.Meta.Detail, Student: r.Student(),
		Confidence: r.Confidence, Version: r.Version, etag: l.ETag,
		Paper: r.Meta.S3Keys.Original != nil, Digits: r.Meta.Digits, Name: r.Meta.Name, By: r.Meta.By,
	}
	if r.Meta.Pages > 1 {
		s.Page = r.Page
	}
	// The key comes from a record: it must not lead out of the exam's crops.
	if h := r.Meta.S3Keys.Header; h != nil && strings.HasPrefix(*h, "header/"+r.ExamCode+"/") {
		s.header, s.Crop = *h, true
	}
	for _, c := range r.Candidates[:min(len(r.Candidates), shownCandidates)] {
		s.Candidates = append(s.Candidates, candidate{c.StudentID, c.Confidence})
	}
	return s
}

// notesOf says in sentences how a roster was read, or why it can't be used.
func notesOf(problem *exam.Detail, ro *roster.Roster) []exam.Detail {
	var out []exam.Detail
	if problem != nil {
		out = append(out, *problem)
	}
	if ro != nil {
		out = append(out, ro.Notes().Sentences()...)
	}
	return out
}

// student is a line of the roster.
type student struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func studentsOf(ro *roster.Roster) []student {
	out := make([]student, len(ro.Students))
	for i, s := range ro.Students {
		out[i] = student{ID: s.ID, Name: s.Name}
	}
	return out
}

// moment is a number of a change, of one watch.
type moment struct {
	Watch string `json:"watch"`
	Seq   int    `json:"seq"`
}

// message is what an event tells the browser: the first one everything, later ones
// what has changed.
type message struct {
	Whole   bool       `json:"whole,omitempty"`
	Moment  moment     `json:"moment"` // what it is the news up to
	Started *time.Time `json:"started,omitempty"`
	Now     time.Time  `json:"now"`
	Total   int        `json:"total"` // sheets that are known to come
	Done    int        `json:"done"`  // sheets that have a result
	Epoch   int        `json:"epoch"` // the last end; 0 before the first
	Alarms  []string   `json:"alarms,omitempty"`
	// Notes are what a person should know of how the roster was read.
	Notes    []exam.Detail `json:"notes,omitempty"`
	Students []student     `json:"students,omitempty"`
	// Claims are the windows that show each sheet that one shows; null if nothing has
	// changed.
	Claims map[string][]string `json:"claims"`
	Sheets []sheet             `json:"sheets"`
}

// errTooMany ends the look at a batch that is too large for a page.
var errTooMany = errors.New("the batch is too large for this page: use report.xlsx")
