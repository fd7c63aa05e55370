package roster

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// What is kept of a roster's columns: enough for a list that a person reads.
const (
	maxColumns    = 24
	maxFieldRunes = 200
)

// kept is a column whose content stays with its students.
type kept struct {
	label string
	key   string // the same for columns that belong together
	at    int    // counted from 0
}

// Keys of columns that belong together whatever they are called.
const (
	idKey   = "\x00id"
	nameKey = "\x00name"
)

// keptColumns are the columns that go with a list of students: all that have a
// header. Of lists side by side nobody can tell whose the others are, so only ID
// and name are kept.
func keptColumns(cells []cell, found []column, list int) []kept {
	id, name := found[list].id, found[list].name
	var out []kept
	seen := map[string]int{}
	for i := range cells {
		label := shorten(strings.Join(strings.Fields(cells[i].text()), " "))
		own := i == id || i == name
		if label == "" || !own && (len(found) > 1 || len(out) >= maxColumns) {
			continue
		}
		key := normalize(label)
		if seen[key]++; seen[key] > 1 {
			label = fmt.Sprintf("%s (%d)", label, seen[key])
			key = label
		}
		switch i {
		case id:
			key = idKey
		case name:
			key = nameKey
		}
		out = append(out, kept{label: label, key: key, at: i})
	}
	return out
}

// fields are a student's cells as they are shown, and the ID as it was taken.
func fields(l line, columns []kept, id string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = shorten(strings.TrimSpace(l.at(c.at).text()))
		if c.key == idKey {
			out[i] = id
		}
	}
	return out
}

func shorten(text string) string { return shortened(text, maxFieldRunes) }

// shortened cuts a text to so many characters.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// place puts a student's fields under the roster's columns. The columns of
// several lists are brought together by their headers.
func (b *builder) place(columns []kept, values []string) {
	row := make([]string, len(b.roster.Columns), len(b.roster.Columns)+len(columns))
	for i, c := range columns {
		n, known := b.columns[c.key]
		if !known {
			n = len(b.roster.Columns)
			b.columns[c.key] = n
			b.roster.Columns = append(b.roster.Columns, c.label)
			row = append(row, "")
		}
		row[n] = values[i]
	}
	b.roster.Rows = append(b.roster.Rows, row)
}

// Row returns what the file says of the student at the position, a value for each
// of Columns.
func (r *Roster) Row(i int) []string {
	row := make([]string, len(r.Columns))
	if i < len(r.Rows) {
		copy(row, r.Rows[i])
	}
	return row
}

// IDColumn is the position of the student ID in Columns, -1 if they are not
// known.
func (r *Roster) IDColumn() int {
	for n := range r.Columns {
		if len(r.Rows) > 0 && len(r.Students) > 0 && n < len(r.Rows[0]) && r.Rows[0][n] == r.Students[0].ID && idHeader(r.Columns[n]) != rankNone {
			return n
		}
	}
	return -1
}
