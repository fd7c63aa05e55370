package recognizer

// freeText is the longest run of digits on the likeliest path, read without a
// roster, and the mean of their probabilities. Probability has that of each
// quantised value.
func freeText(columns []uint8, probability *[256]float64) (string, float64) {
	r := longestRun(columns, probability)
	if r.text == "" {
		return "", 0
	}
	return r.text, r.sum / float64(len(r.text))
}

// run is a string of digits on a line's likeliest path, and where it is.
type run struct {
	text        string
	sum         float64 // of the digits' probabilities
	first, last int     // columns
	left, right float64 // on the page, see on
}

// longestRun finds the longest string of digits. Blanks don't end it, anything else
// does.
func longestRun(columns []uint8, probability *[256]float64) run {
	var best, now run
	var text []byte
	last := classBlank
	for t := 0; t+Classes <= len(columns); t += Classes {
		class := likeliest(columns[t : t+Classes])
		switch {
		case class == classOther:
			text, now = nil, run{}
		case class != classBlank:
			if len(text) == 0 {
				now.first = t / Classes
			}
			if class != last {
				text = append(text, byte('0'+class-classZero))
				now.sum += probability[columns[t+class]]
			}
			now.last = t / Classes
		}
		last = class
		if len(text) > len(best.text) || len(text) > 0 && now.first == best.first {
			best = now
			best.text = string(text)
		}
	}
	return best
}

// likeliest is the class with the smallest quantised value, the first of equals.
func likeliest(column []uint8) int {
	best := 0
	for i, q := range column {
		if q < column[best] {
			best = i
		}
	}
	return best
}
