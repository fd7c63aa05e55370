package decide

import (
	"image"

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
}

type witnessPlace struct {
	fits  []float64 // of each student; negative where the place can't tell
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
	named := false
	for _, rd := range s.readings {
		named = named || rd != nil && len(rd.Names) > 0
	}
	if s.names == nil || !named {
		return
	}
	s.named = true
	order, _ := canonicalOrder(s.readings)
	w := s.newWitness(order, p)
	w.learn(order, p)
	if s.NamesDisagree = w.disagree(order); s.NamesDisagree {
		return
	}
	for _, i := range order {
		s.sheets[i].weighName(w.ratios(i, len(s.ids)))
	}
}

// newWitness scores all places of names against all names.
func (s *Scored) newWitness(order []int, p Params) *witness {
	w := &witness{sheets: make([]witnessSheet, len(s.readings)), telling: mostTelling, places: map[cell]tally{}}
	prior := sharesOf(p)
	for _, i := range order {
		rd := s.readings[i]
		if rd == nil || s.sheets[i].empty {
			continue
		}
		sheet := &w.sheets[i]
		b := s.belief(i, prior)
		sheet.sure = b.students
		for _, st := range b.students {
			sheet.weight += st.p
		}
		for k := range rd.Names {
			if place, ok := s.place(rd, &rd.Names[k], s.sheets[i].line); ok {
				sheet.places, sheet.someone = append(sheet.places, place), true
			}
		}
	}
	return w
}

// place scores one place; false if it says nothing that could be a name.
func (s *Scored) place(rd *read.Reading, of *read.NameLine, line int) (witnessPlace, bool) {
	l := newNameLine(of)
	if !l.legible {
		return witnessPlace{}, false
	}
	out := witnessPlace{fits: make([]float64, len(s.names)), prior: priorOfPlace(of.PlaceProb())}
	for j := range s.names {
		out.fits[j] = -1
		if fit, known := l.fit(&s.names[j]); known {
			out.fits[j] = fit
		}
	}
	out.works = out.prior
	if line >= 0 {
		out.cell = cellOf(rd, of, &rd.Lines[line])
	}
	return out, true
}

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

// ratio is how much likelier a sheet's writing is if it is student j's name than if it
// is anybody's: the name stands in one of the places, or nowhere.
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
		for _, st := range sheet.sure {
			fit := place.fits[st.student]
			if fit < 0 {
				continue
			}
			works := float64(float64(place.works*fit)*w.telling) / w.ratio(sheet, st.student, learnt)
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

// limit keeps a sheet's places together below what is trusted at most.
func (w *witness) limit() {
	for i := range w.sheets {
		sum := 0.0
		for k := range w.sheets[i].places {
			sum += w.sheets[i].places[k].works
		}
		for k := range w.sheets[i].places {
			if sum > trusted {
				w.sheets[i].places[k].works *= trusted / sum
			}
		}
	}
}

// tell finds how much a fit tells: the fewer of the other students' names fit the more,
// mostTelling at most.
func (w *witness) tell(order []int, p Params) {
	sheets, others := p.Known, p.Known/mostTelling
	for _, i := range order {
		sheet := &w.sheets[i]
		for k := range sheet.places {
			sum, n := 0.0, 0
			for j, fit := range sheet.places[k].fits {
				if fit >= 0 && !sheet.isSure(j) {
					sum, n = sum+fit, n+1
				}
			}
			if n > 0 {
				sheets, others = sheets+1, others+sum/float64(n)
			}
		}
	}
	w.telling = min(mostTelling, sheets/others)
}

// isSure says whether the digits may mean a student.
func (s *witnessSheet) isSure(j int) bool {
	for _, st := range s.sure {
		if st.student == j && st.p > 0.001 {
			return true
		}
	}
	return false
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
		for _, st := range sheet.sure {
			fits += float64(st.p * w.ratio(sheet, st.student, expected))
		}
		odds.times(1 / fits)
	}
	return odds.against() < 0.5
}

// ratios are those of all students of a sheet, nil if its names say nothing.
func (w *witness) ratios(i, n int) []float64 {
	sheet := &w.sheets[i]
	if !sheet.someone {
		return nil
	}
	out := make([]float64, n)
	for j := range out {
		out[j] = max(w.ratio(sheet, j, learnt), 1.0/mostTelling)
	}
	return out
}

// weighName multiplies a sheet's likelihoods by what its name says. What the batch's
// shares and the roster's fit are found from stays what the digits say: names that are
// read in a wrong place must not make a roster another exam's.
func (l *likelihoods) weighName(ratios []float64) {
	if ratios == nil || l.empty {
		return
	}
	best, second := -1, 0.0
	for k := range l.students {
		st := &l.students[k]
		st.named = ratios[st.student]
		st.value = float64(st.value * st.named)
		st.changed /= st.named
		switch {
		case best < 0 || st.value > l.students[best].value:
			if best >= 0 {
				second = l.students[best].value
			}
			best = k
		default:
			second = max(second, st.value)
		}
	}
	if best >= 0 {
		l.best, l.unique = l.students[best].student, second < float64(l.students[best].value*(1-tolerance))
	}
	l.named = ratios
}
