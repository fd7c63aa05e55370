package paper

// Likelihood is that of what one page shows, if it begins a paper and if it follows.
type Likelihood struct{ Begins, Follows float64 }

// Chain runs the hidden Markov model alone, with no learning, over pages that show this.
func Chain(shows []Likelihood, p Params) (hazard []float64, start []float64, link []float64, together func(from, to int) float64) {
	p = p.WithDefaults()
	c := newChain(len(shows), p)
	l := make([]likelihood, len(shows))
	for t, s := range shows {
		l[t] = likelihood{s.Begins, s.Follows, s.Follows}
	}
	c.run(l, nil)
	link = make([]float64, len(shows))
	for t := 1; t < len(shows); t++ {
		link[t] = c.link(t)
	}
	together = func(from, to int) float64 { return c.together(from, to)[to-from] }
	return c.hazard, c.start, link, together
}
