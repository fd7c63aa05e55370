package recognizer

// freeText is the longest run of digits on the likeliest path, read without a
// roster, and the mean of their probabilities. Blanks don't end a run, anything
// else does. Probability has that of each quantised value.
func freeText(columns []uint8, probability *[256]float64) (string, float64) {
	var best, run []byte
	var bestSum, sum float64
	last := classBlank
	for t := 0; t+Classes <= len(columns); t += Classes {
		class := likeliest(columns[t : t+Classes])
		switch {
		case class == classOther:
			run, sum = nil, 0
		case class != classBlank && class != last:
			run = append(run, byte('0'+class-classZero))
			sum += probability[columns[t+class]]
		}
		last = class
		if len(run) > len(best) {
			best, bestSum = run, sum
		}
	}
	if len(best) == 0 {
		return "", 0
	}
	return string(best), bestSum / float64(len(best))
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
