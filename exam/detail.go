package exam

// Detail says why, in a sentence for a person: it names no student and no file.
type Detail struct {
	EN string `json:"en"`
	KO string `json:"ko"`
}

// IsZero reports whether there is nothing to say.
func (d Detail) IsZero() bool { return d == Detail{} }

// RosterNotes are what a person should know of how a batch's roster was read.
type RosterNotes struct {
	// Problem is why the roster could not be used.
	Problem *Detail `json:"problem,omitempty"`
	// LeftOut is how many rows were left out that may be students'.
	LeftOut int `json:"left_out,omitempty"`
	// Rows are the first of them.
	Rows []RosterRow `json:"rows,omitempty"`
	// Doubts are what was decided and could have been meant otherwise, such as which
	// column holds the IDs.
	Doubts []Detail `json:"doubts,omitempty"`
}

// RosterRow is a row of a roster that was left out.
type RosterRow struct {
	Sheet    string `json:"sheet,omitempty"`
	Row      int    `json:"row"`
	Cell     string `json:"cell,omitempty"`
	Value    string `json:"value,omitempty"`
	Reason   string `json:"reason"`
	ReasonKO string `json:"reason_ko,omitempty"`
}
