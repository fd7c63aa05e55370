package paper

// Params are the numbers of dividing a file. The zero value of a field means its
// default, but for Pages.
type Params struct {
	// Pages is how many pages a paper has, as the job declares; 0 where it doesn't.
	Pages int
	// Level is the probability from which a link between two pages counts without a
	// person, 0 to 1. Defaults to 0.99.
	Level float64
	// Missing is the share of papers on whose first page no ID can be read, for want of
	// one or of a clear hand. Defaults to 0.05.
	Missing float64
	// Stranger is the share of those that show an ID of no one on the roster. Defaults
	// to 0.075, as in package decide.
	Stranger float64
	// Duplicate is how much less likely a student's second paper is than a first one.
	// Defaults to 0.003.
	Duplicate float64
	// Slip is how often a page is lost or one too many, of papers of a declared length,
	// and how often a paper's first page is lost, of all. Defaults to 0.003.
	Slip float64
	// Repeat is how often a paper's later page shows the student's ID again. Defaults
	// to 0.1.
	Repeat float64
	// Known is how many papers what is expected of their lengths and IDs is worth, against
	// the file's own. Defaults to 5.
	Known float64
}

// WithDefaults replaces what is unset or out of range by the default.
func (p Params) WithDefaults() Params {
	p.Pages = max(0, p.Pages)
	p.Level = within(p.Level, 1, 0.99)
	p.Missing = within(p.Missing, 0.5, 0.05)
	p.Stranger = within(p.Stranger, 0.5, 0.075)
	p.Duplicate = within(p.Duplicate, 1, 0.003)
	p.Slip = within(p.Slip, 0.5, 0.003)
	p.Repeat = within(p.Repeat, 0.5, 0.1)
	p.Known = within(p.Known, 1e9, 5)
	return p
}

// within returns v if it lies in (0, high], else the default. NaN is outside.
func within(v, high, def float64) float64 {
	if v > 0 && v <= high {
		return v
	}
	return def
}

// Page is what one page shows.
type Page struct {
	// Students are those whose ID the page may show, with their likelihoods against "no
	// ID at all", whose is 1. Of those left out it is taken to be 0.
	Students []Student
	// Roster is how many students there are.
	Roster int
	// Strange is the likelihood of an ID of no one on the roster.
	Strange float64
	// Field is the probability of the page's looks if it shows an ID against that if it
	// shows none.
	Field float64
	// Sketch is how ink is spread over the page; nil if that isn't known.
	Sketch Sketch
	// Unread says that the page could not be decoded: nothing is known of it.
	Unread bool
}

// Student is one whose ID a page may show.
type Student struct {
	ID         string
	Likelihood float64
}

// Paper is a run of pages that belong together.
type Paper struct {
	// First and Last are its pages, counted from 0.
	First, Last int
	// Confidence is the probability that a paper begins with the first page and that all
	// the others belong to it.
	Confidence float64
}

// Pages is how many there are.
func (p Paper) Pages() int { return p.Last - p.First + 1 }

// Division is what became of a file.
type Division struct {
	// Papers are in the order of the file; every page is in one of them. An unread page
	// is one by itself.
	Papers []Paper
	// Uneven says that a person should look: a paper has another number of pages than
	// was declared, or a page is unread, or it isn't as probable as the level that all of
	// the file's pages lie in their papers. That is asked of the file as a whole, and by the
	// page: of a hundred papers, each as sure as the level, one is expected to be wrong, and
	// with it all of its pages from there on.
	Uneven bool
}

// rounds of learning the file's lengths and looks, as many with the looks of first pages
// alone and then with those of all places: pages of a later place that are none, but
// first pages whose IDs can't be read, would teach what that place looks like. More
// change nothing.
const rounds = 6

// Divide divides a file's pages. It is deterministic.
func Divide(pages []Page, p Params) Division {
	if len(pages) == 0 {
		return Division{}
	}
	p = p.WithDefaults()
	c := fit(pages, p)
	return c.divide(pages, p)
}

// fit learns what the file's papers are like, and sums over all ways of dividing it.
func fit(pages []Page, p Params) *chain {
	ids, look, c := identities(pages, p), newLooks(pages), newChain(len(pages), p)
	expected := shares{p.Missing, p.Repeat}
	now := expected
	c.run(weigh(ids, now), nil)
	for round := range 2 * rounds {
		places := 1 // first what begins papers looks like, then the places further on
		if round >= rounds {
			places = learntPlaces
		}
		at := c.at()
		now = now.learn(ids, at, expected, p.Known)
		c.learn()
		c.run(weigh(ids, now), look.fit(at, places))
	}
	return c
}

// divide cuts the file wherever two pages don't surely belong together.
func (c *chain) divide(pages []Page, p Params) Division {
	var out Division
	astray := 0.0 // how many pages are expected to lie in another's paper
	for from := 0; from < len(pages); {
		to := from
		for to+1 < len(pages) && c.link(to+1) >= p.Level && !pages[to].Unread && !pages[to+1].Unread {
			to++
		}
		together := c.together(from, to)
		paper := Paper{First: from, Last: to, Confidence: together[to-from]}
		out.Papers = append(out.Papers, paper)
		odd := p.Pages > 0 && paper.Pages() != p.Pages
		for _, p := range together {
			astray += 1 - p
		}
		out.Uneven = out.Uneven || odd || astray > 1-p.Level || pages[from].Unread
		from = to + 1
	}
	return out
}
