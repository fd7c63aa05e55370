package paper

// identity is how likely what a page shows is, against a page that shows no ID: if it
// begins a paper with an ID that can be read, and if it shows its paper's again.
type identity struct{ shows, again float64 }

// shares are how many papers begin with a page that shows no ID that can be read, and
// how many pages that follow show their paper's again.
type shares struct{ missing, repeat float64 }

// likelihood is that of what one page shows: if it begins a paper, if it follows another
// page of one, and if it would, but the pages before it are lost.
type likelihood struct{ begins, follows, strays float64 }

// identities are what the pages' IDs say. A page that begins a paper shows a student's
// ID, a stranger's, or none that can be read; one that follows shows none, and at times
// that of its paper again. Whose that is tells the last page before that shows an ID,
// so that it needn't be part of the state.
func identities(pages []Page, p Params) []identity {
	out := make([]identity, len(pages))
	last := map[string]float64{} // whose ID was shown last
	for t := range pages {
		if pages[t].Unread {
			out[t] = identity{1, 1}
			continue
		}
		var shown map[string]float64
		out[t], shown = pages[t].identity(last, p)
		last = shown
	}
	return out
}

// identity weighs one page, and returns whose ID was shown last from here on.
func (g *Page) identity(last map[string]float64, p Params) (identity, map[string]float64) {
	each := float64((1-p.Stranger)*g.Field) / float64(max(1, g.Roster))
	shows, again := float64(float64(p.Stranger*g.Field)*g.Strange), 0.0
	whole := shows + 1
	for _, s := range g.Students {
		w := float64(each * s.Likelihood)
		whole += w
		shows += float64(w * (1 - float64((1-p.Duplicate)*last[s.ID])))
		again += float64(last[s.ID] * s.Likelihood)
	}
	shown := make(map[string]float64, len(g.Students))
	for id, v := range last {
		if kept := v / whole; kept > forgotten {
			shown[id] = kept
		}
	}
	for _, s := range g.Students {
		shown[s.ID] += float64(each*s.Likelihood) / whole
	}
	return identity{shows, again}, shown
}

// forgotten is the probability below which nobody's ID is taken to have been shown last.
const forgotten = 1e-10

// weigh makes likelihoods of what the pages' IDs say.
func weigh(pages []identity, s shares) []likelihood {
	out := make([]likelihood, len(pages))
	for t, i := range pages {
		none := 1 - s.repeat
		out[t] = likelihood{float64((1-s.missing)*i.shows) + s.missing, none + float64(s.repeat*i.again), none + float64(s.repeat*i.shows)}
	}
	return out
}

// learn corrects the shares by the file's own pages. What was expected counts as so many
// known ones.
func (s shares) learn(pages []identity, at [][]float64, expected shares, known float64) shares {
	none, again := float64(known*expected.missing), float64(known*expected.repeat)
	first, later := known, known
	for t, l := range weigh(pages, s) {
		none += float64(at[t][0]*s.missing) / l.begins
		again += float64((1-at[t][0])*float64(s.repeat*pages[t].again)) / l.follows
		first += at[t][0]
		later += 1 - at[t][0]
	}
	return shares{none / first, again / later}
}
