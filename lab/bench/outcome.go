package main

import (
	"hakbeon/lab/synth"
	"hakbeon/recognizer"
)

// kind is what sort of sheet an outcome is of, as far as it matters to who reads it.
type kind string

const (
	student kind = "student" // the only sheet of a student on the roster
	twin    kind = "twin"    // one of two or more sheets of a student on the roster
	near    kind = "near"    // of no one on the roster, the ID one digit away from a student's
	far     kind = "far"     // of no one on the roster, other IDs
	blank   kind = "blank"   // without an ID
)

// outcome is what became of a sheet, beside what it is.
type outcome struct {
	kind   kind
	exam   int          // its index in the collection
	source synth.Source // of the digits
	hand   string       // the institute of the person who wrote them, if they are real
	family synth.Family
	colour synth.Colour // of others' forms
	field  synth.Field  // of our own forms
	dpi    float64
	digits int  // of the roster's IDs
	whole  bool // a whole page

	alone, batch verdict
	levels       [len(acceptLevels)]verdict // at the batch's end, accepted from other probabilities
	usual        answer                     // under the usual rule
	// second is true of each sheet after the first that a student handed in; held if
	// moreover none of the student's sheets was accepted.
	second, held bool
}

// verdict is a decision held against the truth.
type verdict struct {
	first      bool // the first candidate wrote the sheet
	accepted   bool
	wrong      bool    // accepted for someone who didn't write it
	confidence float64 // of the first candidate
}

func newVerdict(d recognizer.Decision, written string) verdict {
	v := verdict{accepted: d.Status == recognizer.Matched, confidence: d.Confidence}
	v.first = len(d.Candidates) > 0 && d.Candidates[0].StudentID == written
	v.wrong = v.accepted && d.StudentID != written
	return v
}

// acceptLevels are probabilities to accept from, to see what another one would bring.
var acceptLevels = [...]float64{0.9999, 0.999, 0.995, 0.99, 0.98, 0.95}

// decisions of each of n sheets alone, and of all together at the batch's end.
func decisions(scored *recognizer.Scored, n int, p recognizer.Params) (alone, batch []recognizer.Decision) {
	for i := range n {
		alone = append(alone, scored.Decide(i, p))
	}
	return alone, scored.Solve(p).Decisions
}

// decisionsAtLevels are those at the batch's end at each of acceptLevels.
func decisionsAtLevels(scored *recognizer.Scored, p recognizer.Params) (out [len(acceptLevels)][]recognizer.Decision) {
	for k, level := range acceptLevels {
		p.Accept = level
		out[k] = scored.Solve(p).Decisions
	}
	return out
}

// outcomes decides an exam.
func outcomes(d *drawing, readings []*recognizer.Reading, p recognizer.Params) ([]outcome, error) {
	students, err := d.roster()
	if err != nil {
		return nil, err
	}
	scored := recognizer.Score(readings, students, p)
	alone, batch := decisions(scored, len(readings), p)
	levels := decisionsAtLevels(scored, p)
	rule := newUsualRule(d.ids())
	kinds := kindsOf(d.Exam)
	out := make([]outcome, len(d.Sheets))
	for i, sheet := range d.Sheets {
		if out[i], err = d.described(i); err != nil {
			return nil, err
		}
		o := &out[i]
		o.kind, o.alone, o.batch = kinds[i], newVerdict(alone[i], sheet.ID), newVerdict(batch[i], sheet.ID)
		o.usual = rule.answer(sheet.ID, alone[i].Text)
		for k := range acceptLevels {
			o.levels[k] = newVerdict(levels[k][i], sheet.ID)
		}
	}
	markTwins(d.Exam, out)
	return out, nil
}

// described is an outcome that says only how sheet i was drawn.
func (d *drawing) described(i int) (outcome, error) {
	spec := d.Spec(i)
	hand, err := d.institute(i)
	return outcome{
		exam: d.index, source: synth.SourceOf(d.Sheets[i].Seed, spec), hand: hand, family: spec.Family, colour: spec.Colour, field: spec.Field, dpi: spec.DPI,
		digits: len(d.Roster[0].ID), whole: d.whole(i),
	}, err
}

// kindsOf tells what sort each sheet is.
func kindsOf(exam *synth.Exam) []kind {
	known, sheets := make(map[string]bool), make(map[string]int)
	for _, p := range exam.Roster {
		known[p.ID] = true
	}
	for _, s := range exam.Sheets {
		sheets[s.ID]++
	}
	out := make([]kind, len(exam.Sheets))
	for i, s := range exam.Sheets {
		switch {
		case s.ID == "":
			out[i] = blank
		case !known[s.ID] && besideOne(s.ID, exam.Roster):
			out[i] = near
		case !known[s.ID]:
			out[i] = far
		case sheets[s.ID] > 1:
			out[i] = twin
		default:
			out[i] = student
		}
	}
	return out
}

// besideOne says whether an ID differs from someone's in one digit.
func besideOne(id string, people []synth.Person) bool {
	for _, p := range people {
		if substitutions(id, p.ID) == 1 {
			return true
		}
	}
	return false
}

// markTwins fills in what outcomes of several sheets of a student say together.
func markTwins(exam *synth.Exam, out []outcome) {
	accepted, seen := make(map[string]bool), make(map[string]bool)
	for i, s := range exam.Sheets {
		accepted[s.ID] = accepted[s.ID] || out[i].batch.accepted
	}
	for i, s := range exam.Sheets {
		if out[i].kind == twin {
			out[i].second = seen[s.ID]
			out[i].held = seen[s.ID] && !accepted[s.ID]
			seen[s.ID] = true
		}
	}
}
