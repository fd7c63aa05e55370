package roster

import (
	"slices"
	"strings"

	"hakbeon/recognizer/detail"
)

// table is what one sheet gives: its students and its skipped rows.
type table struct {
	sheet  string
	hidden bool
	rank   rank
	rows   []row
	doubts []detail.Detail
	usual  string // the form that most of its IDs have
	// uncomputed is how many formulas have no value.
	uncomputed int
	// others are the headers of columns that could be the IDs instead.
	others []string
}

// row is a student, or a row that was skipped for a reason.
type row struct {
	at      Skip // the place; its reason is empty
	student Student
	why     reason
	columns []kept
	fields  []string
}

func (t *table) students() int {
	n := 0
	for _, r := range t.rows {
		if r.why == reasonNone {
			n++
		}
	}
	return n
}

// refused counts the rows in which something stands that is no ID.
func (t *table) refused() int {
	n := 0
	for _, r := range t.rows {
		if r.why != reasonNone && r.why != reasonNoID && !r.at.Harmless {
			n++
		}
	}
	return n
}

// block is a list with the header above it.
type block struct {
	header line
	rank   rank
	lines  []line
}

// blocksOf finds the lists of a sheet, one below the other. A better header below a
// worse one starts again, and a sure one may be repeated, as on every printed page.
// A doubtful word is not a header once there is a column.
func blocksOf(g *grid) []block {
	var out []block
	best := rankNone
	for _, l := range g.lines {
		r := headerRank(l)
		switch {
		case r >= rankLikely || r > best:
			if best < rankLikely {
				out = nil
			}
			best = max(best, r)
			out = append(out, block{header: l, rank: r})
		case len(out) > 0:
			last := &out[len(out)-1]
			last.lines = append(last.lines, l)
		}
	}
	return out
}

func headerRank(l line) rank {
	best := rankNone
	for _, c := range l.cells {
		best = max(best, idHeader(c.text()))
	}
	return best
}

// readTable reads the lists of a sheet. Where several columns could hold the IDs,
// the one called prefer does, if there is one.
func readTable(g *grid, prefer string) *table {
	t := &table{sheet: g.sheet, hidden: g.hidden, uncomputed: g.uncomputed()}
	var before *choice
	blocks := blocksOf(g)
	for _, b := range blocks {
		t.rank = max(t.rank, b.rank)
		now := choose(g, b, prefer, before)
		t.addBlock(g, b, now)
		if before == nil || !slices.Equal(before.labels, now.labels) {
			t.doubts = append(t.doubts, now.doubts...)
			t.others = append(t.others, now.others...)
		}
		before = now
	}
	var seen forms
	for _, r := range t.rows {
		if r.why == reasonNone {
			seen.add(r.student.ID)
		}
	}
	if t.usual, _ = seen.usual(); t.usual != "" {
		t.astray(g, blocks[0].header)
	}
	return t
}

// addBlock takes the rows of a list. Which IDs look like the others tells a total
// from a student in whose row the word stands as a remark.
func (t *table) addBlock(g *grid, b block, c *choice) {
	var seen forms
	for _, l := range b.lines {
		if !hasTotal(l.cells) {
			for _, list := range c.lists {
				if id, why := l.at(list.id).studentID(); why == reasonNone {
					seen.add(id)
				}
			}
		}
	}
	usual, _ := seen.usual()
	for _, l := range b.lines {
		t.addRow(g, l, c.lists, usual)
	}
}

func (t *table) addRow(g *grid, l line, lists []column, usual string) {
	place := Skip{Sheet: g.sheet, Row: l.number}
	if hasTotal(l.cells) && !isStudent(l, lists, usual) {
		place.Harmless = true
		t.rows = append(t.rows, row{at: place, why: reasonTotal})
		return
	}
	var got []row
	for _, list := range lists {
		c := l.at(list.id)
		at := place
		at.Cell, at.Value = g.address(l.number, list.id), shortened(strings.TrimSpace(c.text()), maxValueRunes)
		id, why := c.studentID()
		if why == reasonNoID && len(lists) > 1 {
			continue // a list that is shorter than the one beside it
		}
		r := row{at: at, why: why}
		if why == reasonNone {
			r.columns, r.fields = list.kept, fields(l, list.kept, id)
			r.student = Student{
				ID: id, Name: strings.TrimSpace(l.at(list.name).text()), Department: strings.TrimSpace(l.at(list.department).text()),
			}
		}
		got = append(got, r)
	}
	if len(got) == 0 {
		got = []row{{at: place, why: reasonNoID}}
	}
	t.rows = append(t.rows, got...)
}

// maxValueRunes is how much of a cell's value a message shows.
const maxValueRunes = 60

// isStudent tells a student in whose row a word such as 총원 stands as a remark from
// a row that counts students.
func isStudent(l line, lists []column, usual string) bool {
	for _, list := range lists {
		id, why := l.at(list.id).studentID()
		if isTotal(l.at(list.id).text()) || isTotal(l.at(list.name).text()) {
			return false
		}
		if why == reasonNone && formOf(id) == usual {
			return true
		}
	}
	return false
}

func hasTotal(cells []cell) bool {
	for _, c := range cells {
		if isTotal(c.text()) {
			return true
		}
	}
	return false
}
