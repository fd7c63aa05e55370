package decide

import (
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// Scored are readings scored against a roster. Scoring is all that is slow about
// deciding: to try other priors or levels on a batch, score it once and call
// Decide or Solve with each. It is read-only and may be shared.
type Scored struct {
	// NamesDisagree says that the roster's names are not those of who has its IDs, for
	// example of another column: then they are left out.
	NamesDisagree bool
	// AttendanceDisagrees says that too many sheets are of students whom the roster marks
	// as absent: then the marks are left out.
	AttendanceDisagrees bool

	ids    []string
	scores []*Scores
	sheets []likelihoods
	named  bool // some sheet's name was looked for
}

// Score scores readings against a roster, as [Scorer.Score] does.
func Score(readings []*read.Reading, ro *roster.Roster, p Params) *Scored {
	return NewScorer(ro, p).Score(readings)
}

// likelihoods are how well each explanation accounts for one sheet, against "no
// ID at all", whose likelihood is 1.
type likelihoods struct {
	empty    bool // there is nothing to account for
	students []likelihood
	rest     []likelihood // who was left out, until the names have been looked at
	known    float64      // mean over all students of the roster
	strange  [strangeKinds]float64
	heard    float64 // what the second reader makes of strangers, a factor
	// byName says that the name tells something, and other is what it makes at most, a
	// factor, of those who aren't among students.
	byName   bool
	other    float64
	best     int  // the likeliest student, the first of equals; -1 if none is likely at all
	unique   bool // no other student is as likely as the best
	line     int  // where the likeliest explanation stands, -1 for nowhere
	text     string
	textConf float64
	digits   []Digit
}

// likelihood is a student's. Students who are too unlikely to matter have none.
type likelihood struct {
	student int
	value   float64
	heard   float64 // what the second reader makes of it, a factor
	named   float64 // what the name makes of it, a factor that value has
	present float64 // what the roster's attendance makes of it, such a factor too
	verification
}

// verification holds a student against the IDs with one digit changed that are on no
// roster. It is zero where these don't matter.
type verification struct {
	changed float64 // how much likelier they are together than the student's ID
	left    int     // how many they are
}

// The kinds of strangers.
const (
	strangeAny = iota
	strangeFrequent
	strangeNear
	strangeKinds
)

// What is too small to matter, as a share of a sheet's whole weight or of a
// probability; see MODEL.md, section 11.
const (
	tolerance = 1e-10
	// rough is its square root, for the first pass, which only finds IDs that are read
	// clearly, and for the share of near strangers that may be left out.
	rough = 1e-5
)
