package decide

import (
	"image"
	"slices"

	"hakbeon/recognizer/read"
)

// NameSaid is what the name beside the number said of a sheet.
type NameSaid string

// What a name may say. It is empty where the roster has no names or nobody looked.
const (
	NameFits    NameSaid = "fits"     // it is the first candidate's
	NameOther   NameSaid = "other"    // it isn't, and is another student's
	NameDiffers NameSaid = "differs"  // it isn't the first candidate's
	NameNotRead NameSaid = "not_read" // nothing there that tells anything
)

const (
	// slack is how much less likely than a line's best reading a name may be and still
	// fit wholly: e^-13.
	slack = 2.26e-6
	// mostTelling is how much likelier a fitting name makes a student at most, and how
	// much less likely one that doesn't fit: what fifty known sheets allow to claim.
	mostTelling = 20
	// trusted is the share of places of names that work which corresponds to that.
	trusted = 1 - 1.0/mostTelling
	// unrelated is the prior odds of the roster's names not being those of its IDs.
	unrelated = 1e-4
)

// witness is what is known of a batch's names while their weight is found.
type witness struct {
	sheets  []witnessSheet
	telling float64 // how much likelier a name that fits is than that of anybody
	places  map[cell]tally
}

// witnessSheet are the places of one sheet's name.
type witnessSheet struct {
	places  []witnessPlace
	sure    []posterior // of the digits alone
	weight  float64     // of all of them
	someone bool        // a place says something
	others  int         // of all other students, those whose names may fit best
}

// witnessPlace is one place. Fits are kept of few: of the students that the digits may
// mean, in their order, and of the sheet's others.
type witnessPlace struct {
	fits  []float64 // negative where the place can't tell
	mean  float64   // of all students that the digits don't mean; negative if there are none
	prior float64   // that this is the name and works
	works float64   // the same, as learnt from the batch
	cell  cell
}

// cell is where a name stands, as seen from the ID, in steps of the page's longer
// side: forms of an exam are alike.
type cell struct{ x, y int }

// Steps of a cell, of the page's longer side.
const cellWide, cellHigh = 0.05, 0.02

// tally counts sheets whose name stands in a cell, and those where it works.
type tally struct{ sheets, works float64 }

// weighNames weighs the names: each student's likelihood is multiplied by how much
// likelier the writing is if it is their name than if it is anybody's. How far a place
// is trusted is learnt from the batch's sheets that are sure of their number. Without
// names it changes nothing.
func (s *Scored) weighNames(p Params) {
	if s.named = s.named && slices.ContainsFunc(s.scores, func(of *Scores) bool { return of.asked }); !s.named {
		return
	}
	order, _ := canonicalOrder(s.scores)
	w := s.newWitness(p)
	w.learn(order, p)
	if s.NamesDisagree = w.disagree(order); s.NamesDisagree {
		return
	}
	for _, i := range order {
		s.sheets[i].weighName(w, &w.sheets[i])
	}
}

// newWitness takes what the sheets' names say, each by itself.
func (s *Scored) newWitness(p Params) *witness {
	w := &witness{sheets: make([]witnessSheet, len(s.scores)), telling: mostTelling, places: map[cell]tally{}}
	prior := sharesOf(p)
	for i, of := range s.scores {
		if s.sheets[i].empty {
			continue
		}
		sheet := &w.sheets[i]
		sheet.places, sheet.others, sheet.someone = slices.Clone(of.places), of.others, len(of.places) > 0
		sheet.sure = s.belief(i, prior).students
		for _, st := range sheet.sure {
			sheet.weight += st.p
		}
	}
	return w
}

// read scores all names on one sheet's lines that say something that could be a name.
func (w *nameWork) read(rd *read.Reading) {
	w.begin()
	for k := range rd.Names {
		if l := newNameLine(&rd.Names[k]); l.legible {
			w.fits(l)
			w.lines = append(w.lines, k)
		}
	}
}

// places are those of the name on the sheet that was read, whose ID stands on a line, or,
// if that is negative, on none. Sure are the students that its digits may mean.
func (w *nameWork) places(rd *read.Reading, sure []posterior, line int) (places []witnessPlace, others int) {
	for n, k := range w.lines {
		place := witnessPlace{prior: priorOfPlace(rd.Names[k].PlaceProb()), mean: meanOfOthers(w.of[n], sure)}
		if line >= 0 {
			place.cell = cellOf(rd, &rd.Names[k], &rd.Lines[line])
		}
		places = append(places, place)
	}
	limit(places, func(p *witnessPlace) *float64 { return &p.prior })
	best := w.bestOthers(sure)
	for k := range places {
		place, fits := &places[k], w.of[k]
		place.works = place.prior
		place.fits = make([]float64, 0, len(sure)+len(best))
		for _, st := range sure {
			place.fits = append(place.fits, fits[st.student])
		}
		for _, j := range best {
			place.fits = append(place.fits, fits[j])
		}
	}
	return places, len(best)
}

// meanOfOthers is the mean fit of the students that the digits don't mean; negative if
// the place tells of none.
func meanOfOthers(fits []float64, sure []posterior) float64 {
	sum, n := 0.0, 0
	for j, fit := range fits {
		for len(sure) > 0 && sure[0].student < j {
			sure = sure[1:]
		}
		meant := len(sure) > 0 && sure[0].student == j && sure[0].p > meant
		if fit >= 0 && !meant {
			sum, n = sum+fit, n+1
		}
	}
	if n == 0 {
		return -1
	}
	return sum / float64(n)
}

// meant is from which probability on the digits may mean a student.
const meant = 0.001

// priorOfPlace is the probability that a place that the finder gives this probability
// is the name's and that the name can be read there.
func priorOfPlace(prob float64) float64 { return 0.1 + float64(0.8*prob) }

