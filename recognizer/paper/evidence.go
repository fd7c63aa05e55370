package paper

// likelihood is that of what one page shows, if it begins a paper and if it follows
// another page of one.
type likelihood struct{ begins, follows float64 }

// times multiplies two independent likelihoods.
func (l likelihood) times(o likelihood) likelihood {
	return likelihood{float64(l.begins * o.begins), float64(l.follows * o.follows)}
}

// identities are what the pages' IDs say. A page that begins a paper shows a student's
// ID, a stranger's, or none that can be read; one that follows shows none, and at times
// that of its paper again. Whose that is tells the last page before that shows an ID,
// so that it needn't be part of the state.
func identities(pages []Page, p Params) []likelihood {
	out := make([]likelihood, len(pages))
	last := map[string]float64{} // whose ID was shown last
	for t := range pages {
		if pages[t].Unread {
			out[t] = likelihood{1, 1}
			continue
		}
		var shown map[string]float64
		out[t], shown = pages[t].identity(last, p)
		last = shown
	}
	return out
}

// identity weighs one page, and returns whose ID was shown last from here on.
func (g *Page) identity(last map[string]float64, p Params) (likelihood, map[string]float64) {
	each := float64((1-p.Missing-p.Stranger)*g.Field) / float64(max(1, g.Roster))
	strange := float64(float64(p.Stranger*g.Field) * g.Strange)
	begins, again, students := strange+p.Missing, 0.0, 0.0
	for _, s := range g.Students {
		w := float64(each * s.Likelihood)
		students += w
		begins += float64(w * (1 - float64((1-p.Duplicate)*last[s.ID])))
		again += float64(last[s.ID] * s.Likelihood)
	}
	follows := (1 - p.Repeat) + float64(p.Repeat*again)
	whole := students + strange + 1
	shown := make(map[string]float64, len(g.Students))
	for id, v := range last {
		if kept := v / whole; kept > forgotten {
			shown[id] = kept
		}
	}
	for _, s := range g.Students {
		shown[s.ID] += float64(each*s.Likelihood) / whole
	}
	return likelihood{begins, follows}, shown
}

// forgotten is the probability below which nobody's ID is taken to have been shown last.
const forgotten = 1e-10
