package paper

import "slices"

// mostPlaces bounds the states. Places beyond are alike.
const mostPlaces = 66

// chain is the hidden Markov model over a file's pages. State k, counted from 0, is a
// page's place in its paper.
type chain struct {
	places, pages int
	expected      []float64 // hazard of each place: that the paper ends there
	known         float64   // how many papers the expectation is worth
	slip          float64
	hazard        []float64 // as learnt
	start         []float64 // at which place a paper's first scanned page stands
	emit          []likelihood
	looks         [][]float64 // of each page, how much likelier its looks are in a place
	// forward and backward are scaled so that forward sums to 1 on each page.
	forward, backward [][]float64
	scale             []float64
	// fresh is what speaks, from each page on, for a paper beginning with it, whether the
	// paper's first page is there or not.
	fresh []float64
}

func newChain(pages int, p Params) *chain {
	c := &chain{
		places: min(pages, mostPlaces), pages: pages, known: p.Known, slip: p.Slip,
		scale: make([]float64, pages), fresh: make([]float64, pages),
	}
	for k := range c.places {
		c.expected = append(c.expected, expectedHazard(k, p))
	}
	c.hazard = slices.Clone(c.expected)
	for range pages {
		c.forward, c.backward = append(c.forward, make([]float64, c.places)), append(c.backward, make([]float64, c.places))
	}
	return c
}

// expectedHazard is the probability that a paper of which k+1 pages are there ends with
// them. Of a declared length it is a slip that it ends before, or goes on; what goes on
// by mistake ends with every page as likely as not. Otherwise as many papers are of more
// pages as there would be if every number of pages were as likely as its inverse square:
// of the papers that have k+1 pages, 1 in k+2 ends there.
func expectedHazard(k int, p Params) float64 {
	switch pages := k + 1; {
	case p.Pages == 0:
		return 1 / float64(pages+1)
	case pages < p.Pages:
		return p.Slip
	case pages == p.Pages:
		return 1 - p.Slip
	}
	return 0.5
}

// next is the place after k.
func (c *chain) next(k int) int { return min(k+1, c.places-1) }

// begin settles where papers begin: with their first page, or, where that is lost, at
// any place by how many papers reach it.
func (c *chain) begin() {
	c.start = make([]float64, c.places)
	reach, sum := 1.0, 0.0
	for k := 1; k < c.places; k++ {
		reach = float64(reach * (1 - c.hazard[k-1]))
		c.start[k] = reach
		sum += reach
	}
	c.start[0] = 1
	if sum > 0 {
		c.start[0] = 1 - c.slip
		for k := 1; k < c.places; k++ {
			c.start[k] = float64(c.start[k] / sum * c.slip)
		}
	}
}

// shows is the likelihood of page t in place k, as far as states tell it apart.
func (c *chain) shows(t, k int) float64 {
	out := c.emit[t].follows
	if k == 0 {
		out = c.emit[t].begins
	}
	if c.looks != nil && k < len(c.looks[t]) {
		out = float64(out * c.looks[t][k])
	}
	return out
}

// begun is how probable it is that a paper that begins with page t begins in place k, by
// what the page shows of whose it is: where the first page is lost, it shows no ID, or
// that of its own paper, which is not the one before's.
func (c *chain) begun(t, k int) float64 {
	if k == 0 {
		return c.start[0]
	}
	return float64(c.start[k]*c.emit[t].strays) / c.emit[t].follows
}

// run sums over all ways of dividing the file.
func (c *chain) run(shows []likelihood, looks [][]float64) {
	c.emit, c.looks = shows, looks
	c.begin()
	ended := 1.0
	for t := range c.pages {
		now := c.forward[t]
		for k := range now {
			now[k] = float64(ended * c.begun(t, k))
		}
		if t > 0 {
			for k, v := range c.forward[t-1] {
				now[c.next(k)] += float64(v * (1 - c.hazard[k]))
			}
		}
		sum := 0.0
		for k := range now {
			now[k] = float64(now[k] * c.shows(t, k))
			sum += now[k]
		}
		ended = 0
		for k := range now {
			now[k] /= sum
			ended += float64(now[k] * c.hazard[k])
		}
		c.scale[t] = sum
	}
	c.back(ended)
}

// back is the backward pass; ended is the probability that the last paper ends with the
// file.
func (c *chain) back(ended float64) {
	last := c.backward[c.pages-1]
	for k := range last {
		last[k] = c.hazard[k] / ended
	}
	for t := c.pages - 2; t >= 0; t-- {
		c.fresh[t+1] = 0
		for k := range c.start {
			c.fresh[t+1] += float64(c.begun(t+1, k) * c.ahead(t+1, k))
		}
		for k := range c.backward[t] {
			c.backward[t][k] = float64(c.hazard[k]*c.fresh[t+1]) + float64((1-c.hazard[k])*c.ahead(t+1, c.next(k)))
		}
	}
}

// ahead is what speaks for place k on page t, from there on.
func (c *chain) ahead(t, k int) float64 {
	return float64(c.shows(t, k)*c.backward[t][k]) / c.scale[t]
}

// ends is the probability that a paper ends with page t in place k.
func (c *chain) ends(t, k int) float64 {
	if t == c.pages-1 {
		return float64(c.forward[t][k] * c.backward[t][k])
	}
	return float64(float64(c.forward[t][k]*c.hazard[k]) * c.fresh[t+1])
}

// link is the probability that page t belongs to the paper of the page before.
func (c *chain) link(t int) float64 {
	ended := 0.0
	for k := range c.places {
		ended += c.ends(t-1, k)
	}
	return 1 - ended
}

// at are the probabilities of each page standing in each place.
func (c *chain) at() [][]float64 {
	out := make([][]float64, c.pages)
	for t := range out {
		out[t] = make([]float64, c.places)
		for k := range out[t] {
			out[t][k] = float64(c.forward[t][k] * c.backward[t][k])
		}
	}
	return out
}

// together are the probabilities that a paper begins with page from and goes on at least to
// that page, to the next, and so on to page to.
func (c *chain) together(from, to int) []float64 {
	ended := 1.0
	if from > 0 {
		ended = 0
		for k, v := range c.forward[from-1] {
			ended += float64(v * c.hazard[k])
		}
	}
	out := make([]float64, to-from+1)
	for k := range c.start {
		way := float64(ended*c.begun(from, k)) * c.shows(from, k) / c.scale[from]
		out[0] += float64(way * c.backward[from][k])
		for t := from; t < to; t++ {
			way = float64(way*(1-c.hazard[k])) * c.shows(t+1, c.next(k)) / c.scale[t+1]
			k = c.next(k)
			out[t+1-from] += float64(way * c.backward[t+1][k])
		}
	}
	for i := range out {
		out[i] = min(out[i], 1)
	}
	return out
}

// learn corrects the hazards by the file's own papers: the mean of a Beta distribution.
func (c *chain) learn() {
	for k := range c.hazard {
		ended, reached := 0.0, 0.0
		for t := range c.pages {
			reached += float64(c.forward[t][k] * c.backward[t][k])
			ended += c.ends(t, k)
		}
		c.hazard[k] = (float64(c.known*c.expected[k]) + ended) / (c.known + reached)
	}
}