// cellOf is where a name begins, seen from the beginning of the ID's line.
func cellOf(rd *read.Reading, name *read.NameLine, id *read.Line) cell {
	side := float64(max(rd.Width, rd.Height, 1))
	nx, ny := beginning(name.Box, name.Turn)
	ix, iy := beginning(id.Box, id.Turn)
	return cell{floorOf((nx - ix) / side / cellWide), floorOf((ny - iy) / side / cellHigh)}
}

// beginning is the middle of a box's left edge as it is read.
func beginning(b image.Rectangle, t read.Turn) (x, y float64) {
	midX, midY := float64(b.Min.X+b.Max.X)/2, float64(b.Min.Y+b.Max.Y)/2
	switch t {
	case 1: // upwards
		return -float64(b.Max.Y), midX
	case 2:
		return -float64(b.Max.X), -midY
	case 3: // downwards
		return float64(b.Min.Y), -midX
	}
	return float64(b.Min.X), midY
}

func floorOf(v float64) int {
	i := int(v)
	if float64(i) > v {
		i--
	}
	return i
}

// ratio is how much likelier a sheet's writing is if it is the name of one of the students
// whose fits are kept, the j-th of them, than if it is anybody's: the name stands in one
// of the places, or nowhere.
func (w *witness) ratio(sheet *witnessSheet, j int, works func(*witnessPlace) float64) float64 {
	sum, rest := 0.0, 1.0
	for k := range sheet.places {
		p := &sheet.places[k]
		if p.fits[j] < 0 {
			continue
		}
		share := works(p)
		sum += float64(float64(share*p.fits[j]) * w.telling)
		rest -= share
	}
	return sum + rest
}

func learnt(p *witnessPlace) float64   { return p.works }
func expected(p *witnessPlace) float64 { return p.prior }

// learn finds, by expectation and maximisation, how often names in a cell are those of
// the students whom the digits name, and how much a fit tells: of the sheets that are
// sure of their number, with what is expected counting as Params.Known sheets.
func (w *witness) learn(order []int, p Params) {
	w.tell(order, p)
	w.limit()
	for range emSteps {
		sums := make(map[cell]tally)
		for _, i := range order {
			w.count(&w.sheets[i], sums)
		}
		for i := range w.sheets {
			for k := range w.sheets[i].places {
				place := &w.sheets[i].places[k]
				t := around(sums, place.cell)
				place.works = (float64(p.Known*place.prior) + t.works) / (p.Known + t.sheets)
			}
		}
		w.limit()
	}
}

// count adds a sheet's places to their cells.
func (w *witness) count(sheet *witnessSheet, sums map[cell]tally) {
	for k := range sheet.places {
		place := &sheet.places[k]
		t := sums[place.cell]
		for n, st := range sheet.sure {
			fit := place.fits[n]
			if fit < 0 {
				continue
			}
			works := float64(float64(place.works*fit)*w.telling) / w.ratio(sheet, n, learnt)
			t.sheets += st.p
			t.works += float64(st.p * works)
		}
		sums[place.cell] = t
	}
}

// around sums a cell and its neighbours.
func around(sums map[cell]tally, at cell) (out tally) {
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			t := sums[cell{at.x + dx, at.y + dy}]
			out.sheets, out.works = out.sheets+t.sheets, out.works+t.works
		}
	}
	return out
}

// limit keeps what a sheet's places are given together below what is trusted at most.
func limit(places []witnessPlace, of func(*witnessPlace) *float64) {
	sum := 0.0
	for k := range places {
		sum += *of(&places[k])
	}
	if sum <= trusted {
		return
	}
	for k := range places {
		*of(&places[k]) *= trusted / sum
	}
}

// limit limits what was learnt of all places.
func (w *witness) limit() {
	for i := range w.sheets {
		limit(w.sheets[i].places, func(p *witnessPlace) *float64 { return &p.works })
	}
}

// tell finds how much a fit tells: the fewer of the other students' names fit the more,
// mostTelling at most.
func (w *witness) tell(order []int, p Params) {
	sheets, others := p.Known, p.Known/mostTelling
	for _, i := range order {
		sheet := &w.sheets[i]
		for k := range sheet.places {
			if mean := sheet.places[k].mean; mean >= 0 {
				sheets, others = sheets+1, others+mean
			}
		}
	}
	w.telling = min(mostTelling, sheets/others)
}

// disagree says whether the roster's names are more likely than not other people's than
// those who have its IDs: sheets that are sure of their number have other names.
func (w *witness) disagree(order []int) bool {
	odds := newOdds(unrelated)
	for _, i := range order {
		sheet := &w.sheets[i]
		if !sheet.someone {
			continue
		}
		fits := 1 - sheet.weight
		for n, st := range sheet.sure {
			fits += float64(st.p * w.ratio(sheet, n, expected))
		}
		odds.times(1 / fits)
	}
	return odds.against() < 0.5
}

// said is what a sheet's name makes of one of those students, a factor.
func (w *witness) said(sheet *witnessSheet, j int) float64 {
	return max(w.ratio(sheet, j, learnt), 1.0/mostTelling)
}

// weighName multiplies a sheet's likelihoods by what its name says. What the batch's
// shares and the roster's fit are found from stays what the digits say: names that are
// read in a wrong place must not make a roster another exam's.
func (l *likelihoods) weighName(w *witness, sheet *witnessSheet) {
	if !sheet.someone || l.empty {
		return
	}
	for k := range l.students {
		st := &l.students[k]
		st.named = w.said(sheet, k)
		st.value = float64(st.value * st.named)
		st.changed /= st.named
	}
	l.rank()
	l.byName = true
	for n := range sheet.others {
		l.other = max(l.other, w.said(sheet, len(sheet.sure)+n))
	}
}
