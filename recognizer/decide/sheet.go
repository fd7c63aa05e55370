package decide

import (
	"cmp"
	"slices"

	"hakbeon/recognizer/read"
)

// page is a reading on its way to its likelihoods.
type page struct {
	*Scorer

	*alike

	lines    []pageLine
	students []float64 // likelihood of each student
	verified map[int]verification
	strange  [strangeKinds]float64
	floor    float64 // what the sheet's whole weight comes to at least
}

type pageLine struct {
	emissions emissions
	share     float64   // the place's prior, shared among the place's lines
	students  []float64 // what the line adds to each student's likelihood; nil for nothing
	strange   [strangeKinds]float64
}

// sheet scores one reading.
func (s *Scorer) sheet(rd *read.Reading, as *alike, work *scores) likelihoods {
	if rd == nil || len(rd.Lines) == 0 {
		return likelihoods{empty: true, best: -1, line: -1}
	}
	p := page{Scorer: s, alike: as, lines: make([]pageLine, len(rd.Lines)), students: work.students}
	clear(p.students)
	for i, share := range lineShares(rd.Lines) {
		p.lines[i] = pageLine{emissions: newEmissions(&rd.Lines[i], s.slips, rd.Lettered), share: share}
	}
	p.weighStrangers()
	p.weighStudents(work)
	out := p.sum()
	out.text, out.textConf = read.FreeText(&rd.Lines[out.line])
	out.digits = p.digits(&out)
	for i := range p.lines {
		p.lines[i].drop(work)
	}
	return out
}

// drop gives the line's room back.
func (l *pageLine) drop(work *scores) {
	if l.students != nil {
		work.giveBack(l.students)
		l.students = nil
	}
}

// lineShares spreads the places' priors evenly over the lines of each: they are looks
// at the same ink, so how often a place was looked at says nothing. A place has its
// first line's prior; where none is known, all are alike. They sum to 1.
func lineShares(lines []read.Line) []float64 {
	looks, prior := make(map[int]int), make(map[int]float64)
	sum, known := 0.0, true
	for i := range lines {
		if l := &lines[i]; looks[l.Place] == 0 {
			prior[l.Place] = l.PlacePrior()
			sum, known = sum+prior[l.Place], known && prior[l.Place] > 0
		}
		looks[lines[i].Place]++
	}
	out := make([]float64, len(lines))
	for i := range lines {
		place := lines[i].Place
		out[i] = 1 / float64(len(looks)*looks[place])
		if known {
			out[i] = prior[place] / float64(sum*float64(looks[place]))
		}
	}
	return out
}

func (p *page) weighStrangers() {
	for i := range p.lines {
		l := &p.lines[i]
		l.strange[strangeAny] = float64(l.share * scoreGuesses(p.whatever, &l.emissions, p.slips))
		l.strange[strangeFrequent] = float64(l.share * scoreGuesses(p.frequent, &l.emissions, p.slips))
		for k, v := range l.strange {
			p.strange[k] += v
		}
	}
}

// weighStudents scores the lines twice: roughly, to learn what the sheet's whole
// weight comes to at least, and then as finely as that asks for.
func (p *page) weighStudents(work *scores) {
	if len(p.ids) == 0 {
		return
	}
	ceilings := make([]float64, len(p.lines))
	known := 0.0
	for i := range p.lines {
		l := &p.lines[i]
		ceilings[i] = p.trie.ceiling(&l.emissions, p.slips)
		if ceilings[i] >= float64(rough*p.most) {
			p.scoreLine(l, rough, work)
			for _, v := range l.students {
				known += v
			}
		}
	}
	p.floor = p.priors.weigh(known/float64(len(p.ids)), &p.strange).sum()
	scored := false
	for i := range p.lines {
		l := &p.lines[i]
		if least := p.threshold(l); ceilings[i] >= float64(least*p.most) {
			p.scoreLine(l, least, work)
			scored = true
		} else {
			l.drop(work)
		}
		for j, v := range l.students {
			p.students[j] += v
		}
	}
	if scored {
		p.exclude()
	}
}

// unseen is the share of a number of which less changes nothing when it is taken off.
const unseen = 1.0 / (1 << 55)

