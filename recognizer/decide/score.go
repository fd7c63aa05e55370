package decide

import (
	goruntime "runtime"
	"sync"
	"sync/atomic"

	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// Scored are readings scored against a roster. Scoring is all that is slow about
// deciding: to try other priors or levels on a batch, score it once and call
// Decide or Solve with each. It is read-only and may be shared.
type Scored struct {
	ids      []string
	readings []*read.Reading
	sheets   []likelihoods
}

// Score scores readings against a roster. Of the parameters, Noise, Misread and Skip count; the priors only say which likelihoods are too small to
// keep. A nil reading or roster is treated as an empty one. Sheets are scored on
// all cores.
func Score(readings []*read.Reading, ro *roster.Roster, p Params) *Scored {
	s := newScorer(ro, p.WithDefaults())
	out := &Scored{ids: s.ids, readings: readings, sheets: make([]likelihoods, len(readings))}
	var next atomic.Int64
	var group sync.WaitGroup
	scoreSome := func() {
		work := newScores(s.trie)
		for i := next.Add(1) - 1; i < int64(len(readings)); i = next.Add(1) - 1 {
			out.sheets[i] = s.sheet(readings[i], work)
		}
	}
	for range min(goruntime.GOMAXPROCS(0), len(readings)) - 1 {
		group.Go(scoreSome)
	}
	scoreSome()
	group.Wait()
	out.hear(p.WithDefaults())
	return out
}

// likelihoods are how well each explanation accounts for one sheet, against "no
// ID at all", whose likelihood is 1.
type likelihoods struct {
	empty    bool // there is nothing to account for
	students []likelihood
	known    float64 // mean over all students of the roster
	strange  [strangeKinds]float64
	best     int  // the likeliest student, the first of equals; -1 if none is likely at all
	doubted  bool // one changed digit explains the sheet clearly better than the best student's ID, or another student as well
	line     int  // where the likeliest explanation stands, -1 for nowhere
	text     string
	textConf float64
}

// likelihood is a student's. Students who are too unlikely to matter have none.
type likelihood struct {
	student int
	value   float64
}

// The kinds of strangers.
const (
	strangeAny = iota
	strangeFrequent
	strangeNear
	strangeKinds
)

// scorer is a roster made ready for scoring readings.
type scorer struct {
	priors   shares
	ids      []string
	signs    [][]int8
	trie     *trie
	gains    []float64 // of each student
	index    map[string]int
	whatever []guess
	frequent []guess
	// guessed is, of each student, how likely the guesses make the ID.
	guessed [2][]float64
	noise   float64
	slips   slips
	most    float64 // of gains
}

// Bounds of what is left out, as shares of a sheet's whole weight.
const (
	// dropped is the weight from which on a path is followed, see page.threshold.
	dropped = 1e-10
	// leastStudent is the share from which on a student is kept.
	leastStudent = 1e-11
	// leastNear is the share of all near strangers that may be left out.
	leastNear = 1e-5
	// leastPath is the weight from which on a near stranger's path is followed.
	leastPath = 1e-9
	// rough is the weight from which on the first pass follows a path. It finds
	// IDs that are read clearly, and costs little.
	rough = 1e-4
)

func newScorer(ro *roster.Roster, p Params) *scorer {
	s := &scorer{
		priors: sharesOf(p), index: make(map[string]int),
		noise: p.Noise,
		slips: slips{p.Misread, p.Skip},
	}
	if ro != nil {
		for _, st := range ro.Students {
			s.ids = append(s.ids, st.ID)
		}
	}
	s.most = 1
	for i, id := range s.ids {
		of := read.Signs(id)
		s.signs = append(s.signs, of)
		s.gains = append(s.gains, gain(len(of)))
		s.index[key(of)] = i
		s.most = max(s.most, s.gains[i])
	}
	s.trie = newTrie(s.signs)
	s.whatever, s.frequent = guesses(s.signs)
	for kind, of := range [...][]guess{strangeAny: s.whatever, strangeFrequent: s.frequent} {
		for i, id := range s.signs {
			s.guessed[kind] = append(s.guessed[kind], float64(likelihoodOf(of, id)/s.gains[i]))
		}
	}
	return s
}

// key is a sequence of signs as a map's key.
func key(of []int8) string {
	b := make([]byte, len(of))
	for i, s := range of {
		b[i] = byte(s)
	}
	return string(b)
}

// sheet scores one reading.
func (s *scorer) sheet(rd *read.Reading, work *scores) likelihoods {
	if rd == nil || len(rd.Lines) == 0 {
		return likelihoods{empty: true, best: -1, line: -1}
	}
	p := page{scorer: s, lines: make([]pageLine, len(rd.Lines)), students: make([]float64, len(s.ids))}
	// What looks like an ID is read more often than what doesn't, so each line is as
	// likely as the next to show it.
	share := 1 / float64(len(rd.Lines))
	for i := range rd.Lines {
		p.lines[i] = pageLine{emissions: newEmissions(&rd.Lines[i], s.noise), share: share, students: make([]float64, len(s.ids))}
	}
	p.weighStrangers()
	p.weighStudents(work)
	out := p.sum()
	out.text, out.textConf = read.FreeText(&rd.Lines[out.line])
	return out
}

// page is a reading on its way to its likelihoods.
type page struct {
	*scorer

	lines    []pageLine
	students []float64 // likelihood of each student
	strange  [strangeKinds]float64
	floor    float64 // what the sheet's whole weight comes to at least
}

type pageLine struct {
	emissions emissions
	share     float64
	students  []float64 // what the line adds to each student's likelihood
	strange   [strangeKinds]float64
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
	for i := range p.lines {
		l := &p.lines[i]
		clear(l.students)
		if least := p.threshold(l); ceilings[i] >= float64(least*p.most) {
			p.scoreLine(l, least, work)
		}
		for j, v := range l.students {
			p.students[j] += v
		}
	}
	p.exclude()
}

// exclude takes the students' own IDs out of the strangers': who has a student's
// ID is that student. What is left is what the reading says of other IDs.
func (p *page) exclude() {
	for kind, guessed := range p.guessed {
		for j, v := range p.students {
			p.strange[kind] = max(0, p.strange[kind]-float64(v*guessed[j]))
		}
	}
}

// threshold is the weight of a path on a line that makes a student weigh dropped
// times the whole sheet.
func (p *page) threshold(l *pageLine) float64 {
	each := float64(p.priors.student*l.share) / float64(len(p.ids))
	return float64(dropped*p.floor) / float64(each*p.most)
}

func (p *page) scoreLine(l *pageLine, least float64, work *scores) {
	total := p.trie.score(&l.emissions, p.slips, least, work)
	for j, leaf := range p.trie.leaf {
		if leaf != 0 {
			l.students[j] = float64(float64(total[leaf]*p.gains[j]) * l.share)
		}
	}
}

// sum puts the page's lines together.
func (p *page) sum() likelihoods {
	out := likelihoods{best: p.best(), known: p.known()}
	whole := p.priors.weigh(out.known, &p.strange).sum()
	p.near(whole)
	out.strange = p.strange
	least := float64(leastStudent*whole) * float64(len(p.ids))
	for j, v := range p.students {
		if v > 0 && v >= least {
			out.students = append(out.students, likelihood{j, v})
		}
	}
	if out.best >= 0 {
		out.doubted = p.tied(out.best) || p.contradicted(out.best)
	}
	out.line = p.line(&out)
	return out
}

// known is the students' mean likelihood.
func (p *page) known() float64 {
	sum := 0.0
	for _, v := range p.students {
		sum += v
	}
	return sum / float64(max(1, len(p.ids)))
}

func (p *page) best() int {
	best := -1
	for j, v := range p.students {
		if v > 0 && (best < 0 || v > p.students[best]) {
			best = j
		}
	}
	return best
}

// tied reports whether another student is as likely as the best: their IDs
// differ in letters only, or where nothing can be read.
func (p *page) tied(best int) bool {
	for j, v := range p.students {
		if j != best && v >= float64(p.students[best]*(1-1e-9)) {
			return true
		}
	}
	return false
}

// line is the one that speaks most for the likeliest explanation.
func (p *page) line(of *likelihoods) int {
	w := p.priors.weigh(of.known, &p.strange)
	student := false
	if of.best >= 0 {
		own := float64(p.priors.student*p.students[of.best]) / float64(len(p.ids))
		student = own >= w.strangers()
	}
	line, most := 0, -1.0
	for i := range p.lines {
		l := &p.lines[i]
		v := p.priors.weigh(0, &l.strange).strangers()
		if student {
			v = l.students[of.best]
		}
		if v > most {
			line, most = i, v
		}
	}
	return line
}
