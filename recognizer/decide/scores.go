package decide

import (
	"crypto/sha256"

	"hakbeon/recognizer/read"
)

// Scores are one sheet scored against one roster with some parameters: all of its reading
// that deciding takes. It is read-only and may be shared, among scorers of the same roster
// and parameters.
type Scores struct {
	likelihoods

	fingerprint [sha256.Size]byte // of the reading
	found       float64           // see Shown
	second      *read.Opinion
	asked       bool // its name was looked for
	places      []witnessPlace
	others      int // of the places, see witnessSheet
}

// Sheet scores one reading; nil is treated as an empty one.
func (s *Scorer) Sheet(rd *read.Reading) *Scores {
	work, _ := s.work.Get().(*scores)
	if work == nil {
		work = newScores(s.trie)
		work.students = make([]float64, len(s.ids))
		if s.names != nil {
			work.names = &nameWork{book: s.names}
		}
	}
	defer s.work.Put(work)
	out := &Scores{likelihoods: s.sheet(rd, work), fingerprint: rd.Fingerprint()}
	if rd == nil {
		return out
	}
	out.found, out.second, out.asked = found(rd.Lines), rd.Second, len(rd.Names) > 0
	if out.asked && work.names != nil && !out.empty {
		sure := out.belief(s.ids, s.priors).students
		out.places, out.others = work.names.places(rd, sure, out.line)
	}
	return out
}
