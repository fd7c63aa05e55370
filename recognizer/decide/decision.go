package decide

import "hakbeon/exam"

// Status says whether a sheet's student was accepted.
type Status string

// The two outcomes of a decision.
const (
	Matched     Status = "matched"      // a student was accepted
	NeedsReview Status = "needs_review" // a person has to look
)

// Reason says why a decision came out as it did; a closed list.
type Reason string

// The reasons that Decide and Solve give.
const (
	Success          Reason = "success"           // the student is accepted
	NoIDFound        Reason = "no_id_found"       // nothing on the page looks like an ID
	LowConfidence    Reason = "low_confidence"    // a student leads, but not clearly enough
	Ambiguous        Reason = "ambiguous"         // two students are close to each other
	NotOnRoster      Reason = "not_on_roster"     // an ID was read that no student has
	DuplicateStudent Reason = "duplicate_student" // several sheets claim one student
	NameMismatch     Reason = "name_mismatch"     // the number is a student's, the name isn't
	MarkedAbsent     Reason = "marked_absent"     // the number is of a student who wasn't there
)

// The domain's words that a decision is made of.
type (
	// Candidate is a student who may have written a sheet, with a probability from 0 to 1.
	Candidate = exam.Candidate
	// Digit is what was read at one place of an ID: the likeliest digit, its probability
	// against the nine others in steps of 0.0001, and whether that is less than the level
	// of acceptance.
	Digit = exam.Digit
	// Alternative is another digit that may stand there, of 0.01 and more.
	Alternative = exam.OtherDigit
)

// Decision is what is made of a reading.
type Decision struct {
	Status     Status      `json:"status"`
	Reason     Reason      `json:"reason"`
	StudentID  string      `json:"student_id,omitempty"` // empty unless matched
	Confidence float64     `json:"confidence"`           // the first candidate's, 0 to 1
	Candidates []Candidate `json:"candidates"`           // at most five, best first; never nil
	Text       string      `json:"text"`                 // digits on the chosen line, read without the roster
	TextConf   float64     `json:"text_conf"`            // mean probability of these digits, 0 to 1
	// Name is what the name beside the number says of the first candidate; empty where
	// nobody looked.
	Name NameSaid `json:"name,omitempty"`
	// Digits are what was read place by place where the best student's ID has digits,
	// or, if no student explains the sheet best, where Text has; the first twelve.
	Digits []Digit `json:"digits,omitempty"`
	Line   int     `json:"line"` // index in Reading.Lines of the chosen line, -1 for none
}

// Shown is the ID that a page probably shows: the best student's, or what was read
// if no student's ID fits.
func (d *Decision) Shown() string {
	if len(d.Candidates) > 0 && d.Reason != NotOnRoster && d.Reason != NoIDFound {
		return d.Candidates[0].StudentID
	}
	return d.Text
}

// Within is a decision about what holds only with the probability p: every confidence
// is multiplied by it, and who falls below the level is no longer accepted.
func Within(d Decision, p float64, params Params) Decision {
	out := d.clone()
	out.Confidence = float64(d.Confidence * p)
	for i := range out.Candidates {
		out.Candidates[i].Confidence = float64(out.Candidates[i].Confidence * p)
	}
	if out.Status == Matched && out.Confidence < params.WithDefaults().Level() {
		out.Status, out.Reason, out.StudentID = NeedsReview, LowConfidence, ""
	}
	return out
}

func (d *Decision) clone() Decision {
	out := *d
	out.Candidates = append([]Candidate{}, d.Candidates...)
	out.Digits = append([]Digit(nil), d.Digits...)
	return out
}
