package decide

// Shown is how well each explanation accounts for what a page shows, against "no ID at
// all", whose likelihood is 1. It is what to make of a page that may belong to another.
type Shown struct {
	// Students are those who matter, in the roster's order.
	Students []Weighed
	// Stranger is the likelihood of an ID of no one on the roster.
	Stranger float64
	// Found is the prior probability, by the finder, that the ID stands in one of the
	// places that were read, 0 to 1; 0 where none says.
	Found float64
}

// Weighed is a student with the likelihood that the page shows their ID.
type Weighed struct {
	ID         string
	Likelihood float64
}

// Shown is what sheet i shows.
func (s *Scored) Shown(i int, p Params) Shown {
	sheet := &s.sheets[i]
	if sheet.empty {
		return Shown{}
	}
	prior := sharesOf(p.WithDefaults())
	out := Shown{
		Students: make([]Weighed, len(sheet.students)),
		Stranger: prior.weigh(0, &sheet.strange).strangers() / prior.strangers(),
		Found:    s.scores[i].found,
	}
	for k, l := range sheet.students {
		out.Students[k] = Weighed{s.ids[l.student], l.value / l.present}
	}
	return out
}
