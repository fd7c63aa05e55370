package decide

import "hakbeon/recognizer/read"

const (
	// beside is what a column outside of the name that says something costs: a label's
	// end, a mark.
	beside = 0.05
	// unkept is the share of a column's writing that a character has which isn't among
	// those kept.
	unkept = 1.0 / 32768
)

// nameLine is a line of a name on its way to likelihoods.
type nameLine struct {
	blank, outside, floor []float64
	chars                 []map[uint16]float64
	emissions             map[uint16][]float64 // of each character asked about
	best                  float64              // likelihood of the line's best reading
	latin                 bool
	legible               bool // its best reading is as long as a name
}

// What a line's best reading must have to be a name: syllables, or letters.
const (
	fewestSyllables, mostSyllables = 2, 5
	fewestLetters, mostLetters     = 4, 30
)

// newNameLine prepares a line. One whose best reading isn't as long as a name says
// nothing.
func newNameLine(of *read.NameLine) *nameLine {
	n := len(of.Columns)
	l := &nameLine{
		blank: make([]float64, n), outside: make([]float64, n), floor: make([]float64, n),
		chars: make([]map[uint16]float64, n), emissions: map[uint16][]float64{},
	}
	for t, c := range of.Columns {
		l.blank[t] = read.Probability(c.Blank)
		written := max(1-l.blank[t], 1e-6)
		l.outside[t] = l.blank[t] + float64(beside*written)
		l.floor[t] = float64(unkept * written)
		l.chars[t] = make(map[uint16]float64, len(c.Chars))
		for _, char := range c.Chars {
			l.chars[t][char.Char] = read.Probability(char.Q)
		}
	}
	said := of.Best()
	letters := 0
	for _, c := range said {
		if c < firstSyllable {
			letters++
		}
	}
	l.latin = 2*letters > len(said)
	if l.latin {
		l.legible = len(said) >= fewestLetters && len(said) <= mostLetters
	} else {
		l.legible = len(said) >= fewestSyllables && len(said) <= mostSyllables
	}
	if l.legible {
		l.best = l.likelihood(said)
		l.legible = l.best > 0
	}
	return l
}

// emission is how likely each column is to say a character.
func (l *nameLine) emission(char uint16) []float64 {
	e, ok := l.emissions[char]
	if !ok {
		e = make([]float64, len(l.chars))
		for t, chars := range l.chars {
			e[t] = max(chars[char], l.floor[t])
		}
		l.emissions[char] = e
	}
	return e
}

// likelihood is the CTC forward score of a name with anything around it, at a price.
func (l *nameLine) likelihood(name []uint16) float64 {
	if len(name) == 0 || len(l.blank) == 0 {
		return 0
	}
	char, gap := make([]float64, len(name)), make([]float64, len(name))
	before, after := 1.0, 0.0
	emissions := make([][]float64, len(name))
	for i, c := range name {
		emissions[i] = l.emission(c)
	}
	last := len(name) - 1
	for t := range l.blank {
		after = float64(l.outside[t] * (after + char[last]))
		for i := last; i >= 0; i-- {
			in := before
			if i > 0 {
				in = gap[i-1]
				if name[i] != name[i-1] {
					in += char[i-1]
				}
			}
			gap[i] = float64(l.blank[t] * (gap[i] + char[i]))
			char[i] = float64(emissions[i][t] * (char[i] + in))
		}
		before = float64(before * l.outside[t])
	}
	return after + char[last]
}
