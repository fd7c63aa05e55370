package exam

import (
	"slices"
	"time"
)

// The values of a result's status.
const (
	StatusMatched     = "matched"
	StatusNeedsReview = "needs_review"
	StatusFailed      = "failed"
)

// The values of a result's reason: this list is closed.
const (
	ReasonSuccess          = "success"
	ReasonNoIDFound        = "no_id_found"
	ReasonLowConfidence    = "low_confidence"
	ReasonAmbiguous        = "ambiguous"
	ReasonNotOnRoster      = "not_on_roster"
	ReasonDuplicateStudent = "duplicate_student"
	ReasonNameMismatch     = "name_mismatch"
	ReasonMarkedAbsent     = "marked_absent"
	ReasonRosterMissing    = "roster_missing"
	ReasonImageMissing     = "image_missing"
	ReasonImageUnreadable  = "image_unreadable"
	ReasonImageTooLarge    = "image_too_large"
	ReasonInternalError    = "internal_error"
	ReasonCancelled        = "cancelled"
	ReasonCorrected        = "corrected"
)

// Statuses are all values of a result's status.
func Statuses() []string { return []string{StatusMatched, StatusNeedsReview, StatusFailed} }

// Reasons are all values of a result's reason.
func Reasons() []string {
	return []string{
		ReasonSuccess, ReasonNoIDFound, ReasonLowConfidence, ReasonAmbiguous, ReasonNotOnRoster, ReasonDuplicateStudent, ReasonNameMismatch, ReasonMarkedAbsent,
		ReasonRosterMissing, ReasonImageMissing, ReasonImageUnreadable, ReasonImageTooLarge, ReasonInternalError, ReasonCancelled,
		ReasonCorrected,
	}
}

// The stages that a version may come from.
const (
	StageRead     = "read"     // the file could not be had or decoded
	StageMatch    = "match"    // read and matched, on its own
	StageSolve    = "solve"    // solved together with the batch
	StageDeadline = "deadline" // never read: the batch's time was over, or it was cancelled
	StagePerson   = "person"   // settled by a person
)

// Stages are all values of a result's stage.
func Stages() []string {
	return []string{StageRead, StageMatch, StageSolve, StageDeadline, StagePerson}
}

// Result is what hakbeon says of one sheet; also the data of the sheet's
// webhook. Times are RFC 3339 in UTC.
type Result struct {
	Success    bool        `json:"success"`
	ExamCode   string      `json:"exam_code"`
	BatchID    string      `json:"batch_id"`
	Sheet      string      `json:"sheet"`
	SheetKey   string      `json:"sheet_key"`
	Page       int         `json:"page"`
	Filename   string      `json:"filename"`
	Version    int         `json:"version"`
	Final      bool        `json:"final"`
	UpdatedAt  time.Time   `json:"updated_at"`
	Status     string      `json:"status"`
	StudentID  *string     `json:"student_id"`
	Confidence float64     `json:"confidence"`
	Candidates []Candidate `json:"candidates"`
	Meta       Meta        `json:"meta"`
}

// Candidate is a student who may have written the sheet.
type Candidate struct {
	StudentID  string  `json:"student_id"`
	Confidence float64 `json:"confidence"`
}

