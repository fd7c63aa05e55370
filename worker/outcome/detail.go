package outcome

import (
	"strconv"

	"hakbeon/exam"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
	"hakbeon/worker/rosters"
)

// Detail is a detail as results hold it; nil if there is nothing to say.
func Detail(d exam.Detail) *exam.Detail {
	if d.IsZero() {
		return nil
	}
	return &d
}

// DecisionDetail says what a decision about a sheet has to do with the roster, and what
// the name beside the number said.
func DecisionDetail(reason, name string, match rosters.Found) *exam.Detail {
	switch {
	case reason == exam.ReasonNameMismatch && name == string(recognizer.NameOther):
		return &exam.Detail{
			EN: "The number is this student's, the name beside it another student's of the roster.",
			KO: "학번은 이 학생의 것인데, 옆에 적힌 이름은 명단의 다른 학생 이름으로 보입니다.",
		}
	case reason == exam.ReasonNameMismatch:
		return &exam.Detail{
			EN: "The number is this student's, the name beside it isn't.", KO: "학번은 이 학생의 것인데, 옆에 적힌 이름이 다릅니다.",
		}
	case reason == exam.ReasonMarkedAbsent:
		return &exam.Detail{
			EN: "The number is this student's, whom the roster marks as absent.", KO: "학번은 이 학생의 것인데, 명단에는 결시로 표시되어 있습니다.",
		}
	case reason == exam.ReasonRosterMissing && match.Problem != nil:
		return match.Problem
	case reason == exam.ReasonRosterMissing:
		return &exam.Detail{
			EN: "There is no roster for this exam: put one in S3, then ask for a rematch.", KO: "이 시험의 명단이 없습니다. 명단을 올리고 rematch를 요청해 주세요.",
		}
	case reason == exam.ReasonNotOnRoster && match.Roster != nil:
		said := match.Roster.Notes().Sentences()
		if match.Roster.Absent() > 0 {
			said = said[:len(said)-1] // the last says only how many are absent
		}
		if len(said) > 0 {
			return Detail(said[0])
		}
	}
	return nil
}

// RosterNotes are what a person should know of how the roster was read; nil if there
// is nothing.
func RosterNotes(problem *exam.Detail, ro *roster.Roster) *exam.RosterNotes {
	n := ro.Notes()
	if n.IsZero() && problem == nil {
		return nil
	}
	out := &exam.RosterNotes{Problem: problem, LeftOut: n.LeftOut}
	for _, s := range n.Rows {
		out.Rows = append(out.Rows, exam.RosterRow{Sheet: s.Sheet, Row: s.Row, Cell: s.Cell, Value: s.Value, Reason: s.Reason, ReasonKO: s.ReasonKO})
	}
	for _, d := range n.Doubts {
		out.Doubts = append(out.Doubts, *Detail(d))
	}
	return out
}

// PaperDetail says that a sheet goes to a person because of its pages.
func PaperDetail(reason string, paper *exam.FilePaper, p recognizer.Params) *exam.Detail {
	if reason == exam.ReasonSuccess || paper == nil || paper.Confidence >= p.WithDefaults().Level() {
		return nil
	}
	if paper.First == 1 {
		return &exam.Detail{
			EN: "It is not certain that all of these pages belong to one sheet.",
			KO: "이 쪽들이 모두 한 답안지에 속하는지 확실하지 않습니다.",
		}
	}
	return &exam.Detail{
		EN: "It is not certain whether a new sheet begins with page " + strconv.Itoa(paper.First) + " of the file, or the page belongs to the sheet before.",
		KO: "파일의 " + strconv.Itoa(paper.First) + "쪽에서 새 답안지가 시작되는지, 앞 답안지에 이어지는지 확실하지 않습니다.",
	}
}
