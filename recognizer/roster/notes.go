package roster

import "hakbeon/recognizer/detail"

// Notes are what a person should know of how a roster was read.
type Notes struct {
	// LeftOut is how many rows were left out that may be students'.
	LeftOut int
	// Rows are the first of them.
	Rows []Skip
	// Doubts are Roster.Doubts.
	Doubts []detail.Detail
}

// maxNoted is how many rows are named: who has more of them opens the file.
const maxNoted = 20

// Notes sums up what was left out and what is in doubt.
func (r *Roster) Notes() Notes {
	n := Notes{Doubts: r.Doubts}
	for _, s := range r.Skipped {
		if s.Harmless {
			continue
		}
		if n.LeftOut++; n.LeftOut <= maxNoted {
			n.Rows = append(n.Rows, s)
		}
	}
	return n
}

// IsZero reports whether there is nothing to know.
func (n Notes) IsZero() bool { return n.LeftOut == 0 && len(n.Doubts) == 0 }

// Sentences are the notes in words, without what stands in the file: how many rows
// were left out and where the first is, and the doubts.
func (n Notes) Sentences() []detail.Detail {
	var out []detail.Detail
	if n.LeftOut > 0 {
		first := n.Rows[0]
		out = append(out, detail.Sprintf(
			"%[1]d rows of the roster were left out, the first in row %[2]d: %[3]s.", "명단에서 %[1]d행을 학생으로 보지 않았습니다. 처음은 %[2]d행: %[4]s.",
			n.LeftOut, first.Row, first.Reason, first.ReasonKO))
	}
	return append(out, n.Doubts...)
}
