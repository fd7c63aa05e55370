package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"hakbeon/internal/report"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// writeReport writes the workbook for graders.
func writeReport(to, exam string, students *roster.Roster, pages []recognized, solution recognizer.Solution, uneven bool) error {
	b := report.Batch{
		Exam: strings.TrimSuffix(filepath.Base(exam), filepath.Ext(exam)), Roster: students, PagesUneven: uneven,
		RosterMismatch: solution.RosterMismatch, NamesDisagree: solution.NamesDisagree, AttendanceDisagrees: solution.AttendanceDisagrees,
	}
	for _, p := range pages {
		s := report.Sheet{
			File: filepath.Base(p.File), Page: p.Page, Source: p.File, Status: p.Status, Reason: p.Reason,
			Confidence: p.Confidence, Picture: p.picture,
		}
		if p.Detail != nil {
			s.Detail = *p.Detail
		}
		if p.StudentID != nil {
			s.StudentID = *p.StudentID
		}
		s.Candidates = p.Candidates
		b.Sheets = append(b.Sheets, s)
	}
	body, err := report.Make(b)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, body, 0o600); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
