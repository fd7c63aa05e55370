package recognizer

// Params are the numbers of a decision. They are stored beside the evidence, so
// that a decision can be made again exactly. The zero value of a field means
// its default.
type Params struct {
	// Accept is the probability from which a student is accepted, 0 to 1.
	// Defaults to 0.999.
	Accept float64 `json:"accept"`
	// Stranger is the share of sheets that carry an ID of no one on the roster.
	// A third of them are taken to have any digits, a third digits as frequent as
	// on the roster, a third the ID of a student with one digit changed. Too high
	// a share costs reviews, too low a one wrong students. Defaults to 0.075.
	Stranger float64 `json:"stranger"`
	// Missing is the share of sheets without a readable ID. Defaults to 0.02.
	Missing float64 `json:"missing"`
	// Temperature softens the line model: log-probabilities are divided by it.
	// Above 1 a model is trusted less than it trusts itself. Defaults to 1.
	Temperature float64 `json:"temperature"`
	// Noise is the probability that a column says nothing at all, 0 to 1.
	// Defaults to 0.0001.
	Noise float64 `json:"noise"`
	// Misread is the chance, for each digit of an ID, that any other mark is read
	// there with full certainty. Defaults to 0.0001.
	Misread float64 `json:"misread"`
	// Skip is the chance of a digit not being seen at all. Defaults to 0.001.
	Skip float64 `json:"skip"`
	// Claim is the probability from which a sheet counts as claiming a student
	// when Solve looks for duplicates, 0 to 1. Defaults to 0.9.
	Claim float64 `json:"claim"`
}

// DefaultParams returns the calibrated defaults.
func DefaultParams() Params {
	return Params{
		Accept: 0.999, Stranger: 0.075, Missing: 0.02,
		Temperature: 1, Noise: 0.0001,
		Misread: 0.0001, Skip: 0.001, Claim: 0.9,
	}
}

// withDefaults replaces what is unset or out of range by the default.
func (p Params) withDefaults() Params {
	d := DefaultParams()
	p.Accept = within(p.Accept, 1, d.Accept)
	p.Stranger = within(p.Stranger, 0.5, d.Stranger)
	p.Missing = within(p.Missing, 0.5, d.Missing)
	p.Temperature = within(p.Temperature, 100, d.Temperature)
	p.Noise = within(p.Noise, 1, d.Noise)
	p.Misread = within(p.Misread, 1, d.Misread)
	p.Skip = within(p.Skip, 1, d.Skip)
	p.Claim = within(p.Claim, 1, d.Claim)
	return p
}

// within returns v if it lies in (0, high], else the default. NaN is outside.
func within(v, high, def float64) float64 {
	if v > 0 && v <= high {
		return v
	}
	return def
}
