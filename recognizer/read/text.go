package read

// FreeText is the longest run of digits on a line's likeliest path, read without a
// roster, and the mean of their probabilities, 0 to 1.
func FreeText(l *Line) (text string, mean float64) {
	r := LongestRun(l)
	if r.Text == "" {
		return "", 0
	}
	return r.Text, r.Sum / float64(len(r.Text))
}

// Run is a string of digits on a line's likeliest path, and where it is.
type Run struct {
	Text        string
	Sum         float64 // of the digits' probabilities
	First, Last int     // columns
}

// LongestRun finds the longest string of digits. Blanks don't end it, anything else
// does.
func LongestRun(l *Line) Run {
	columns := l.columns
	var best, now Run
	var text []byte
	last := Blank
	for t := 0; t+Classes <= len(columns); t += Classes {
		class := likeliest(columns[t : t+Classes])
		switch {
		case class == Other:
			text, now = nil, Run{}
		case class != Blank:
			if len(text) == 0 {
				now.First = t / Classes
			}
			if class != last {
				text = append(text, byte('0'+class-Zero))
				now.Sum += probabilities[columns[t+class]]
			}
			now.Last = t / Classes
		}
		last = class
		if len(text) > len(best.Text) || len(text) > 0 && now.First == best.First {
			best = now
			best.Text = string(text)
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
