package roster

import (
	"cmp"
	"slices"
	"strings"

	"hakbeon/recognizer/detail"
)

// choice is which columns of a list hold the IDs.
type choice struct {
	labels []string // of the header that was chosen by
	lists  []column // more than one where lists stand side by side
	doubts []detail.Detail
	others []string // headers of columns that could be meant instead, most likely first
}

// candidate is a column whose header may name the student IDs.
type candidate struct {
	at     int
	rank   rank
	label  string // plain, to compare
	name   string // the part of it that says so
	values values
}

// choose finds the columns of IDs of a list by its header and by what stands below.
// A list under the same header as the one before is read in the same way.
func choose(g *grid, b block, prefer string, before *choice) *choice {
	labels := make([]string, len(b.header.cells))
	for i, c := range b.header.cells {
		labels[i] = normalize(c.text())
	}
	if before != nil && slices.Equal(before.labels, labels) {
		return before
	}
	all := candidates(b)
	out := &choice{labels: labels}
	taken := sideBySide(b.header, all)
	if len(taken) == 0 {
		taken = out.single(g, b.header, all, prefer)
	} else {
		out.passedOver(g, b.header, all, taken)
	}
	for _, c := range taken {
		out.lists = append(out.lists, column{id: c.at, name: -1, department: -1})
	}
	for i := range out.lists {
		out.lists[i].name = companion(b.header, out.lists, i, isNameHeader)
		out.lists[i].department = companion(b.header, out.lists, i, isDepartmentHeader)
		out.lists[i].kept = keptColumns(b.header.cells, out.lists, i)
	}
	return out
}

func candidates(b block) []candidate {
	var out []candidate
	for i, c := range b.header.cells {
		if r := idHeader(c.text()); r != rankNone {
			out = append(out, candidate{at: i, rank: r, label: normalize(c.text()), name: idLabel(c.text()), values: valuesOf(b.lines, i)})
		}
	}
	return out
}

// sideBySide are the columns of several lists that stand beside each other: each has a
// column of names of its own; or they have the same header; or the same word in it,
// and there are no names that could tell. Nil if there is one list.
func sideBySide(header line, all []candidate) []candidate {
	best := slices.MaxFunc(all, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
	with := func(is func(candidate) bool) []candidate {
		return slices.DeleteFunc(slices.Clone(all), func(c candidate) bool { return !is(c) })
	}
	named := with(func(c candidate) bool { return c.rank >= min(best.rank, rankLikely) && c.values.fit() })
	if len(named) > 1 && ownNames(header, named) {
		return named
	}
	alike := with(func(c candidate) bool { return c.name == best.name && c.values.fit() })
	if len(alike) > 1 && !slices.ContainsFunc(header.cells, cell.isName) {
		return alike
	}
	if same := with(func(c candidate) bool { return c.label == best.label }); len(same) > 1 {
		return same
	}
	return nil
}

// passedOver tells of columns that are none of the lists and could be.
func (o *choice) passedOver(g *grid, header line, all, taken []candidate) {
	for _, c := range all {
		is := func(t candidate) bool { return t.at == c.at }
		if c.rank >= taken[0].rank && c.values.fit() && !slices.ContainsFunc(taken, is) {
			o.doubt(g, header, taken[0], c, "could be the student IDs as well", "학번일 수도 있습니다")
		}
	}
}

// ownNames reports whether each column has a column of names before the next one
// begins, or each has one behind the one before.
func ownNames(header line, all []candidate) bool {
	right, left := true, true
	for i, c := range all {
		start, end := 0, len(header.cells)
		if i > 0 {
			start = all[i-1].at
		}
		if i+1 < len(all) {
			end = all[i+1].at
		}
		right = right && slices.ContainsFunc(header.cells[c.at+1:end], cell.isName)
		left = left && slices.ContainsFunc(header.cells[start:c.at], cell.isName)
	}
	return right || left
}

func (c cell) isName() bool { return isNameHeader(c.text()) }

// single is the column of a single list: of those whose values can be IDs the one
// with the surest header, and of equals the one with the better values. What else
// it could be is told.
func (o *choice) single(g *grid, header line, all []candidate, prefer string) []candidate {
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(a, b candidate) int {
		return cmp.Or(
			compareBool(b.label == prefer, a.label == prefer),
			compareBool(b.values.fit(), a.values.fit()),
			cmp.Compare(b.rank, a.rank),
			b.values.compare(a.values),
		)
	})
	taken := order[0]
	for _, c := range order[1:] {
		if c.values.fit() && c.label != taken.label {
			o.others = append(o.others, c.label)
		}
		switch {
		case prefer != "":
		case c.rank > taken.rank && c.values.filled > 0:
			o.doubt(g, header, taken, c, "does not hold a different ID for each student", "학생마다 다른 학번이 들어 있지 않습니다")
		case c.rank == taken.rank && c.values.fit():
			o.doubt(g, header, taken, c, "could be the student IDs as well", "학번일 수도 있습니다")
		}
	}
	return []candidate{taken}
}

func (o *choice) doubt(g *grid, header line, taken, other candidate, en, ko string) {
	name := func(c candidate) string {
		return strings.Join(strings.Fields(header.cells[c.at].text()), " ")
	}
	o.doubts = append(o.doubts, detail.Sprintf(
		"The student IDs were taken from column %[1]s (%[2]q). %[3]s (%[4]q) "+en+".",
		"학번을 %[1]s열(%[2]q)에서 읽었습니다. %[3]s열(%[4]q)은 "+ko+".",
		g.columnName(taken.at), shortened(name(taken), maxValueRunes), g.columnName(other.at), shortened(name(other), maxValueRunes)))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// column is where a list stands: columns counted from 0, -1 where there is none,
// with those that go with it.
type column struct {
	id, name, department int
	kept                 []kept
}

// companion prefers the first header of its kind to the right of the ID, before
// the next list begins, then the nearest to the left of it.
func companion(header line, found []column, i int, is func(string) bool) int {
	end, start := len(header.cells), 0
	if i+1 < len(found) {
		end = found[i+1].id
	}
	if i > 0 {
		start = found[i-1].id + 1
	}
	for c := found[i].id + 1; c < end; c++ {
		if is(header.cells[c].text()) {
			return c
		}
	}
	for c := found[i].id - 1; c >= start; c-- {
		if is(header.cells[c].text()) {
			return c
		}
	}
	return -1
}
