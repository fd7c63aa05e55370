package recognizer

import (
	"image"
	"maps"
	"slices"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/find"
	"hakbeon/recognizer/paper"
	"hakbeon/recognizer/roster"
)

// The words of package paper, which divides a file of several pages.
type (
	// Paper is a run of pages that one student handed in.
	Paper = paper.Paper
	// Division is what became of a file's pages.
	Division = paper.Division
	// Sketch is how ink is spread over a page.
	Sketch = paper.Sketch
)

// FilePage is what is known of a page of a file.
type FilePage struct {
	// Reading is what was read on it; nil for a page that could not be decoded.
	Reading *Reading
	Sketch  Sketch
}

// SketchOf is a page's sketch, nil for a picture too small to have one. It costs a few
// milliseconds.
func SketchOf(img image.Image) Sketch {
	size := img.Bounds().Size()
	if min(size.X, size.Y) < minPage || max(size.X, size.Y) > maxPage {
		return nil
	}
	return find.Spread(grey(img), paper.Columns, paper.Rows)
}

// withID is how many pages show an ID among those that the finder's priors were fitted
// to, see package training/fields.
const withID = 0.9

// Divide divides a file's pages into papers of as many pages as are declared, or, if
// declared is 0, of any number, see [paper.Divide]. Without a roster, a nil one, the IDs
// that were read stand in for it.
func Divide(pages []FilePage, ro *roster.Roster, declared int, p Params) Division {
	readings := make([]*Reading, len(pages))
	for i, g := range pages {
		readings[i] = g.Reading
	}
	p = p.WithDefaults()
	switch {
	case ro == nil:
		ro = rosterOf(readings)
	case len(ro.Others()) > 0:
		_, ro = SolveAny(readings, ro, p)
	}
	scored := decide.Score(readings, ro, p)
	shows := make([]paper.Page, len(pages))
	for i, g := range pages {
		s := scored.Shown(i, p)
		shows[i] = paper.Page{
			Roster: len(ro.Students), Strange: s.Stranger, Field: field(s.Found), Sketch: g.Sketch, Unread: g.Reading == nil,
		}
		for _, w := range s.Students {
			shows[i].Students = append(shows[i].Students, paper.Student(w))
		}
	}
	return paper.Divide(shows, paper.Params{
		Pages: declared, Level: p.Level(), Stranger: p.Stranger, Duplicate: p.Duplicate,
	})
}

// field turns the finder's probability that a page shows an ID into the ratio of the
// likelihoods of what it saw. A reader that says none says nothing.
func field(found float64) float64 {
	const most = 0.999 // it isn't surer than that
	if found == 0 {
		return 1
	}
	found = min(found, most)
	return found / (1 - found) * (1 - withID) / withID
}

// rosterOf are the IDs that the readings say, where nothing else is known.
func rosterOf(readings []*Reading) *roster.Roster {
	ids := map[string]bool{}
	scored := decide.Score(readings, nil, Params{})
	for i, rd := range readings {
		if rd == nil {
			continue
		}
		if d := scored.Decide(i, Params{}); len(d.Text) >= leastID && len(d.Text) <= mostID {
			ids[d.Text] = true
		}
	}
	out := &roster.Roster{}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		out.Students = append(out.Students, roster.Student{ID: id})
	}
	return out
}

// An ID that was read without a roster has as many digits.
const (
	leastID = 4
	mostID  = 12
)

// WithinPaper is a decision about a paper whose pages belong together with this
// probability: what its first page says holds for all of them only then.
func WithinPaper(d Decision, confidence float64, p Params) Decision {
	return decide.Within(d, confidence, p)
}
