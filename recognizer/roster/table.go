package roster

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// table is what one sheet gives: its students and its skipped rows.
type table struct {
	sheet  string
	hidden bool
	rank   rank
	rows   []row
}

// row is a student, or a row that was skipped for a reason.
type row struct {
	number  int
	student Student
	reason  string
	columns []kept
	fields  []string
}

func (t *table) students() int {
	n := 0
	for _, r := range t.rows {
		if r.reason == "" {
			n++
		}
	}
	return n
}

// source goes through the rows of a sheet or of a text file.
type source interface {
	next() bool
	cells() ([]cell, error)
	row() int // counted from 1, as spreadsheet programs show it
	err() error
}

// readTable goes through a sheet once. budget counts down the rows that hold
// anything.
func readTable(f *excelize.File, sheet string, budget *int) (*table, error) {
	it, err := openRows(f, sheet)
	if err != nil {
		return nil, err
	}
	defer it.close()
	return readRows(it, sheet, budget)
}

func readRows(it source, sheet string, budget *int) (*table, error) {
	t := &table{sheet: sheet}
	var columns []column
	for it.next() {
		cells, err := it.cells()
		if err != nil {
			return nil, err
		}
		if isBlank(cells) {
			continue
		}
		if *budget--; *budget < 0 {
			return nil, ErrTooLarge
		}
		if rank, found := findColumns(cells); t.isHeader(rank) {
			t.startBlock(rank)
			columns = found
			continue
		}
		t.addRow(it.row(), cells, columns)
	}
	return t, it.err()
}

// isHeader: a better header below a worse one starts again, and a sure one may
// be repeated, as on every printed page. A doubtful word is not a header once
// there is a column.
func (t *table) isHeader(r rank) bool {
	return r > t.rank || r == rankStrong
}

func (t *table) startBlock(r rank) {
	if r > t.rank {
		t.rows = nil
	}
	t.rank = r
}

func (t *table) addRow(number int, cells []cell, columns []column) {
	if len(columns) == 0 {
		return
	}
	if hasTotal(cells) {
		t.rows = append(t.rows, row{number: number, reason: "a total, not a student"})
		return
	}
	var got []row
	reason := ""
	for _, c := range columns {
		id, why := at(cells, c.id).studentID()
		if why == "" {
			got = append(got, row{
				number: number, columns: c.kept, fields: fields(cells, c.kept, id),
				student: Student{
					ID: id, Name: strings.TrimSpace(at(cells, c.name).text()), Department: strings.TrimSpace(at(cells, c.department).text()),
				},
			})
		} else if reason == "" || at(cells, c.id).raw != "" {
			reason = why
		}
	}
	if len(got) == 0 {
		got = []row{{number: number, reason: reason}}
	}
	t.rows = append(t.rows, got...)
}

// column is where a list stands: columns counted from 0, -1 where there is none,
// with those that go with it.
type column struct {
	id, name, department int
	kept                 []kept
}

// findColumns looks for the best header in a row. The same header twice means
// that two lists stand side by side.
func findColumns(cells []cell) (rank, []column) {
	best, label := rankNone, ""
	for _, c := range cells {
		if r := idHeader(c.text()); r > best {
			best, label = r, normalize(c.text())
		}
	}
	if best == rankNone {
		return best, nil
	}
	var found []column
	for i, c := range cells {
		if normalize(c.text()) == label {
			found = append(found, column{id: i, name: -1, department: -1})
		}
	}
	for i := range found {
		found[i].name = companion(cells, found, i, isNameHeader)
		found[i].department = companion(cells, found, i, isDepartmentHeader)
		found[i].kept = keptColumns(cells, found, i)
	}
	return best, found
}

// companion prefers the first header of its kind to the right of the ID, before
// the next list begins, then the nearest to the left of it.
func companion(cells []cell, found []column, i int, is func(string) bool) int {
	end, start := len(cells), 0
	if i+1 < len(found) {
		end = found[i+1].id
	}
	if i > 0 {
		start = found[i-1].id + 1
	}
	for c := found[i].id + 1; c < end; c++ {
		if is(cells[c].text()) {
			return c
		}
	}
	for c := found[i].id - 1; c >= start; c-- {
		if is(cells[c].text()) {
			return c
		}
	}
	return -1
}

func at(cells []cell, i int) cell {
	if i < 0 || i >= len(cells) {
		return cell{}
	}
	return cells[i]
}

func isBlank(cells []cell) bool {
	for _, c := range cells {
		if strings.TrimSpace(c.raw) != "" {
			return false
		}
	}
	return true
}

func hasTotal(cells []cell) bool {
	for _, c := range cells {
		if isTotal(c.text()) {
			return true
		}
	}
	return false
}

// rowIterator walks two views of a sheet in step, since the library gives
// either the stored or the shown form of a row.
type rowIterator struct {
	raw, shown *excelize.Rows
	number     int
}

func openRows(f *excelize.File, sheet string) (*rowIterator, error) {
	raw, err := f.Rows(sheet)
	if err != nil {
		return nil, fmt.Errorf("sheet %q: %w", sheet, err)
	}
	shown, err := f.Rows(sheet)
	if err != nil {
		return nil, fmt.Errorf("sheet %q: %w", sheet, err)
	}
	return &rowIterator{raw: raw, shown: shown}, nil
}

func (it *rowIterator) next() bool {
	it.number++
	return it.raw.Next() && it.shown.Next()
}

func (it *rowIterator) cells() ([]cell, error) {
	raw, err := it.raw.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, err
	}
	shown, err := it.shown.Columns()
	if err != nil {
		return nil, err
	}
	cells := make([]cell, max(len(raw), len(shown)))
	for i := range raw {
		cells[i].raw = raw[i]
	}
	for i := range shown {
		cells[i].shown = shown[i]
	}
	return cells, nil
}

func (it *rowIterator) row() int { return it.number }

func (it *rowIterator) err() error {
	if err := it.raw.Error(); err != nil {
		return err
	}
	return it.shown.Error()
}

// close cannot fail here: nothing is unpacked to temporary files.
func (it *rowIterator) close() {
	_ = it.raw.Close()
	_ = it.shown.Close()
}
