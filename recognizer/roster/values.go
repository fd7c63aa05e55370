package roster

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// values is what stands in a column below its header.
type values struct {
	filled   int // cells that hold anything
	valid    int // IDs
	distinct int // different IDs
	usual    float64
	serial   bool // it numbers the rows
}

// valuesOf looks at a column of a list.
func valuesOf(lines []line, i int) values {
	var v values
	var seen forms
	ids := map[string]bool{}
	v.serial = true
	for _, l := range lines {
		c := l.at(i)
		if hasTotal(l.cells) || c.blank() {
			continue
		}
		v.filled++
		id, why := c.studentID()
		if why != reasonNone {
			continue
		}
		v.valid++
		ids[id] = true
		seen.add(id)
		if n, err := strconv.Atoi(id); err != nil || n > len(lines) {
			v.serial = false
		}
	}
	v.distinct = len(ids)
	_, v.usual = seen.usual()
	v.serial = v.serial && v.valid > 1
	return v
}

func (c cell) blank() bool { return strings.TrimSpace(c.raw) == "" && !c.formula }

// fit holds for what can be IDs: most cells hold one, most are different, and they
// don't number the rows.
func (v values) fit() bool {
	return v.valid > 0 && 2*v.valid >= v.filled && 2*v.distinct >= v.valid && !v.serial
}

// compare orders columns by how well they hold IDs: more of them, then more of one
// form.
func (v values) compare(o values) int {
	return cmp.Or(cmp.Compare(v.distinct, o.distinct), cmp.Compare(v.usual, o.usual))
}

// forms counts the forms of IDs.
type forms map[string]int

func (f *forms) add(id string) {
	if *f == nil {
		*f = forms{}
	}
	(*f)[formOf(id)]++
}

// usual is the form that most IDs have, and their share.
func (f *forms) usual() (form string, share float64) {
	most, all := 0, 0
	for _, n := range *f {
		all += n
	}
	for name, n := range *f {
		if n > most || n == most && name < form {
			form, most = name, n
		}
	}
	if all == 0 {
		return "", 0
	}
	return form, float64(most) / float64(all)
}

// formOf is what an ID looks like: its runs of digits and letters with their
// lengths. "B-2017x3" is "a1-d4a1d1".
func formOf(id string) string {
	var out strings.Builder
	kind, n := byte(0), 0
	end := func() {
		if n > 0 {
			fmt.Fprintf(&out, "%c%d", kind, n)
		}
		n = 0
	}
	for i := range len(id) {
		now := kindOfByte(id[i])
		if now != kind || now == '-' {
			end()
		}
		if kind = now; now == '-' {
			out.WriteByte('-')
			continue
		}
		n++
	}
	end()
	return out.String()
}

func kindOfByte(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return 'd'
	case c == '-':
		return '-'
	}
	return 'a'
}
