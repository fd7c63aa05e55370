package synth

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// RosterXLSX returns the roster as a spreadsheet like an office's: a title row, a
// header row (학번, 이름, 학과), then a student a row.
func (e *Exam) RosterXLSX() ([]byte, error) {
	file := excelize.NewFile()
	const sheet = "Sheet1"
	rows := [][]any{{e.Title + " 응시자 명단"}, {"학번", "이름", "학과"}}
	for _, p := range e.Roster {
		rows = append(rows, []any{p.ID, p.Name, "소프트웨어학과"})
	}
	for i, row := range rows {
		if err := file.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return nil, fmt.Errorf("roster row %d: %w", i+1, err)
		}
	}
	var out bytes.Buffer
	if err := file.Write(&out); err != nil {
		return nil, fmt.Errorf("write roster: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("close roster: %w", err)
	}
	return out.Bytes(), nil
}
