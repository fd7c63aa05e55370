package read

// Asked is a question to another reader whose answer is known.
type Asked struct {
	Truth string // the ID
	Said  string // the answer, as CleanAnswer gives it; empty if there was none
}

// Measure estimates a reader's mistakes from its answers. Each number is taken to be
// somewhat worse than it was seen to be, the more so the fewer answers there are: 3 is
// added to the failures of Right, for of n answers without one no more can be said
// than that fewer than 3 in n fail (at 95 %).
//
// An answer that is more than two changes away from the ID, of which a sign that could
// not be read is none, isn't counted as one with mistakes but as one of another kind.
func Measure(asked []Asked) Mistakes {
	answers, follow := 0.0, 0.0
	signsRead, wrong, lost, extra := 0.0, 0.0, 0.0, 0.0
	for _, a := range asked {
		said, ok := answerSigns(a.Said)
		if !ok || len(said) == 0 {
			continue
		}
		answers++
		d := changesBetween(Signs(a.Truth), said)
		if d.wrong+d.lost+d.extra > 2 {
			continue
		}
		follow++
		signsRead += float64(len(said))
		wrong, lost, extra = wrong+float64(d.wrong), lost+float64(d.lost), extra+float64(d.extra)
	}
	share := func(n float64) float64 { return min(0.25, (n+1)/(signsRead+2)) }
	return Mistakes{
		Right: min(0.999, follow/(answers+3)), Sign: max(0.5, 1-(wrong+1)/(signsRead+2)), Lost: share(lost), Extra: share(extra),
	}
}

// changed counts the changes from one string of signs to another.
type changed struct{ wrong, lost, extra int }

func (c changed) sum() int { return c.wrong + c.lost + c.extra }

// changesBetween are the fewest changes from what is written to what was said.
func changesBetween(written, said []int8) changed {
	row := make([]changed, len(said)+1)
	for j := range said {
		row[j+1] = changed{extra: j + 1}
	}
	for _, w := range written {
		corner := row[0]
		row[0].lost++
		for j, s := range said {
			best := corner
			if s != w && s != Unread {
				best.wrong++
			}
			corner = row[j+1]
			if lost := (changed{corner.wrong, corner.lost + 1, corner.extra}); lost.sum() < best.sum() {
				best = lost
			}
			if extra := (changed{row[j].wrong, row[j].lost, row[j].extra + 1}); extra.sum() < best.sum() {
				best = extra
			}
			row[j+1] = best
		}
	}
	return row[len(said)]
}
