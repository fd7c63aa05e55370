package synth

import "strings"

// The layout's units are pixels of a scan at 275 dpi, 2257x3125 for a sheet.
const (
	layoutDPI   = 275
	sheetWidth  = 2257
	sheetHeight = 3125
)

// layout is an exam's printed form: the same for all its sheets.
type layout struct {
	title, label, text, head *face

	titleSize, labelSize, textSize float64
	titleAt                        vec    // left end of the title's baseline
	when                           string // date and time, right of the title
	labelAt                        vec    // left end of the label's baseline
	nameAt                         float64
	idLabel, nameLabel             string
	table                          table
}

// table is the ruled table below the ID line.
type table struct {
	left, right, top, bottom float64
	columns                  []float64 // where the ruled lines between columns are
	heads                    []string
	headHeight, rule         float64
	bow                      float64   // how far ruled lines bend in their middle
	rows                     []float64 // heights
	points                   []string  // printed in the second column
}

// newLayout invents an exam's form; label replaces the usual `학번 :`.
func (a *Assets) newLayout(r random, label string) layout {
	serif, sans := a.printSerif[2], a.printSans
	l := layout{
		title: pick(r, []*face{serif, sans}), label: pick(r, []*face{serif, serif, a.printSerif[1], sans}),
		text: sans, head: a.printSerif[0],
		titleSize: r.between(46, 58), labelSize: r.between(35, 39), textSize: r.between(34, 40),
		when: pick(r, []string{"2031.06.14 10:00-11:15", "2032. 4. 21 (수) 13:00~14:15", "2031.12.09 09:00", "2032.10.22 15:00~16:30"}),
	}
	colon := pick(r, []string{"  :", "  : ", " :", " : ", ":"})
	texts := pick(r, a.variety.labels)
	l.idLabel, l.nameLabel = texts.id+colon, texts.name+colon
	if label != "" {
		l.idLabel = label
	}
	if strings.ContainsAny(l.idLabel, "号") {
		l.label = a.printKanji
	}
	l.titleAt = vec{r.between(150, 260), r.between(335, 400)}
	l.labelAt = vec{pick(r, []float64{r.between(160, 300), r.between(850, 1080)}), l.titleAt.y + r.between(110, 165)}
	l.nameAt = l.labelAt.x + r.between(540, 660)
	l.table = newTable(r, l.labelAt.y+r.between(34, 62))
	return l
}

// newTable invents a table that fills the page from top.
func newTable(r random, top float64) table {
	t := table{
		left: r.between(110, 190), right: sheetWidth - r.between(110, 190), top: top,
		heads: []string{"Problem", "pt", "Answer"}, headHeight: r.between(60, 76), rule: r.between(2.6, 3.6), bow: r.between(-3, 3),
	}
	first := t.left + r.between(190, 260)
	t.columns = []float64{t.left, first, first + r.between(90, 140), t.right}
	least, most := r.between(70, 110), r.between(120, 260)
	y, limit := top+t.headHeight, sheetHeight-r.between(90, 170)
	for y < limit {
		h := r.between(least, most)
		if y+h > limit-least {
			h = limit - y
		}
		t.rows = append(t.rows, h)
		t.points = append(t.points, pick(r, strings.Fields("1 2 2 3 3 4 5 5 10")))
		y += h
	}
	t.bottom = y
	return t
}