// Meta is how a result came about and where its objects lie.
type Meta struct {
	Stage  string `json:"stage"`
	Reason string `json:"reason"`
	// Detail says the reason in a sentence, where there is more to say.
	Detail  *Detail `json:"detail,omitempty"`
	OCRText string  `json:"ocr_text"`
	OCRConf float64 `json:"ocr_conf"`
	// Digits are what was read on the sheet alone, place by place; at most twelve, none
	// where nothing was.
	Digits []Digit `json:"digits,omitempty"`
	// Name is what the name beside the number says of the first candidate: "fits",
	// "other" (it is another student's), "differs" or "not_read"; empty where the roster
	// has no names.
	Name string `json:"name,omitempty"`
	// By is the name of the person who settled the sheet, empty where nobody did or it
	// was not told who.
	By      string `json:"by,omitempty"`
	UsedVLM bool   `json:"used_vlm"`
	// Epoch is the batch's end that made this version, 0 before the end.
	Epoch int `json:"epoch"`
	// Pages is how many pages the sheet's file has, 0 if it was never opened.
	Pages int `json:"pages"`
	// SheetPages are the pages of the file that make this sheet, in the order in which
	// they are filed, and BlankPages those of them on which next to nothing stands;
	// only where pages_per_sheet is not 1.
	SheetPages []int              `json:"sheet_pages,omitempty"`
	BlankPages []int              `json:"blank_pages,omitempty"`
	S3Uploaded bool               `json:"s3_uploaded"`
	S3Bucket   string             `json:"s3_bucket"`
	S3Keys     Keys               `json:"s3_keys"`
	Model      string             `json:"model"`
	Roster     string             `json:"roster"` // hash of the roster used, "" if there was none
	TimingsMS  map[string]float64 `json:"timings_ms"`
}

// Digit is what was read at one place of the ID: the likeliest digit with its
// probability, whether it is in doubt, and at most three others of 0.01 and more.
type Digit struct {
	Read     string       `json:"read"`
	Conf     float64      `json:"conf"`
	Doubtful bool         `json:"doubtful,omitempty"`
	Others   []OtherDigit `json:"others,omitempty"`
}

// OtherDigit may stand there instead.
type OtherDigit struct {
	Read string  `json:"read"`
	Conf float64 `json:"conf"`
}

// Keys are the sheet's objects; null where there is none.
type Keys struct {
	Original *string `json:"original"`
	Header   *string `json:"header"`
	Result   string  `json:"result"`
	// Others are the further pages of a sheet of several pages.
	Others []string `json:"others,omitempty"`
}

// list returns the copies that the keys name.
func (k Keys) list() []string {
	keys := slices.Clone(k.Others)
	for _, p := range []*string{k.Original, k.Header} {
		if p != nil {
			keys = append(keys, *p)
		}
	}
	return keys
}

// Student is the accepted student's ID, "" if none is.
func (r *Result) Student() string {
	if r.StudentID == nil {
		return ""
	}
	return *r.StudentID
}

const maxHistory = 50

// Sheet is the record of a sheet: its current version and the earlier ones, the
// latest first.
type Sheet struct {
	Result
	Earlier []Result `json:"earlier,omitempty"`
	// Scores are what the batch's end needs of the sheet's reading, until then.
	Scores []byte `json:"scores,omitempty"`
}

// Next returns the record with r as its current version, numbered one above. A record of version 0 is none yet and leaves no trace.
func (s *Sheet) Next(r Result) *Sheet {
	r.Version = s.Version + 1
	if s.Version == 0 {
		return &Sheet{Result: r}
	}
	earlier := append([]Result{s.Result}, s.Earlier...)
	return &Sheet{Result: r, Earlier: earlier[:min(len(earlier), maxHistory)]}
}

// At returns the version with the number, nil if the record does not hold it.
func (s *Sheet) At(version int) *Result {
	if s.Version == version {
		return &s.Result
	}
	for i := range s.Earlier {
		if s.Earlier[i].Version == version {
			return &s.Earlier[i]
		}
	}
	return nil
}

// Outdated returns the copies that only earlier versions name.
func (s *Sheet) Outdated() []string {
	current := s.Meta.S3Keys.list()
	var old []string
	for _, r := range s.Earlier {
		for _, key := range r.Meta.S3Keys.list() {
			if !slices.Contains(current, key) && !slices.Contains(old, key) {
				old = append(old, key)
			}
		}
	}
	return old
}

// Named reports whether any version names the copy.
func (s *Sheet) Named(key string) bool {
	return slices.Contains(s.Meta.S3Keys.list(), key) || slices.Contains(s.Outdated(), key)
}

// Copies returns the copies that the current version names.
func (s *Sheet) Copies() []string { return s.Meta.S3Keys.list() }
