package decide

// Params are the numbers of a decision; MODEL.md, section 10, has them with the set
// that each was chosen on. They are stored with a batch's plan, so that a decision
// can be made again exactly from the evidence and the roster. The zero value of a
// field means its default, and so does one that is out of range.
//
// Skip says what a reading is worth; [Score] uses it. The others say what to expect of
// sheets and when to accept: they can be changed without scoring again, see [Scored];
// NoAttendance can't.
type Params struct {
	// Accept is the confidence from which a student is accepted, 0 to 1. It counts
	// as 1/(1+9*Verify), 0.975, if it is less: below that a digit that wasn't read
	// would be filled in from the roster. Defaults to 0.99.
	Accept float64 `json:"accept"`

	// Stranger is the share of sheets that carry an ID of no one on the
	// roster. Too high a share costs reviews, too low a one wrong students.
	// Defaults to 0.075.
	Stranger float64 `json:"stranger"`
	// Near is the share of strangers whose ID is a student's with one digit
	// changed: of another class, or who joined after the roster was made. Of the
	// others, half are taken to have any digits, half digits as frequent as on the
	// roster. Defaults to 1/3.
	Near float64 `json:"near"`
	// Missing is the share of sheets without a readable ID. Defaults to 0.02.
	Missing float64 `json:"missing"`
	// Known is how many sheets Stranger and Near are worth when a batch's own shares
	// are estimated: with that many sheets, the batch counts as much as they do. So many answers, too, a second reader's share of right ones is worth.
	// Defaults to 15.
	Known float64 `json:"known"`
	// Duplicate is how much less likely a student's second sheet in a batch is
	// than a first one, and a third than a second. Defaults to 0.003.
	Duplicate float64 `json:"duplicate"`
	// Verify is the least prior, against a student's own, that each ID off the roster
	// has that differs from the student's in one digit, when the student is verified.
	// With 1/350 a student is accepted at 0.99 only if changed digits together are less
	// than 3.5 times as likely. Defaults to 1/350.
	Verify float64 `json:"verify"`

	// NoAttendance leaves out whom the roster marks as absent; it counts when sheets are
	// scored.
	NoAttendance bool `json:"no_attendance,omitempty"`

	// Skip is the chance of a digit not being seen at all. Defaults to 0.001.
	Skip float64 `json:"skip"`
}

// DefaultParams returns the calibrated defaults.
func DefaultParams() Params {
	return Params{
		Accept:   0.99,
		Stranger: 0.075, Near: 1.0 / 3, Missing: 0.02, Known: 15,
		Duplicate: 0.003, Verify: 1.0 / 350,
		Skip: 0.001,
	}
}

// WithDefaults replaces what is unset or out of range by the default.
func (p Params) WithDefaults() Params {
	d := DefaultParams()
	p.Accept = within(p.Accept, 1, d.Accept)
	p.Stranger = within(p.Stranger, 0.5, d.Stranger)
	p.Near = within(p.Near, 1, d.Near)
	p.Missing = within(p.Missing, 0.4, d.Missing)
	p.Known = within(p.Known, 1e9, d.Known)
	p.Duplicate = within(p.Duplicate, 1, d.Duplicate)
	p.Verify = within(p.Verify, 1, d.Verify)
	p.Skip = within(p.Skip, 1, d.Skip)
	return p
}

// within returns v if it lies in (0, high], else the default. NaN is outside.
func within(v, high, def float64) float64 {
	if v > 0 && v <= high {
		return v
	}
	return def
}

// Level is the confidence from which a student is accepted.
func (p Params) Level() float64 { return max(p.Accept, 1/(1+float64(9*p.Verify))) }
