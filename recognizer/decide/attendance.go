package decide

import "hakbeon/recognizer/roster"

// absentees are the students whom the roster marks as absent; nil if it marks none or all,
// or the marks are to be left out.
func absentees(ro *roster.Roster, p Params) []bool {
	if n := ro.Absent(); p.NoAttendance || n == 0 || n == len(ro.Students) {
		return nil
	}
	out := make([]bool, len(ro.Students))
	for j, s := range ro.Students {
		out[j] = s.Absent
	}
	return out
}

// turnsUp is how often, as a share of the others, a student hands in a sheet who is marked
// as absent: the mark may be of the wrong row, or older than the sheet.
const turnsUp = 1.0 / mostTelling

// weighAttendance multiplies the likelihoods of the absent by it, as weighNames does by
// what names say. Where the sheets are of the absent as of others, the marks are another
// day's, and are left out.
func (s *Scored) weighAttendance(absent, taken []bool, p Params) {
	if absent == nil {
		return
	}
	if s.AttendanceDisagrees = s.marksDisagree(absent, taken, p); s.AttendanceDisagrees {
		return
	}
	for i := range s.sheets {
		l := &s.sheets[i]
		for k := range l.students {
			if st := &l.students[k]; absent[st.student] {
				st.present = turnsUp
				st.value = float64(st.value * turnsUp)
				st.changed /= turnsUp
			}
		}
		l.rank()
	}
}

// marksDisagree says whether the marks are more likely than not to have nothing to do with
// who handed in a sheet. A person's word that a student has one counts as a sure sheet.
func (s *Scored) marksDisagree(absent, taken []bool, p Params) bool {
	expected := 0.0 // sheets a student, if those who were there hand in one each
	for _, is := range absent {
		expected += shareOf(is)
	}
	expected /= float64(len(absent))
	order, _ := canonicalOrder(s.scores)
	odds, prior := newOdds(unrelated), sharesOf(p)
	for _, i := range order {
		if s.sheets[i].empty {
			continue
		}
		fits, weight := 0.0, 0.0
		for _, st := range s.belief(i, prior).students {
			weight += st.p
			fits += float64(st.p*shareOf(absent[st.student])) / expected
		}
		odds.times(1 / (fits + (1 - weight)))
	}
	for j, is := range taken {
		if is {
			odds.times(expected / shareOf(absent[j]))
		}
	}
	return odds.against() < 0.5
}

func shareOf(absent bool) float64 {
	if absent {
		return turnsUp
	}
	return 1
}

// rank finds the likeliest student anew.
func (l *likelihoods) rank() {
	best, second := -1, 0.0
	for k := range l.students {
		switch v := l.students[k].value; {
		case best < 0 || v > l.students[best].value:
			if best >= 0 {
				second = l.students[best].value
			}
			best = k
		default:
			second = max(second, v)
		}
	}
	if best >= 0 {
		l.best, l.unique = l.students[best].student, second < float64(l.students[best].value*(1-tolerance))
	}
}
