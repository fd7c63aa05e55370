package decide

import (
	"cmp"
	"slices"
)

// belief is how likely each explanation of a sheet is: the posterior of section 4 of
// MODEL.md, or that after the batch's messages.
type belief struct {
	*likelihoods

	ids      []string
	students []posterior // of those who matter, in the roster's order
	stranger float64
	none     float64
	asked    bool // names were looked for, and count
}

// posterior is the probability of a student.
type posterior struct {
	student int
	p       float64
	// most is what neither other sheets nor a second reader can raise it above: only
	// the student whom the reading itself puts first is free.
	most float64
	// changed is how much likelier the off-roster IDs with one digit changed are
	// together, near what each of them is given against the student already.
	changed, near float64
	// named and present are how much likelier the name and the roster's attendance make
	// the student, 1 if they say nothing.
	named, present float64
}

// belief applies Bayes' rule to sheet i.
func (s *Scored) belief(i int, prior shares) belief {
	b := s.sheets[i].belief(s.ids, prior)
	b.asked = s.named && !s.NamesDisagree
	return b
}

// belief applies it to a sheet, for a roster's IDs.
func (l *likelihoods) belief(ids []string, prior shares) belief {
	b := belief{likelihoods: l, ids: ids, none: 1}
	if l.empty {
		return b
	}
	w := prior.weigh(0, &l.strange)
	strangers := float64(w.strangers() * l.heard)
	each := prior.student / float64(max(1, len(ids)))
	near := prior.strange[strangeNear] / prior.student
	read, sum := w.strangers()+w.none, strangers+w.none
	for _, st := range l.students {
		read += float64(each * st.value)
		sum += float64(float64(each*st.value) * st.heard)
	}
	b.students = make([]posterior, len(l.students))
	for k, st := range l.students {
		most := float64(each*st.value) / read
		if st.student == l.best && l.unique {
			most = 1
		}
		p := float64(float64(each*st.value)*st.heard) / sum
		b.students[k] = posterior{
			student: st.student, p: min(p, most), most: most, named: st.named, present: st.present,
			changed: st.changed, near: float64(near*l.heard) / float64(float64(max(1, st.left))*st.heard),
		}
	}
	b.stranger, b.none = strangers/sum, w.none/sum
	return b
}

// verified is what is left of a student if each of those IDs has at least a prior of
// verify times the student's own: 1/c = 1/p + (verify - near) * changed. A name that
// isn't the student's is one of them with the student's very digits, and so is a student
// who wasn't there. See MODEL.md, sections 6, 14 and 15.
func (p *posterior) verified(verify float64) float64 {
	doubt := float64(max(0, verify-p.near)*p.changed) + float64(verify*max(0, 1/p.named-1))
	doubt += float64(verify * max(0, 1/p.present-1))
	return p.p / (1 + float64(doubt*p.p))
}

// byDigits is the confidence that the student had without other witnesses.
func (p *posterior) byDigits(verify float64) float64 {
	digits, witnesses := *p, float64(p.named*p.present)
	digits.p = p.p / (p.p + float64((1-p.p)*witnesses))
	digits.changed, digits.named, digits.present = float64(p.changed*witnesses), 1, 1
	return digits.verified(verify)
}

// first is the likeliest student, the first of equals; nil if there is none.
func (b *belief) first() *posterior {
	var best *posterior
	for k := range b.students {
		if p := &b.students[k]; best == nil || p.p > best.p {
			best = p
		}
	}
	return best
}

// of is the posterior of a student.
func (b *belief) of(student int) float64 {
	i, ok := slices.BinarySearchFunc(b.students, student, func(p posterior, j int) int { return cmp.Compare(p.student, j) })
	if !ok {
		return 0
	}
	return b.students[i].p
}

// decide applies the level. Fits is the probability that the roster is the exam's.
func (b *belief) decide(p Params, fits float64) Decision {
	d := Decision{
		Status: NeedsReview, Candidates: b.candidates(p.Verify, fits),
		Text: b.text, TextConf: b.textConf, Line: b.line, Digits: markDoubtful(b.digits, p.Level()),
	}
	if len(d.Candidates) > 0 {
		d.Confidence = d.Candidates[0].Confidence
	}
	if d.Confidence >= p.Level() {
		d.Status, d.Reason, d.StudentID = Matched, Success, d.Candidates[0].StudentID
	} else {
		d.Reason = b.whyNot(d.Candidates, p)
	}
	d.Name = b.nameSaid(d.Candidates)
	return d
}

// whyNot names the strongest rival of the best student.
func (b *belief) whyNot(c []Candidate, p Params) Reason {
	known := 1 - b.stranger - b.none
	first := b.first()
	switch {
	case first != nil && min(first.named, first.present) < 1 && first.byDigits(p.Verify) >= p.Level():
		if first.present < first.named {
			return MarkedAbsent
		}
		return NameMismatch
	case b.none >= b.stranger && b.none >= known:
		return NoIDFound
	case b.stranger >= known:
		return NotOnRoster
	case len(c) > 1 && c[1].Confidence > max(b.stranger, b.none):
		return Ambiguous
	}
	return LowConfidence
}

// maxCandidates is how many students a decision names.
const maxCandidates = 5

// candidates are the likeliest students; equals are ordered by ID.
func (b *belief) candidates(verify, fits float64) []Candidate {
	out := make([]Candidate, 0, len(b.students))
	for k := range b.students {
		if c := float64(b.students[k].verified(verify) * fits); c > 0 {
			out = append(out, Candidate{StudentID: b.ids[b.students[k].student], Confidence: c})
		}
	}
	slices.SortFunc(out, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(y.Confidence, x.Confidence), cmp.Compare(x.StudentID, y.StudentID))
	})
	return slices.Clip(out[:min(len(out), maxCandidates)])
}

// telling is from which factor on a name is said to be somebody's, or not to be.
const telling = 2

// nameSaid is what the name says of the first candidate.
func (b *belief) nameSaid(c []Candidate) NameSaid {
	switch {
	case !b.asked:
		return ""
	case !b.byName:
		return NameNotRead
	}
	mine, others := 1.0, b.other
	for k := range b.students {
		p := &b.students[k]
		if len(c) > 0 && b.ids[p.student] == c[0].StudentID {
			mine = p.named
		} else {
			others = max(others, p.named)
		}
	}
	switch {
	case mine >= telling:
		return NameFits
	case others >= telling:
		return NameOther
	case mine <= 1.0/telling:
		return NameDiffers
	}
	return NameNotRead
}
