package decide

import (
	"cmp"
	"slices"

	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// maxCandidates is how many students a decision names.
const maxCandidates = 5

// Decide finds the student of one sheet. It is deterministic: the same reading,
// roster and parameters give the same bits on every machine. A nil reading or
// roster is treated as an empty one.
func Decide(rd *read.Reading, ro *roster.Roster, p Params) Decision {
	return Score([]*read.Reading{rd}, ro, p).Decide(0, p)
}

// Decide finds the student of sheet i alone, as the function does.
func (s *Scored) Decide(i int, p Params) Decision {
	p = p.WithDefaults()
	b := s.belief(i, sharesOf(p))
	return b.decide(p)
}

// belief is how likely each explanation of a reading is.
type belief struct {
	*likelihoods

	ids      []string
	students []posterior // of those who matter, in the roster's order
	stranger float64
	none     float64
	alone    float64 // that the sheet is the best student's and no other is
}

// posterior is the probability of a student.
type posterior struct {
	student int
	p       float64
}

// belief applies Bayes' rule to sheet i.
func (s *Scored) belief(i int, prior shares) belief {
	sheet := &s.sheets[i]
	b := belief{likelihoods: sheet, ids: s.ids, none: 1, alone: 1}
	if sheet.empty {
		return b
	}
	w := prior.weigh(0, &sheet.strange)
	each := prior.student / float64(max(1, len(s.ids)))
	sum := w.sum()
	for _, l := range sheet.students {
		sum += float64(each * l.value)
	}
	b.students = make([]posterior, len(sheet.students))
	for k, l := range sheet.students {
		b.students[k] = posterior{l.student, float64(each*l.value) / sum}
	}
	b.stranger, b.none = w.strangers()/sum, w.none/sum
	return b
}

// of is the posterior of a student.
func (b *belief) of(student int) float64 {
	i, ok := slices.BinarySearchFunc(b.students, student, func(p posterior, j int) int { return cmp.Compare(p.student, j) })
	if !ok {
		return 0
	}
	return b.students[i].p
}

// decide applies the acceptance level. Only the student who is likeliest on the
// sheet itself can be accepted, and none whose ID the reading clearly contradicts in
// a digit: the model alone would accept a student of 8 where 7 is read at 0.8 and 8 at
// 0.2, because near strangers are rare, and that trusts the line model too far.
func (b *belief) decide(p Params) Decision {
	d := Decision{
		Status: NeedsReview, Candidates: b.candidates(),
		Text: b.text, TextConf: b.textConf, Line: b.line,
	}
	if len(d.Candidates) > 0 {
		d.Confidence = d.Candidates[0].Confidence
	}
	sure := b.best >= 0 && b.of(b.best) >= p.Accept && !b.doubted && d.Candidates[0].StudentID == b.ids[b.best]
	switch {
	case sure && b.alone >= float64(p.Alone*b.of(b.best)):
		d.Status, d.Reason, d.StudentID = Matched, Success, b.ids[b.best]
	case sure:
		d.Reason = DuplicateStudent
	default:
		d.Reason = b.whyNot(d.Candidates)
	}
	return d
}

// whyNot names the strongest rival of the best student.
func (b *belief) whyNot(c []Candidate) Reason {
	known := 1 - b.stranger - b.none
	switch {
	case b.none >= b.stranger && b.none >= known:
		return NoIDFound
	case b.stranger >= known:
		return NotOnRoster
	case len(c) > 1 && c[1].Confidence > max(b.stranger, b.none):
		return Ambiguous
	}
	return LowConfidence
}

// candidates are the likeliest students; equals are ordered by ID.
func (b *belief) candidates() []Candidate {
	out := make([]Candidate, 0, len(b.students))
	for _, w := range b.students {
		if w.p > 0 {
			out = append(out, Candidate{b.ids[w.student], w.p})
		}
	}
	slices.SortFunc(out, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(y.Confidence, x.Confidence), cmp.Compare(x.StudentID, y.StudentID))
	})
	return slices.Clip(out[:min(len(out), maxCandidates)])
}