// exclude takes the students' own IDs out of the strangers': who has a student's
// ID is that student. What is left is what the reading says of other IDs.
func (p *page) exclude() {
	for kind, guessed := range p.guessed {
		left := p.strange[kind]
		for j, v := range p.students {
			if own := float64(v * guessed[j]); own >= float64(left*unseen) {
				left = max(0, left-own)
			}
		}
		p.strange[kind] = left
	}
}

// threshold is the weight of a path on a line that makes a student weigh the
// tolerance's share of the whole sheet.
func (p *page) threshold(l *pageLine) float64 {
	each := float64(p.priors.student*l.share) / float64(len(p.ids))
	return float64(tolerance*p.floor) / float64(each*p.most)
}

func (p *page) scoreLine(l *pageLine, least float64, work *scores) {
	total := p.trie.score(&l.emissions, p.slips, least, work)
	if l.students == nil {
		l.students = work.ofStudents(len(p.ids))
	}
	for j, leaf := range p.trie.leaf { // the root has nothing
		l.students[j] = float64(float64(total[leaf]*p.gains[j]) * l.share)
	}
}

// sum puts the page's lines together.
func (p *page) sum() likelihoods {
	out := likelihoods{heard: 1}
	out.best, out.unique, out.known = p.best()
	whole := p.priors.weigh(out.known, &p.strange).sum()
	p.near(whole)
	out.strange = p.strange
	kept, rest := p.matter(whole)
	out.students, out.rest = p.likelihoodsOf(kept), p.likelihoodsOf(rest)
	out.line = p.line(&out)
	return out
}

func (p *page) likelihoodsOf(students []int) []likelihood {
	out := make([]likelihood, len(students))
	for k, j := range students {
		out[k] = likelihood{student: j, value: p.students[j], heard: 1, named: 1, present: 1, verification: p.verified[j]}
	}
	return out
}

// matter are the students who are kept, in the roster's order: those who may be named as
// candidates, and of the others so many that the rest, who are above the tolerance too,
// together weigh a share of rough.
func (p *page) matter(whole float64) (kept, rest []int) {
	least := float64(tolerance*whole) * float64(len(p.ids))
	var who []int
	for j, v := range p.students {
		if v > 0 && v >= least {
			who = append(who, j)
		}
	}
	slices.SortFunc(who, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.students[b], p.students[a]), cmp.Compare(a, b))
	})
	weight, n := 0.0, len(who)
	for ; n > maxCandidates; n-- {
		if weight += p.students[who[n-1]]; float64(p.priors.student*weight) > float64(float64(rough*whole)*float64(len(p.ids))) {
			break
		}
	}
	kept, rest = who[:n], who[n:]
	slices.Sort(kept)
	return kept, rest
}

// best is the likeliest student, the first of equals; whether no other is as likely,
// as are those whose IDs differ in letters only, or where nothing can be read; and the
// mean likelihood of all.
func (p *page) best() (best int, unique bool, mean float64) {
	best, second := -1, 0.0
	for j, v := range p.students {
		mean += v
		switch {
		case v > 0 && (best < 0 || v > p.students[best]):
			if best >= 0 {
				second = p.students[best]
			}
			best = j
		case best >= 0:
			second = max(second, v)
		}
	}
	return best, best >= 0 && second < float64(p.students[best]*(1-tolerance)), mean / float64(max(1, len(p.ids)))
}

// leads says whether the best student explains the sheet better than a stranger does,
// and than no ID at all does.
func (p *page) leads(of *likelihoods) (strangers, none bool) {
	if of.best < 0 {
		return false, false
	}
	own := float64(p.priors.student*p.students[of.best]) / float64(len(p.ids))
	return own >= p.priors.weigh(0, &p.strange).strangers(), own >= p.priors.none
}

// line is the one that speaks most for the likeliest explanation.
func (p *page) line(of *likelihoods) int {
	student, _ := p.leads(of)
	line, most := 0, -1.0
	for i := range p.lines {
		l := &p.lines[i]
		v := p.priors.weigh(0, &l.strange).strangers()
		if student {
			v = 0
			if l.students != nil {
				v = l.students[of.best]
			}
		}
		if v > most {
			line, most = i, v
		}
	}
	return line
}

// found is the sum of the places' priors, as the finder gave them; 0 where it gave none.
func found(lines []read.Line) float64 {
	seen, sum := make(map[int]bool), 0.0
	for i := range lines {
		if l := &lines[i]; !seen[l.Place] {
			seen[l.Place] = true
			sum += l.PlacePrior()
		}
	}
	return min(sum, 1)
}
