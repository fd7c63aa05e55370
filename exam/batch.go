package exam

import (
	"encoding/json"
	"time"
)

// Job is what a batch is: written by the first of its messages, never changed.
type Job struct {
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
	// Total is the number of distinct keys of all the batch's messages; 0 if the batch is
	// open and nobody has said.
	Total int `json:"total"`
	// Part is the only part of a batch of one message, "" if there may be several.
	Part        string `json:"part,omitempty"`
	RosterKey   string `json:"roster_key,omitempty"`
	CallbackURL string `json:"callback_url,omitempty"`
	// PagesPerSheet is how many pages of a file make one sheet; 0 if what the pages show
	// says.
	PagesPerSheet int `json:"pages_per_sheet"`
	// Papers: every page is read, and files of several are divided by what their pages
	// show. Batches of before divide them by counting.
	Papers    bool      `json:"papers,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	// Immediate: one sheet whose sender waited for the answer.
	Immediate bool `json:"immediate,omitempty"`
	// Open: keys may come at any time, see the contract.
	Open bool `json:"open,omitempty"`
}

// Part is the keys of one of a batch's messages.
type Part struct {
	Keys []string `json:"keys"`
	// Unfetched is why there is no object of its only key; nil for all other parts.
	Unfetched *Unfetched `json:"unfetched,omitempty"`
}

// Unfetched is an image that a message gives the address of, and that was not to be had
// there.
type Unfetched struct {
	// Reason is that of the sheet, [ReasonImageMissing] or [ReasonImageTooLarge].
	Reason string `json:"reason"`
	Detail Detail `json:"detail"`
}

// Look is what one page of a file of several shows, before it is known which paper it
// belongs to.
type Look struct {
	// Reading is the page's evidence; none if the page could not be read.
	Reading []byte `json:"reading,omitempty"`
	// Sketch is how ink is spread over the page.
	Sketch []byte `json:"sketch,omitempty"`
}

// Papers is how a file of several pages was divided.
type Papers struct {
	// Papers are in the order of the file, and every page is in one.
	Papers []FilePaper `json:"papers"`
	// Uneven says that a person should look: see [AlarmPagesUneven].
	Uneven bool `json:"uneven,omitempty"`
}

// FilePaper is the pages of a file that make one sheet.
type FilePaper struct {
	// First and Last are its pages, counted from 1.
	First int `json:"first"`
	Last  int `json:"last"`
	// Confidence is the probability that a sheet begins with the first page and that all
	// the others belong to it.
	Confidence float64 `json:"confidence"`
	// Blank are those on which next to nothing stands.
	Blank []int `json:"blank,omitempty"`
}

// Correction is a person's verdict on a sheet. Corrections are applied in the
// order of their ids, which begin with the time; the latest wins.
type Correction struct {
	ID        string    `json:"id"`
	Sheet     string    `json:"sheet"`
	StudentID string    `json:"student_id,omitempty"`
	Verdict   string    `json:"verdict,omitempty"`
	At        time.Time `json:"at"`
	// By is the person's name, "" where it was not told.
	By string `json:"by,omitempty"`
}

// Brought is something that a person brought in for a batch by the page.
type Brought struct {
	// What is [BroughtScans] or [BroughtRoster].
	What string    `json:"what"`
	By   string    `json:"by"` // the person's name
	At   time.Time `json:"at"`
	// Count is how many files of sheets, or students, it was.
	Count int `json:"count"`
}

// Cancellation is that somebody has ended a batch before all of it was read.
type Cancellation struct {
	At time.Time `json:"at"`
	By string    `json:"by,omitempty"` // the person's name, "" where it was not told
}

// Erasure is that a person has asked for an exam to be deleted.
type Erasure struct {
	ExamCode string    `json:"exam_code"`
	By       string    `json:"by"` // the person's name
	At       time.Time `json:"at"`
}

// What can be brought.
const (
	BroughtScans  = "scans"
	BroughtRoster = "roster"
)

// Plan is all that one epoch of a batch's end does: carrying it out twice, or by
// two workers, gives the same.
type Plan struct {
	Epoch     int       `json:"epoch"`
	CreatedAt time.Time `json:"created_at"`
	RosterKey string    `json:"roster_key"`
	Roster    string    `json:"roster"` // hash of the snapshot, "" if there was no roster
	// Params are the numbers that the sheets were decided with.
	Params json.RawMessage `json:"params,omitempty"`
	Alarms []string        `json:"alarms,omitempty"`
	// RosterProblem is why the roster could not be used.
	RosterProblem *Detail `json:"roster_problem,omitempty"`
	// Cancelled is who ended the batch before all of it was read; nil if nobody did.
	Cancelled *Cancellation `json:"cancelled,omitempty"`
	// Applied are the ids of all corrections and requests that the plan knows of.
	Applied []string `json:"applied"`
	// Sheets are all sheets of the batch, by key and page.
	Sheets []PlannedSheet `json:"sheets"`
}

// PlannedSheet is a sheet's outcome in a plan. Version is the number that it has
// once the plan is carried out; Changes says whether the plan makes that version.
type PlannedSheet struct {
	Sheet      string      `json:"sheet"`
	Key        string      `json:"key"`
	Page       int         `json:"page"`
	Version    int         `json:"version"`
	Changes    bool        `json:"changes"`
	Stage      string      `json:"stage"`
	Status     string      `json:"status"`
	Reason     string      `json:"reason"`
	StudentID  string      `json:"student_id,omitempty"`
	Confidence float64     `json:"confidence"`
	Candidates []Candidate `json:"candidates,omitempty"`
	Detail     *Detail     `json:"detail,omitempty"`
	Name       string      `json:"name,omitempty"`
	By         string      `json:"by,omitempty"` // see [Meta.By]
}

// Summary is a batch's end.
type Summary struct {
	ExamCode string `json:"exam_code"`
	// ExamName is what people call the exam; its code if the table of exams has no
	// name for it.
	ExamName  string    `json:"exam_name"`
	BatchID   string    `json:"batch_id"`
	Version   int       `json:"version"` // the epoch
	CreatedAt time.Time `json:"created_at"`
	// Counts of sheets: Matched + NeedsReview + Failed = Total.
	Total       int            `json:"total"`
	Matched     int            `json:"matched"`
	NeedsReview int            `json:"needs_review"`
	Failed      int            `json:"failed"`
	Reasons     map[string]int `json:"reasons"`
	// Alarms say what is wrong with the batch as a whole, see the contract.
	Alarms []string `json:"alarms,omitempty"`
	// Cancelled is who ended the batch before all of it was read; nil if nobody did.
	Cancelled *Cancellation `json:"cancelled,omitempty"`
	// Incomplete: fewer keys came than the batch's messages declared.
	Incomplete bool `json:"incomplete,omitempty"`
	// Counts of students: Present + Missing = Students.
	Students int `json:"students"`
	Present  int `json:"present"`
	Missing  int `json:"missing"`
	// MissingIDs are the students of the roster without an accepted sheet. A
	// batch's event leaves them out.
	MissingIDs []string `json:"missing_ids,omitzero"`
	RosterKey  string   `json:"roster_key"`
	Roster     string   `json:"roster"`
	// RosterNotes are what a person should know of how the roster was read.
	RosterNotes *RosterNotes   `json:"roster_notes,omitempty"`
	S3Bucket    string         `json:"s3_bucket"`
	S3Keys      SummaryKeys    `json:"s3_keys"`
	Sheets      []SummarySheet `json:"sheets,omitempty"`
}

// Alarms of a batch.
const (
	// AlarmRosterMismatch says that most legible sheets fit no one on the roster.
	AlarmRosterMismatch = "roster_mismatch"
	// AlarmNamesDisagree says that most sheets have other names beside their numbers than
	// the roster has.
	AlarmNamesDisagree = "names_disagree"
	// AlarmAttendanceDisagrees says that too many sheets are of students whom the roster
	// marks as absent.
	AlarmAttendanceDisagrees = "attendance_disagrees"
	// AlarmStudentTwice says that people gave one student several sheets.
	AlarmStudentTwice = "student_twice"
	// AlarmStudentUnknown says that people gave a sheet to a student who is not on the
	// roster.
	AlarmStudentUnknown = "student_unknown"
	// AlarmPagesUneven says that the pages of a file don't make sheets of as many as were
	// declared, or that which sheet a page belongs to is in doubt.
	AlarmPagesUneven = "pages_uneven"
	// AlarmCancelled says that the batch was ended before all of it was read.
	AlarmCancelled = "cancelled"
)

// Alarms are all alarms of a batch.
func Alarms() []string {
	return []string{
		AlarmRosterMismatch, AlarmNamesDisagree, AlarmAttendanceDisagrees, AlarmStudentTwice, AlarmStudentUnknown, AlarmPagesUneven, AlarmCancelled,
	}
}

// SummaryKeys are the objects of a batch's end.
type SummaryKeys struct {
	Summary string `json:"summary"`
	Report  string `json:"report"`
}

// SummarySheet is one line of a summary.
type SummarySheet struct {
	Sheet      string  `json:"sheet"`
	SheetKey   string  `json:"sheet_key"`
	Page       int     `json:"page"`
	Version    int     `json:"version"`
	Status     string  `json:"status"`
	Reason     string  `json:"reason"`
	StudentID  *string `json:"student_id"`
	Confidence float64 `json:"confidence"`
	Detail     *Detail `json:"detail,omitempty"`
	Result     string  `json:"result"`
}
