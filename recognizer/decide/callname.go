package decide

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"hakbeon/recognizer/roster"
)

// callName is a student's name as a name model may read it: its characters, in each
// order in which it may be written. A name in another script has none.
type callName struct {
	orders [][]uint16
	latin  bool
}

const (
	firstSyllable = 0xAC00
	lastSyllable  = 0xD7A3
	// leastLetters is how many letters a name in Latin script has at least.
	leastLetters = 3
)

// callNames are the names of a roster; nil if it has none that can be read.
func callNames(ro *roster.Roster) []callName {
	if ro == nil {
		return nil
	}
	out := make([]callName, len(ro.Students))
	some := false
	for i, s := range ro.Students {
		out[i] = newCallName(s.Name)
		some = some || len(out[i].orders) > 0
	}
	if !some {
		return nil
	}
	return out
}

// newCallName takes the syllables of Hangul of a name, without what tells students of
// one name apart, such as (2) or B; if there are none, its Latin letters without
// accents, the given name first or last.
func newCallName(name string) callName {
	var syllables []uint16
	for _, c := range norm.NFC.String(name) {
		if c >= firstSyllable && c <= lastSyllable {
			syllables = append(syllables, uint16(c))
		}
	}
	if len(syllables) > 0 {
		return callName{orders: [][]uint16{syllables}}
	}
	var words [][]uint16
	n := 0
	for word := range strings.FieldsFuncSeq(name, func(c rune) bool { return c == ' ' || c == ',' || c == '\u00a0' }) {
		letters, ok := lettersOf(word)
		if !ok {
			return callName{}
		}
		words, n = append(words, letters), n+len(letters)
	}
	if n < leastLetters {
		return callName{}
	}
	orders := [][]uint16{slices.Concat(words...)}
	if len(words) > 1 {
		orders = append(orders, slices.Concat(append(slices.Clone(words[1:]), words[0])...))
		orders = append(orders, slices.Concat(append([][]uint16{words[len(words)-1]}, words[:len(words)-1]...)...))
	}
	return callName{orders: orders, latin: true}
}

// lettersOf are a word's letters, small and without accents; false if it has others.
func lettersOf(word string) (out []uint16, ok bool) {
	for _, c := range norm.NFD.String(word) {
		switch c = unicode.ToLower(c); {
		case c >= 'a' && c <= 'z':
			out = append(out, uint16(c))
		case unicode.IsLetter(c):
			return nil, false
		}
	}
	return out, true
}
