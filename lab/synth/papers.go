package synth

import (
	"image"
	"image/draw"
	"slices"
)

// PapersSpec says how large an exam of papers of several pages is.
type PapersSpec struct {
	// Papers is how many are handed in. Defaults to 10.
	Papers int
	// Pages is how many pages each has; 0 for booklets of one to five, as they come.
	Pages int
	// LongSide is the pictures' longer side in pixels. Defaults to 1650, 140 dpi.
	LongSide int
}

// Slip is a mishap on the way through a scanner.
type Slip string

// The slips.
const (
	DroppedBlank Slip = "blank back dropped" // the scanner leaves blank pages out
	DroppedAll   Slip = "all blank backs dropped"
	Doubled      Slip = "page scanned twice"
	Missing      Slip = "page missing"
	Swapped      Slip = "neighbouring pages swapped"
)

// PaperPage is a page as it comes out of the scanner.
type PaperPage struct {
	Paper  int    // counted from 0
	Page   int    // within the paper, counted from 0
	Author string // the ID of the student whose paper it is
	Side   Side
	Drawn  int // which page of the exam it is, before mishaps
	Seed   uint64
}

// Papers is an exam of papers of several pages, scanned into one file.
type Papers struct {
	*Exam

	// Pages are in the order of the file.
	Pages []PaperPage
	// Slips are what happened to it.
	Slips   []Slip
	side    int
	scanner uint64
}

// NewPapers invents an exam of papers: a tenth of them by strangers, one in twenty
// without an ID, half of the roster near neighbours, forms of either family.
func NewPapers(seed uint64, s PapersSpec) (*Papers, error) {
	if s.Papers == 0 {
		s.Papers = 10
	}
	if s.LongSide == 0 {
		s.LongSide = 1650
	}
	r := stream(seed, "papers")
	spec := ExamSpec{
		Code: "PAPERS", Sheets: s.Papers, Strangers: s.Papers / 10, NearNeighbours: true, Roster: s.Papers + 10 + r.IntN(60),
		Family: pick(r, []Family{OwnForms, HeldOutForms, HeldOutForms}), Digits: pick(r, []int{8, 8, 8, 8, 9, 10, 6, 5}),
	}
	if r.chance(float64(s.Papers) / 20) {
		spec.Blanks = 1
	}
	exam, err := NewExam(seed, spec)
	if err != nil {
		return nil, err
	}
	p := &Papers{Exam: exam, side: s.LongSide, scanner: seed + 1}
	p.collate(r, s)
	return p, nil
}

// collate puts the papers one behind the other. Pages behind the first are printed in
// some exams, and empty to write on in others, where most backs stay blank.
func (p *Papers) collate(r random, s PapersSpec) {
	printed, written := r.chance(0.4), r.between(0.15, 0.7)
	for i, sheet := range p.Sheets {
		pages := s.Pages
		if pages == 0 {
			pages = pick(r, []int{1, 2, 2, 2, 3, 3, 4, 5})
		}
		for n := range pages {
			side := Front
			switch {
			case n == 0:
			case printed && n < max(2, s.Pages-1):
				side = Printed
			case r.chance(written):
				side = Essay
			default:
				side = Unwritten
			}
			p.Pages = append(p.Pages, PaperPage{Paper: i, Page: n, Author: sheet.Author, Side: side, Drawn: len(p.Pages), Seed: r.Uint64()})
		}
	}
}

// Scan is the exam as it comes out of another scanner, after so many mishaps.
func (p *Papers) Scan(seed uint64, mishaps int) *Papers {
	r := stream(seed, "scan of papers")
	out := *p
	out.Pages, out.Slips = slices.Clone(p.Pages), nil
	for range mishaps {
		out.slip(r)
	}
	return &out
}

// slip lets one mishap happen.
func (p *Papers) slip(r random) {
	kind := pick(r, []Slip{DroppedBlank, DroppedBlank, DroppedAll, Doubled, Missing, Swapped})
	at := r.IntN(len(p.Pages) - 1)
	blank := func(g PaperPage) bool { return g.Side == Unwritten }
	switch kind {
	case DroppedAll:
		p.Pages = slices.DeleteFunc(p.Pages, blank)
	case DroppedBlank:
		first := slices.IndexFunc(p.Pages[at:], blank)
		if first < 0 {
			return
		}
		p.Pages = slices.Delete(p.Pages, at+first, at+first+1)
	case Doubled:
		p.Pages = slices.Insert(p.Pages, at, p.Pages[at])
	case Missing:
		p.Pages = slices.Delete(p.Pages, at, at+1)
	case Swapped:
		p.Pages[at], p.Pages[at+1] = p.Pages[at+1], p.Pages[at]
	}
	p.Slips = append(p.Slips, kind)
}

// PageSpec returns what is drawn for page i of the file. A page scanned twice is drawn
// twice alike.
func (p *Papers) PageSpec(i int) Spec {
	g := p.Pages[i]
	spec := p.Spec(g.Paper)
	spec.Scanner = p.scanner
	if g.Side != Front || spec.Family != OwnForms {
		spec.DPI, spec.LongSide = 0, p.side
	} else {
		spec.DPI = float64(p.side) / (sheetHeight / layoutDPI)
	}
	if g.Side != Front {
		spec.ID, spec.Name, spec.Side = "", "", g.Side
		spec.Title = p.Title + string(rune('a'+g.Page))
		if spec.Family == OwnForms {
			spec.Family = HeldOutForms
		}
	}
	return spec
}

// Draw draws page i of the file, in grey.
func (p *Papers) Draw(a *Assets, i int) (*image.Gray, error) {
	seed, spec := p.Pages[i].Seed, p.PageSpec(i)
	if p.Pages[i].Side == Front {
		seed = p.Sheets[p.Pages[i].Paper].Seed
	}
	if spec.Family != OwnForms {
		page, _, err := a.GreyPage(seed, spec)
		return page, err
	}
	sheet, err := a.Sheet(seed, spec)
	if err != nil {
		return nil, err
	}
	out := image.NewGray(sheet.Image.Rect)
	draw.Draw(out, out.Rect, sheet.Image, sheet.Image.Rect.Min, draw.Src)
	return out, nil
}
