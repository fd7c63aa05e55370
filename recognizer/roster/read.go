package roster

import (
	"fmt"
	"slices"
	"strings"

	"hakbeon/recognizer/detail"
)

// Read takes a roster from the bytes of an .xlsx or .xls workbook, of a web page or
// of Excel's XML, which are served under that name too, or of a .csv file in UTF-8,
// UTF-16 or CP949, with commas, semicolons, tabs or bars. Every sheet whose
// header names a column of student IDs is read, in order; hidden sheets count
// only if no visible one has IDs. It returns ErrFormat, ErrTooLarge or
// ErrNoIDs, each with a message for the person who made the file: see [Explain].
func Read(data []byte, lim Limits) (*Roster, error) {
	lim = lim.withDefaults()
	if int64(len(data)) > lim.MaxBytes {
		return nil, fmt.Errorf("roster: %w", tooLarge("%d bytes, at most %d are read", "%d바이트입니다. %d바이트까지 읽습니다", len(data), lim.MaxBytes))
	}
	grids, err := readFile(data, lim)
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	tables := make([]*table, len(grids))
	for i, g := range grids {
		tables[i] = readTable(g, "")
	}
	r, err := join(tables)
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	r.others = others(grids, tables, r)
	return r, nil
}

// readFile turns the panics of libraries over hostile files into ErrFormat.
func readFile(data []byte, lim Limits) (grids []*grid, err error) {
	defer func() {
		if p := recover(); p != nil {
			grids, err = nil, fmt.Errorf("%w: reading the file failed: %v", ErrFormat, p)
		}
	}()
	switch k := kindOf(data); k {
	case kindEmpty:
		return nil, malformed("the file is empty", "파일이 비어 있습니다")
	case kindText:
		g, err := readText(data, lim)
		return []*grid{g}, err
	case kindWorkbook:
		return readBook(data, lim)
	case kindOld:
		return readXLS(data, lim)
	case kindMarkup:
		return readMarkup(data, lim)
	case kindLocked:
		return nil, errLocked()
	default:
		return nil, refuse(k)
	}
}

// join puts the best tables into one roster. Sheets with a doubtful header
// count only where no sheet has a sure one.
func join(tables []*table) (*Roster, error) {
	best := score(nil)
	for _, t := range tables {
		best = max(best, score(t))
	}
	if best == 0 {
		return nil, explainNone(tables)
	}
	b := newBuilder()
	usual := surest(tables, best)
	for _, t := range tables {
		if score(t) != best {
			continue
		}
		if usual != "" && t.rank < rankSure && t.usual != usual {
			b.leftOut(t)
			continue
		}
		b.roster.Doubts = append(b.roster.Doubts, t.doubts...)
		for _, r := range t.rows {
			if r.why != reasonNone {
				b.skip(r.at, r.why.says())
				continue
			}
			if b.add(r.student, r.at) {
				b.place(r.columns, r.fields)
			}
		}
	}
	b.unlike()
	if b.roster.markAbsent(); b.roster.Absent() > 0 {
		b.roster.Doubts = append(b.roster.Doubts, b.roster.absentees())
	}
	return b.roster, nil
}

// leastShare is one in how many values below a header must be an ID: else it is a text
// in which a word such as "student ID" stands.
const leastShare = 20

// score orders tables: visible before hidden, then by rank; 0 is no list of students.
func score(t *table) int {
	const weak, strong, visible = 1, 2, 2
	if t == nil || t.students() == 0 || leastShare*t.students() < t.refused() {
		return 0
	}
	n := weak
	if t.rank >= rankLikely {
		n = strong
	}
	if !t.hidden {
		n += visible
	}
	return n
}

// surest is the form of the IDs under a header that can only be theirs; "" if no
// table of the score has one. A list under another header counts if its IDs look the
// same: teachers have a list in some files.
func surest(tables []*table, best int) string {
	for _, t := range tables {
		if score(t) == best && t.rank == rankSure {
			return t.usual
		}
	}
	return ""
}

// others reads the file again for each other column that could be meant.
func others(grids []*grid, tables []*table, chosen *Roster) []*Roster {
	var out []*Roster
	var labels []string
	for _, t := range tables {
		labels = append(labels, t.others...)
	}
	for i, label := range labels {
		if slices.Contains(labels[:i], label) || len(out) == maxOthers {
			continue
		}
		again := make([]*table, len(grids))
		for n, g := range grids {
			again[n] = readTable(g, label)
		}
		r, err := join(again)
		if err == nil && r.Hash() != chosen.Hash() {
			r.Doubts = append(r.Doubts, detail.Detail{
				EN: "Another column than the first choice holds the student IDs: what was read on the sheets says so.",
				KO: "답안지에서 읽은 학번에 따라, 처음 고른 열이 아닌 다른 열을 학번으로 보았습니다.",
			})
			out = append(out, r)
		}
	}
	return out
}

// maxOthers bounds how many columns are tried.
const maxOthers = 4

func explainNone(tables []*table) error {
	var names []string
	uncomputed := 0
	for _, t := range tables {
		names = append(names, t.title())
		if uncomputed += t.uncomputed; t.rank == rankNone {
			continue
		}
		if len(t.rows) == 0 {
			return noIDs("%s has the header but no rows below it", "%s에 머리글만 있고 학생이 없습니다", t.title())
		}
		worst := t.rows[0]
		for _, r := range t.rows {
			if r.why != reasonTotal && r.why != reasonNoID {
				worst = r
				break
			}
		}
		says := worst.why.says()
		err := noIDs("%[1]s has the header, but none of the %[2]d rows below it has an ID (row %[3]d: %[4]s)",
			"%[1]s에 머리글은 있으나 그 아래 %[2]d행에 학번이 없습니다(%[3]d행: %[5]s)",
			t.title(), len(t.rows), worst.at.Row, says.EN, says.KO)
		if worst.at.Cell == "" {
			return err
		}
		return &valueError{err, worst.at.Sheet, worst.at.Cell, worst.at.Value}
	}
	if uncomputed > 0 {
		return noIDs("no column header names them, and %d cells are formulas without their values; open the file in a spreadsheet program and save it again",
			"학번 열의 머리글이 없고, 값이 저장되지 않은 수식이 %d개 있습니다. 스프레드시트 프로그램에서 열어 다시 저장해 주세요", uncomputed)
	}
	return noIDs("no column header names them (looked in %s); call the column one of %s",
		"학번 열의 머리글이 없습니다(찾아본 곳: %s). 열 이름을 다음 중 하나로 해 주세요: %s",
		strings.Join(names, ", "), headersShown)
}

// title is what an error calls the table; a text file has no sheets.
func (t *table) title() string {
	if t.sheet == "" {
		return "the file"
	}
	return fmt.Sprintf("sheet %q", t.sheet)
}
