package decide

import (
	"cmp"
	"crypto/sha256"
	"slices"

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
	as := s.plain
	if rd != nil && rd.Lettered {
		as = s.lettered()
	}
	work, _ := as.work.Get().(*scores)
	if work == nil {
		work = newScores(as.trie)
		work.students = make([]float64, len(s.ids))
		if s.names != nil {
			work.names = &nameWork{book: s.names}
		}
	}
	defer as.work.Put(work)
	out := &Scores{likelihoods: s.sheet(rd, as, work), fingerprint: rd.Fingerprint()}
	if rd == nil {
		return out
	}
	out.found, out.second, out.asked = found(rd.Lines), rd.Second, len(rd.Names) > 0
	if out.asked && work.names != nil && !out.empty {
		work.names.read(rd)
		out.keep(work.names.bestOthers(out.belief(s.ids, s.priors).students))
		sure := out.belief(s.ids, s.priors).students
		out.places, out.others = work.names.places(rd, sure, out.line)
	}
	out.rest = nil
	return out
}

// keep has those count whom the digits hardly mean, but whose names fit best.
func (l *likelihoods) keep(named []int) {
	for _, of := range l.rest {
		if slices.Contains(named, of.student) {
			l.students = append(l.students, of)
		}
	}
	slices.SortFunc(l.students, func(a, b likelihood) int { return cmp.Compare(a.student, b.student) })
}
