package roster

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Read takes a roster from the bytes of an .xlsx file, or of a .csv file in UTF-8,
// UTF-16 or CP949, with commas, semicolons or tabs. Every sheet whose
// header names a column of student IDs is read, in order; hidden sheets count
// only if no visible one has IDs. It returns ErrFormat, ErrTooLarge or
// ErrNoIDs, each with a message for the person who made the file.
func Read(data []byte, lim Limits) (*Roster, error) {
	lim = lim.withDefaults()
	if int64(len(data)) > lim.MaxBytes {
		return nil, fmt.Errorf("roster: %w: %d bytes, at most %d are read", ErrTooLarge, len(data), lim.MaxBytes)
	}
	tables, err := readFile(data, lim)
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	r, err := join(tables)
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	return r, nil
}

func readFile(data []byte, lim Limits) ([]*table, error) {
	text, err := checkMagic(data)
	if err != nil {
		return nil, err
	}
	if text {
		t, err := readText(data, lim)
		return []*table{t}, err
	}
	if err := checkArchive(data, lim); err != nil {
		return nil, err
	}
	return readTables(data, lim)
}

// readTables turns the library's panics over hostile files into ErrFormat.
func readTables(data []byte, lim Limits) (tables []*table, err error) {
	defer func() {
		if p := recover(); p != nil {
			tables, err = nil, fmt.Errorf("%w: reading the workbook failed: %v", ErrFormat, p)
		}
	}()
	f, err := openBook(data, lim)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	budget := lim.MaxRows
	for _, sheet := range f.GetSheetList() {
		t, err := readTable(f, sheet, &budget)
		if errors.Is(err, ErrTooLarge) {
			return nil, tooManyRows(lim)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: sheet %q: %w", ErrFormat, sheet, err)
		}
		visible, err := f.GetSheetVisible(sheet)
		t.hidden = err == nil && !visible
		tables = append(tables, t)
	}
	return tables, nil
}

func openBook(data []byte, lim Limits) (*excelize.File, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit:    lim.MaxUnzipped,
		UnzipXMLSizeLimit: lim.MaxUnzipped, // equal: nothing goes to temporary files
	})
	if err != nil {
		return nil, fmt.Errorf("%w: open workbook: %w", ErrFormat, err)
	}
	return f, nil
}

func tooManyRows(lim Limits) error {
	return fmt.Errorf("%w: more than %d rows; keep only the students of this exam", ErrTooLarge, lim.MaxRows)
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
	for _, t := range tables {
		if score(t) != best {
			continue
		}
		for _, r := range t.rows {
			if r.reason != "" {
				b.skip(t.sheet, r.number, r.reason)
				continue
			}
			if b.add(r.student, Skip{Sheet: t.sheet, Row: r.number}) {
				b.place(r.columns, r.fields)
			}
		}
	}
	return b.roster, nil
}

// score orders tables: visible before hidden, then by rank; 0 has no student.
func score(t *table) int {
	switch {
	case t == nil || t.students() == 0:
		return 0
	case t.hidden:
		return int(t.rank)
	}
	return int(rankStrong) + int(t.rank)
}

func explainNone(tables []*table) error {
	var names []string
	for _, t := range tables {
		names = append(names, t.title())
		if t.rank == rankNone {
			continue
		}
		if len(t.rows) == 0 {
			return fmt.Errorf("%w: %s has the header but no rows below it", ErrNoIDs, t.title())
		}
		return fmt.Errorf("%w: %s has the header, but none of the %d rows below it has an ID (row %d: %s)",
			ErrNoIDs, t.title(), len(t.rows), t.rows[0].number, t.rows[0].reason)
	}
	return fmt.Errorf("%w: no column header names them (looked in %s); call the column one of %s",
		ErrNoIDs, strings.Join(names, ", "), headersShown)
}

// title is what an error calls the table; a text file has no sheets.
func (t *table) title() string {
	if t.sheet == "" {
		return "the file"
	}
	return fmt.Sprintf("sheet %q", t.sheet)
}
