package report

import "cmp"

// writeExam says which exam and batch the workbook is of, a line a figure.
func (f *book) writeExam(b Batch) error {
	c := tallyOf(b)
	students := len(b.Roster.Students)
	for i, row := range [][2]any{
		{"시험 Exam", cmp.Or(b.Title, b.Exam)},
		{"시험 코드 Exam code", b.Exam},
		{"배치 Batch", b.Name},
		{"판 Version", b.Version},
		{"답안지 Sheets", len(b.Sheets)},
		{"확정 Accepted", c.sure},
		{"확인 필요 To review", c.review},
		{"실패 Failed", c.failed},
		{"그중 사람이 판단 Settled by a person", c.settled},
		{"학생 Students", students},
		{"답안 있음 With a sheet", students - c.without},
		{"답안 없음 Without", c.without},
		{"명단 Roster", b.RosterKey},
	} {
		for column, value := range row {
			if err := f.cell(examSheet, column+1, i+1, value, f.styles.note); err != nil {
				return err
			}
		}
	}
	if err := f.SetColWidth(examSheet, "A", "A", 36); err != nil {
		return err
	}
	return f.SetColWidth(examSheet, "B", "B", 48)
}
