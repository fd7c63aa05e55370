package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hakbeon/exam"
	"hakbeon/internal/report"
)

// byteOrderMark has Excel read UTF-8; others pass it over.
const byteOrderMark = "\ufeff"

// WriteStudents writes a CSV of the students, a line each: the roster's own columns in
// its order and spelling, behind them state, confidence, files and folder. It is UTF-8
// with a byte order mark, its lines end in CRLF. It holds students of the roster alone:
// learning platforms refuse a list with a line that names nobody they know.
func (x *Export) WriteStudents(w io.Writer) error {
	columns := slices.Clone(x.columns)
	for _, own := range []string{x.words.state, x.words.confidence, x.words.files, x.words.folder} {
		columns = append(columns, distinct(columns, own))
	}
	rows := [][]string{columns}
	for _, st := range x.students {
		var files []string
		for _, s := range st.sheets {
			files = append(files, x.words.file(s))
		}
		folder := ""
		if st.pages() > 0 {
			folder = st.called
		}
		rows = append(rows, append(slices.Clone(st.row), x.words.stateOf(st), confidence(st.sheets), strings.Join(files, "; "), folder))
	}
	return writeCSV(w, rows)
}

// distinct is a name for a column of ours that the roster has no column of.
func distinct(columns []string, name string) string {
	for i := 2; slices.Contains(columns, name); i++ {
		name = fmt.Sprintf("%s (%d)", strings.TrimSuffix(name, fmt.Sprintf(" (%d)", i-1)), i)
	}
	return name
}

// confidence is that of a student's only sheet; what a person has said has none.
func confidence(sheets []*sheet) string {
	if len(sheets) != 1 || sheets[0].ByPerson {
		return ""
	}
	return strconv.FormatFloat(sheets[0].Confidence, 'f', 4, 64)
}

// writeUnsettled writes a CSV of the sheets that have no student of the roster.
func (x *Export) writeUnsettled(w io.Writer) error {
	t := x.words
	rows := [][]string{{t.files, t.state, t.why, t.candidate, t.confidence, t.source, t.folder}}
	for _, s := range x.unsettled {
		why := t.reason(s)
		if !s.Detail.IsZero() {
			why += ": " + t.in(s.Detail)
		}
		folder := ""
		if s.called != "" {
			folder = path.Join(t.unsettled, s.called)
		}
		candidate, sure := candidateOf(s)
		rows = append(rows, []string{t.file(s), t.in(report.StateWords(s.Sheet)), why, candidate, sure, s.Source, folder})
	}
	return writeCSV(w, rows)
}

// candidateOf is the student whom a person has named, or the likeliest one if any is
// likely at all.
func candidateOf(s *sheet) (id, sure string) {
	switch {
	case s.Status == exam.StatusMatched:
		return s.StudentID, ""
	case s.likely():
		return s.Candidates[0].StudentID, strconv.FormatFloat(s.Candidates[0].Confidence, 'f', 4, 64)
	}
	return "", ""
}

func writeCSV(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, row := range rows {
		for i, field := range row {
			row[i] = defused(field)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// plainNumber is what spreadsheets take for a number and nothing else.
var plainNumber = regexp.MustCompile(`^[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?%?$`)

// defused is a field that no spreadsheet takes for a formula: one that begins like one has
// an apostrophe before it. A number with its sign is none, and stays as it is.
func defused(field string) string {
	text := strings.TrimSpace(field)
	formula := strings.IndexAny(text, "=+-@＝＋－＠") == 0 && !plainNumber.MatchString(text)
	if formula || strings.IndexAny(field, "\t\r") == 0 {
		return "'" + field
	}
	return field
}
