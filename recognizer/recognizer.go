package recognizer

import (
	"image"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// The words of package read, which holds what was read.
type (
	// Reading is what was read on a page.
	Reading = read.Reading
	// Line is one reading of one place on it.
	Line = read.Line
	// Turn is how far a page must be turned to stand upright.
	Turn = read.Turn
	// Timings is where a Read spent its time.
	Timings = read.Timings
	// Opinion is what another reader says.
	Opinion = read.Opinion
	// Mistakes are how that reader errs.
	Mistakes = read.Mistakes
	// Asked is a question to it whose answer is known.
	Asked = read.Asked
)

// Classes is the number of classes of a column.
const Classes = read.Classes

// ErrEvidence says that bytes are not a reading's evidence.
var ErrEvidence = read.ErrEvidence

// NewLine makes a line from the probabilities of a line model, see [read.NewLine].
func NewLine(box image.Rectangle, place int, columns [][Classes]float64) Line {
	return read.NewLine(box, place, columns)
}

// DefaultMistakes are those of a reader that was not measured.
func DefaultMistakes() Mistakes { return read.DefaultMistakes() }

// Measure estimates a reader's mistakes from its answers, see [read.Measure].
func Measure(asked []Asked) Mistakes { return read.Measure(asked) }

// CleanAnswer makes an Opinion's text of an answer, see [read.CleanAnswer].
func CleanAnswer(answer string) (string, bool) { return read.CleanAnswer(answer) }

// The words of package decide, which finds the student.
type (
	// Params are the numbers of a decision.
	Params = decide.Params
	// Decision is what is made of a reading.
	Decision = decide.Decision
	// Scorer is a roster made ready, see [decide.Scorer].
	Scorer = decide.Scorer
	// Scores are a sheet's, see [decide.Scores].
	Scores = decide.Scores
	// Candidate is a student who may have written a sheet.
	Candidate = decide.Candidate
	// Status says whether a student was accepted.
	Status = decide.Status
	// Reason says why.
	Reason = decide.Reason
	// Solution is what became of a batch.
	Solution = decide.Solution
	// Scored are readings scored against a roster.
	Scored = decide.Scored
)

// The outcomes of a decision and their reasons.
const (
	Matched          = decide.Matched
	NeedsReview      = decide.NeedsReview
	Success          = decide.Success
	NoIDFound        = decide.NoIDFound
	LowConfidence    = decide.LowConfidence
	Ambiguous        = decide.Ambiguous
	NotOnRoster      = decide.NotOnRoster
	DuplicateStudent = decide.DuplicateStudent
	NameMismatch     = decide.NameMismatch
	MarkedAbsent     = decide.MarkedAbsent
)

// What the name beside the number says of a decision's first candidate.
const (
	NameFits    = decide.NameFits
	NameOther   = decide.NameOther
	NameDiffers = decide.NameDiffers
	NameNotRead = decide.NameNotRead
)

// DefaultParams returns the calibrated defaults.
func DefaultParams() Params { return decide.DefaultParams() }

// Decide finds the student of one sheet, see [decide.Decide].
func Decide(rd *Reading, ro *roster.Roster, p Params) Decision { return decide.Decide(rd, ro, p) }

// Solve decides all sheets of a batch together, see [decide.Solve].
func Solve(readings []*Reading, ro *roster.Roster, p Params, taken ...string) Solution {
	return decide.Solve(readings, ro, p, taken...)
}

// NewScorer makes a roster ready, see [decide.NewScorer].
func NewScorer(ro *roster.Roster, p Params) *Scorer { return decide.NewScorer(ro, p) }

// Score scores readings against a roster, see [decide.Score].
func Score(readings []*Reading, ro *roster.Roster, p Params) *Scored {
	return decide.Score(readings, ro, p)
}
