package recognizer

// Params are the numbers of a decision. They are stored beside the evidence, so
// that a decision can be made again exactly. The zero value of a field means
// its default.
type Params struct {
	// Accept is the probability from which a student is accepted, 0 to 1.
	// Defaults to 0.999.
	Accept float64 `json:"accept"`
	// Stranger is the share of sheets that carry an ID of no one on the roster.
	// Defaults to 0.02.
	Stranger float64 `json:"stranger"`
	// Missing is the share of sheets without a readable ID. Defaults to 0.02.
	Missing float64 `json:"missing"`
	// Temperature softens the line model, which is surer than it should be:
	// log-probabilities are divided by it. Defaults to 2.
	Temperature float64 `json:"temperature"`
	// Noise is the probability that a column says nothing at all, 0 to 1.
	// Defaults to 0.01.
	Noise float64 `json:"noise"`
	// Claim is the probability from which a sheet counts as claiming a student
	// when Solve looks for duplicates, 0 to 1. Defaults to 0.9.
	Claim float64 `json:"claim"`
}

// DefaultParams returns the calibrated defaults.
func DefaultParams() Params {
	return Params{
		Accept: 0.999, Stranger: 0.02, Missing: 0.02,
		Temperature: 2, Noise: 0.01, Claim: 0.9,
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
