package recognizer

import (
	"cmp"
	"slices"

	"hakbeon/recognizer/roster"
)

// maxCandidates is how many students a decision names.
const maxCandidates = 5

// Decide finds the student of one sheet. It is deterministic: the same reading,
// roster and parameters give the same bits on every machine. A nil reading or
// roster is treated as an empty one.
func Decide(rd *Reading, ro *roster.Roster, p Params) Decision {
	p = p.withDefaults()
	s := newScorer(ro, p)
	b := s.weigh(rd)
	return b.decide(p)
}

// scorer is a roster made ready for scoring readings.
type scorer struct {
	params    Params
	ids       []string
	trie      *trie
	gains     []float64 // of each student
	strangers []stranger
	soften    *softening
	plain     *softening // at the temperature 1, for the free text
	slips     slips
}

// stranger is a guess at what IDs that aren't on the roster look like.
type stranger struct {
	share float64 // of all strangers, times the gain of its length
	ids   anyID
}

// digitGain is how much more a digit that an ID explains is worth than one by
// chance; its power with an ID's length makes scores of different lengths, and
// of no ID at all, comparable.
const digitGain = 10

func newScorer(ro *roster.Roster, p Params) *scorer {
	s := &scorer{
		params: p, soften: newSoftening(p.Temperature, p.Noise),
		plain: newSoftening(1, p.Noise), slips: slips{p.Misread, p.Skip},
	}
	if ro != nil {
		for _, st := range ro.Students {
			s.ids = append(s.ids, st.ID)
		}
	}
	s.trie = newTrie(s.ids)
	for _, leaf := range s.trie.leaf {
		s.gains = append(s.gains, gain(s.trie.depth[leaf]))
	}
	s.strangers = strangersOf(s.ids)
	return s
}

func gain(length int) float64 {
	g := 1.0
	for range length {
		g = float64(g * digitGain)
	}
	return g
}

// defaultLength is an ID's length when there is no roster to tell.
const defaultLength = 8

// strangerShare is the share of each of three guesses at strangers: the two of
// strangersOf, and the one of nearby.
const strangerShare = 1.0 / 3

// strangersOf makes two guesses for each length of the roster's IDs: any
// digits at all, and digits as frequent at each place as on the roster, because
// most strangers come from the same school.
func strangersOf(ids []string) []stranger {
	byLength := make(map[int][][]int8)
	for _, id := range ids {
		if sg := signs(id); len(sg) > 0 {
			byLength[len(sg)] = append(byLength[len(sg)], sg)
		}
	}
	total := 0
	for _, group := range byLength {
		total += len(group)
	}
	if total == 0 {
		byLength[defaultLength] = make([][]int8, 1)
		total = 1
	}
	var lengths []int
	for n := range byLength {
		lengths = append(lengths, n)
	}
	slices.Sort(lengths)
	var out []stranger
	for _, n := range lengths {
		share := float64(float64(len(byLength[n]))/float64(total)*strangerShare) * gain(n)
		out = append(out,
			stranger{share, frequencies(nil, n)},
			stranger{share, frequencies(byLength[n], n)})
	}
	return out
}

// frequencies counts digits at each place, starting from one of each.
func frequencies(group [][]int8, length int) anyID {
	a := make(anyID, length)
	for i := range a {
		n := 0.0
		for d := range a[i] {
			a[i][d], n = 1, n+1
		}
		for _, id := range group {
			if i < len(id) && id[i] < letterSign {
				a[i][id[i]], n = a[i][id[i]]+1, n+1
			}
		}
		for d := range a[i] {
			a[i][d] /= n
		}
	}
	return a
}

// belief is how likely each explanation of a reading is.
type belief struct {
	ids      []string
	students []float64 // posterior of each student
	stranger float64
	none     float64
	doubted  bool // one changed digit explains the reading better than the best student's ID
	line     int  // where the likeliest explanation stands, -1 for nowhere
	text     string
	textConf float64
}

