package synth

import "strings"

// worldForm sets a page of the world's forms.
type worldForm struct {
	identity
	headings  headings
	prose     prose
	questions questions
	tables    tables
	drawings  drawings
}

func newWorldForm(g *galley) worldForm {
	return worldForm{identity{fields{g}}, headings{g}, prose{g}, questions{g}, tables{g}, drawings{g}}
}

// layOut sets the blocks one below the other.
func (w worldForm) layOut(field bool) {
	before := pick(w.random, []int{0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 6, 9})
	if w.height < 150 {
		before = w.IntN(2)
	}
	density := w.between(0.45, 1)
	if w.chance(0.15) {
		density = w.between(0.05, 0.4)
	}
	w.ground()
	w.headings.top()
	placed := !field
	if field && w.chance(0.14) {
		w.plainSheet()
		return
	}
	if k := w.Float64(); field && w.width > 180 && k < 0.12 {
		placed = pick(w.random, []func() bool{w.corner, w.margin})()
	}
	for n := 0; w.y < w.height-2*w.em-8 && n < 60; n++ {
		switch {
		case !placed && (n >= before || w.y > 0.72*w.height || w.height-w.y < 80):
			w.identity.set()
			placed = true
		case w.chance(density):
			w.block()
		default:
			w.y += w.height * w.between(0.01, 0.08)
		}
	}
	if !placed {
		w.y = w.height * 0.8
		w.identity.set()
	}
	w.headings.footer()
}

// block sets one block of the page's body.
func (w worldForm) block() {
	kinds := []struct {
		weight int
		set    func()
	}{
		{10, w.prose.paragraph}, {3, w.prose.columns}, {2, w.headings.title}, {6, w.questions.list}, {4, w.tables.grid}, {4, w.questions.workings},
		{2, w.drawings.figure}, {2, w.prose.code}, {2, w.prose.notice}, {2, w.questions.choices}, {1, w.numberComb}, {1, w.prose.divider}, {2, w.questions.lineFields}, {1, w.tables.grading}, {2, w.questions.essay},
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	n := w.IntN(total)
	for _, k := range kinds {
		if n -= k.weight; n < 0 {
			k.set()
			break
		}
	}
	w.y += w.em * w.between(0.2, 1.8)
}

// ground rules the whole page at times: lines or squares to write on, a frame.
func (w worldForm) ground() {
	pale := w.ruled
	if w.chance(0.07) {
		shade := uint8(w.between(150, 225))
		w.ruled = pick(w.random, []ink{{r: shade, g: shade, b: shade}, {r: shade, g: shade, b: 235}})
		step := w.between(5, 10)
		for y := w.between(10, 40); y < w.height-8; y += step {
			w.rule(vec{w.left, y}, vec{w.right, y})
		}
		if w.chance(0.3) {
			for x := w.left; x < w.right; x += step {
				w.rule(vec{x, 10}, vec{x, w.height - 8})
			}
		}
		w.ruled = pale
	}
	if w.chance(0.07) {
		rim := w.between(3, 0.9*w.left)
		w.frame(box{vec{rim, rim}, vec{w.width - rim, w.height - rim}})
	}
}

// plainSheet is an answer sheet as our own users print it: a line for ID and name
// without any box, then a table of answers that fills the page.
func (w worldForm) plainSheet() {
	size := w.em * w.between(0.95, 1.2)
	w.y += w.digit * w.between(1.4, 2.4)
	x := w.left
	if w.chance(0.3) {
		x += w.between(0.2, 0.4) * (w.right - w.left)
	}
	colon := pick(w.random, []string{"  :", " : ", " :", ":"})
	x = w.print(w.head, size, strings.TrimRight(w.idLabel(), ":： ")+colon, vec{x, w.y})
	gap := w.idWidth() * w.between(0.9, 1.2)
	w.room(fieldLook{}, w.idSlot(), vec{x, w.y}, gap)
	x += gap + w.digit*w.between(0.2, 1.5)
	if x < w.right-25 {
		x = w.print(w.head, size, strings.TrimRight(pick(w.random, w.names), ":： ")+colon, vec{x, w.y})
		w.room(fieldLook{}, w.nameSlot(), vec{x, w.y}, max(w.right-x, 12))
	}
	w.y += w.digit*w.between(0.5, 1.4) + 1
	w.tables.answerTable()
	w.headings.footer()
}

// corner sets ID and name into a box at the page's upper right. It fails if there
// is no room.
func (w worldForm) corner() bool {
	wide := max(w.idWidth()+6, 45)
	if wide > 0.5*(w.right-w.left) {
		return false
	}
	left, right, y := w.left, w.right, w.y
	w.left, w.y = right-wide, max(6, w.y-12)
	pick(w.random, []func(){w.inList, w.inTable, w.underLabel})()
	bottom := w.y
	w.left, w.right, w.y = left, right, y
	if w.chance(0.5) {
		w.y = max(y, bottom)
	}
	return true
}

// margin sets ID and name into a column of their own, at any height, beside the body.
// It fails if there is no room.
func (w worldForm) margin() bool {
	wide := max(w.idWidth()+6, 45)
	if wide > 0.4*(w.right-w.left) {
		return false
	}
	left, right, y := w.left, w.right, w.y
	w.y += w.between(0, 0.6) * (w.height - y)
	body := [2]float64{left, right - wide - 4}
	if w.chance(0.7) {
		w.left = right - wide
	} else {
		w.right = left + wide
		body = [2]float64{left + wide + 4, right}
	}
	pick(w.random, []func(){w.inList, w.inTable, w.underLabel, w.inHeads})()
	if w.chance(0.3) {
		w.questions.list()
	}
	w.left, w.right, w.y = body[0], body[1], y
	return true
}
