package ending

import (
	"slices"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/worker/archive"
)

// verdictAlarms say that verdicts contradict each other or the roster. They are
// carried out all the same, for a person may know better, but never in silence: two
// graders can give one student two sheets in the same second.
func verdictAlarms(sheets []exam.PlannedSheet, ro *roster.Roster) (alarms []string) {
	known := map[string]bool{}
	if ro != nil {
		for _, s := range ro.Students {
			known[s.ID] = true
		}
	}
	seen := map[string]bool{}
	twice, unknown := false, false
	for _, s := range sheets {
		if s.StudentID == "" || s.Status != exam.StatusMatched {
			continue
		}
		twice = twice || seen[s.StudentID]
		unknown = unknown || ro != nil && s.Stage == exam.StagePerson && !known[s.StudentID]
		seen[s.StudentID] = true
	}
	if twice {
		alarms = append(alarms, exam.AlarmStudentTwice)
	}
	if unknown {
		alarms = append(alarms, exam.AlarmStudentUnknown)
	}
	return alarms
}

// pageAlarms say that the pages of a file should be looked at.
func pageAlarms(sheets []archive.Place) []string {
	if slices.ContainsFunc(sheets, func(p archive.Place) bool { return p.Uneven }) {
		return []string{exam.AlarmPagesUneven}
	}
	return nil
}