// weigh applies Bayes' rule to a reading.
func (s *scorer) weigh(rd *Reading) belief {
	b := belief{ids: s.ids, students: make([]float64, len(s.ids)), line: -1}
	b.none = s.params.Missing
	if rd == nil || len(rd.Lines) == 0 {
		b.none = 1
		return b
	}
	shares := lineShares(rd.Lines)
	byLine := make([][]float64, len(rd.Lines))
	strangerByLine := make([]float64, len(rd.Lines))
	lines := make([]emissions, len(rd.Lines))
	for i, l := range rd.Lines {
		lines[i] = newEmissions(l.columns, s.soften)
		byLine[i] = s.students(lines[i], shares[i])
		strangerByLine[i] = s.stranger(lines[i], shares[i])
		for j, w := range byLine[i] {
			b.students[j] += w
		}
		b.stranger += strangerByLine[i]
	}
	if best := b.best(); best >= 0 && b.students[best] > 0 {
		near, rival := s.nearby(b.ids[best], lines, shares)
		b.stranger += near
		b.doubted = rival > b.students[best]
	}
	b.normalise()
	b.locate(byLine, strangerByLine)
	b.text, b.textConf = freeText(rd.Lines[b.line].columns, &s.plain.table)
	return b
}

// lineShares divides the chance of holding the ID equally among the places, and
// a place's among its lines.
func lineShares(lines []Line) []float64 {
	count := make(map[int]int)
	for _, l := range lines {
		count[l.Place]++
	}
	out := make([]float64, len(lines))
	for i, l := range lines {
		out[i] = 1 / float64(len(count)*count[l.Place])
	}
	return out
}

func (s *scorer) students(e emissions, share float64) []float64 {
	known := 1 - s.params.Stranger - s.params.Missing
	prior := float64(known*share) / float64(len(s.ids))
	scores := s.trie.score(e, s.slips)
	out := make([]float64, len(s.ids))
	for i, leaf := range s.trie.leaf {
		if leaf != 0 {
			out[i] = float64(float64(scores[leaf]*s.gains[i]) * prior)
		}
	}
	return out
}

func (s *scorer) stranger(e emissions, share float64) float64 {
	sum := 0.0
	for _, st := range s.strangers {
		sum += float64(st.share * st.ids.score(e, s.slips))
	}
	return float64(float64(s.params.Stranger*share) * sum)
}

func (b *belief) normalise() {
	sum := b.stranger + b.none
	for _, w := range b.students {
		sum += w
	}
	b.stranger /= sum
	b.none /= sum
	for i := range b.students {
		b.students[i] /= sum
	}
}

// locate finds the line that speaks most for the likeliest explanation.
func (b *belief) locate(byLine [][]float64, strangers []float64) {
	best := b.best()
	most := -1.0
	for i := range byLine {
		w := strangers[i]
		if best >= 0 && b.students[best] >= b.stranger {
			w = byLine[i][best]
		}
		if w > most {
			b.line, most = i, w
		}
	}
}

// best is the likeliest student's index, the first of equals, -1 if there are
// no students.
func (b *belief) best() int {
	best := -1
	for i, w := range b.students {
		if best < 0 || w > b.students[best] {
			best = i
		}
	}
	return best
}

// decide applies the acceptance level. A student whose ID the reading
// contradicts in a digit is not accepted at any level.
func (b *belief) decide(p Params) Decision {
	d := Decision{
		Status: NeedsReview, Candidates: b.candidates(),
		Text: b.text, TextConf: b.textConf, Line: b.line,
	}
	if len(d.Candidates) > 0 {
		d.Confidence = d.Candidates[0].Confidence
	}
	if len(d.Candidates) > 0 && d.Confidence >= p.Accept && !b.doubted {
		d.Status, d.Reason, d.StudentID = Matched, Success, d.Candidates[0].StudentID
		return d
	}
	d.Reason = b.whyNot(d.Candidates)
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
	out := make([]Candidate, 0, len(b.ids))
	for i, id := range b.ids {
		if b.students[i] > 0 {
			out = append(out, Candidate{id, b.students[i]})
		}
	}
	slices.SortFunc(out, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(y.Confidence, x.Confidence), cmp.Compare(x.StudentID, y.StudentID))
	})
	return slices.Clip(out[:min(len(out), maxCandidates)])
}
