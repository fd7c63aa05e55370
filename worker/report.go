package worker

import (
	"bytes"
	"maps"
	"path"
	"slices"

	"github.com/xuri/excelize/v2"

	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

const (
	rosterSheet = "Students 학생"
	openSheet   = "Review 확인 필요"
	examSheet   = "Exam 시험"
)

// makeReport is the batch's end for people: the roster in its own order with
// each student's sheet, and the sheets that belong to no student yet.
func makeReport(sum *s3store.Summary, ro *roster.Roster) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	bySheet := map[string][]s3store.SummarySheet{}
	var open []s3store.SummarySheet
	for _, line := range sum.Sheets {
		if line.StudentID == nil {
			open = append(open, line)
			continue
		}
		bySheet[*line.StudentID] = append(bySheet[*line.StudentID], line)
	}
	if err := book.SetDocProps(&excelize.DocProperties{Title: sum.ExamName, Subject: sum.ExamCode + " " + sum.BatchID}); err != nil {
		return nil, err //nolint:wrapcheck // makeReport's caller wraps
	}
	if err := writeRows(book, rosterSheet, studentRows(ro, bySheet)); err != nil {
		return nil, err
	}
	if err := writeRows(book, openSheet, append(alarmRows(sum.Alarms), openRows(open)...)); err != nil {
		return nil, err
	}
	if err := writeRows(book, examSheet, examRows(sum)); err != nil {
		return nil, err
	}
	if err := book.DeleteSheet("Sheet1"); err != nil {
		return nil, err //nolint:wrapcheck // makeReport's caller wraps
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return nil, err //nolint:wrapcheck // makeReport's caller wraps
	}
	return out.Bytes(), nil
}

func studentRows(ro *roster.Roster, bySheet map[string][]s3store.SummarySheet) [][]any {
	rows := [][]any{{"Student ID 학번", "Name 이름", "Department 학과", "State 상태", "Confidence 신뢰도", "File 파일", "Page 쪽"}}
	for _, st := range ro.Students {
		lines := bySheet[st.ID]
		delete(bySheet, st.ID)
		if len(lines) == 0 {
			rows = append(rows, []any{st.ID, st.Name, st.Department, "no sheet 답안 없음"})
		}
		for _, l := range lines {
			rows = append(rows, []any{st.ID, st.Name, st.Department, l.Reason, l.Confidence, path.Base(l.SheetKey), l.Page})
		}
	}
	// A person may name a student who is on no roster.
	for _, id := range slices.Sorted(maps.Keys(bySheet)) {
		for _, l := range bySheet[id] {
			rows = append(rows, []any{*l.StudentID, "", "", l.Reason, l.Confidence, path.Base(l.SheetKey), l.Page})
		}
	}
	return rows
}

// examRows say which exam and batch the report is of.
func examRows(sum *s3store.Summary) [][]any {
	return [][]any{
		{"Exam 시험", sum.ExamName}, {"Exam code 시험 코드", sum.ExamCode}, {"Batch 배치", sum.BatchID}, {"Version 버전", sum.Version},
		{"Sheets 답안지", sum.Total}, {"Matched 판정", sum.Matched}, {"To review 확인 필요", sum.NeedsReview}, {"Failed 실패", sum.Failed},
		{"Students 학생", sum.Students}, {"With a sheet 제출", sum.Present}, {"Without 미제출", sum.Missing}, {"Roster 명단", sum.RosterKey},
	}
}

// alarmRows are what stands above the sheets to review.
func alarmRows(alarms []string) [][]any {
	if !slices.Contains(alarms, s3store.AlarmRosterMismatch) {
		return nil
	}
	return [][]any{{"Most sheets fit no student: is this the right exam's roster? 대부분의 답안이 명단과 맞지 않습니다. 이 시험의 명단이 맞는지 확인하세요."}}
}

func openRows(open []s3store.SummarySheet) [][]any {
	rows := [][]any{{"File 파일", "Page 쪽", "State 상태", "Reason 사유", "Confidence 신뢰도", "Sheet"}}
	for _, l := range open {
		rows = append(rows, []any{path.Base(l.SheetKey), l.Page, l.Status, l.Reason, l.Confidence, l.Sheet})
	}
	return rows
}

func writeRows(book *excelize.File, name string, rows [][]any) error {
	if _, err := book.NewSheet(name); err != nil {
		return err //nolint:wrapcheck // makeReport's caller wraps
	}
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err //nolint:wrapcheck // makeReport's caller wraps
		}
		if err := book.SetSheetRow(name, cell, &row); err != nil {
			return err //nolint:wrapcheck // makeReport's caller wraps
		}
	}
	if err := book.SetColWidth(name, "A", "G", 18); err != nil {
		return err //nolint:wrapcheck // makeReport's caller wraps
	}
	return book.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}) //nolint:wrapcheck // as above
}
