package synth

import "unicode"

// run is a stretch of characters that make one region.
type run struct {
	kind     RegionKind
	from, to int
}

// runs divides a text into rows of three digits and more, and what is between.
// A name is one run whatever is in it.
func runs(chars []rune, kind RegionKind) []run {
	var out []run
	add := func(kind RegionKind, from, to int) {
		if last := len(out) - 1; last >= 0 && out[last].kind == kind && kind != DigitRow {
			out[last].to = to
			return
		}
		out = append(out, run{kind, from, to})
	}
	for i := 0; i < len(chars); {
		end := i
		for end < len(chars) && inNumber(chars[end]) {
			end++
		}
		if kind != NameHand && digitsIn(chars[i:end]) >= 3 {
			add(DigitRow, i, end)
		} else {
			end = max(end, i+1)
			add(kind, i, end)
		}
		i = end
	}
	return out
}

func inNumber(char rune) bool { return unicode.IsDigit(char) || char == '-' || char == '.' }

func digitsIn(chars []rune) int {
	n := 0
	for _, char := range chars {
		if unicode.IsDigit(char) {
			n++
		}
	}
	return n
}
