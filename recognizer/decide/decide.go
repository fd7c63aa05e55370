package decide

import (
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// Decide finds the student of one sheet. It is deterministic: the same reading,
// roster and parameters give the same bits on every machine. A nil reading or
// roster is treated as an empty one.
func Decide(rd *read.Reading, ro *roster.Roster, p Params) Decision {
	s := NewScorer(ro, p)
	return s.Decide(s.Sheet(rd))
}

// Decide finds the student of sheet i alone, as the function does.
func (s *Scored) Decide(i int, p Params) Decision {
	p = p.WithDefaults()
	b := s.belief(i, sharesOf(p))
	return b.decide(p, 1)
}
