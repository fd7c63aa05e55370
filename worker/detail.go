package worker

import (
	"errors"

	"hakbeon/recognizer"
	"hakbeon/recognizer/detail"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

// detailOf is a detail as results hold it; nil if there is nothing to say.
func detailOf(d detail.Detail) *s3store.Detail {
	if d.IsZero() {
		return nil
	}
	return &s3store.Detail{EN: d.EN, KO: d.KO}
}

// failureDetail says why a sheet failed.
func failureDetail(reason string, because error) *s3store.Detail {
	switch {
	case errors.Is(because, errGivenUp), errors.Is(because, errCrashed):
		return &s3store.Detail{
			EN: "Reading the sheet ended in an error of ours, several times if it may pass. The original is kept.",
			KO: "답안지를 읽는 중에 내부 오류가 났습니다. 원본은 보관되어 있습니다.",
		}
	case errors.Is(because, s3store.ErrTooLarge):
		return &s3store.Detail{EN: "The file has more bytes than are read.", KO: "파일이 읽을 수 있는 크기보다 큽니다."}
	case reason == s3store.ReasonImageMissing:
		return &s3store.Detail{
			EN: "There is no file under the key in S3, or it may not be read.", KO: "S3의 해당 키에 파일이 없거나 읽을 권한이 없습니다.",
		}
	}
	return detailOf(imagefile.Detail(because))
}

// decisionDetail says what a decision about a sheet has to do with the roster, and what
// the name beside the number said.
func decisionDetail(reason, name string, match found) *s3store.Detail {
	switch {
	case reason == s3store.ReasonNameMismatch && name == string(recognizer.NameOther):
		return &s3store.Detail{
			EN: "The number is this student's, the name beside it another student's of the roster.",
			KO: "학번은 이 학생의 것인데, 옆에 적힌 이름은 명단의 다른 학생 이름으로 보입니다.",
		}
	case reason == s3store.ReasonNameMismatch:
		return &s3store.Detail{
			EN: "The number is this student's, the name beside it isn't.", KO: "학번은 이 학생의 것인데, 옆에 적힌 이름이 다릅니다.",
		}
	case reason == s3store.ReasonRosterMissing && match.problem != nil:
		return match.problem
	case reason == s3store.ReasonRosterMissing:
		return &s3store.Detail{
			EN: "There is no roster for this exam: put one in S3, then ask for a rematch.", KO: "이 시험의 명단이 없습니다. 명단을 올리고 rematch를 요청해 주세요.",
		}
	case reason == s3store.ReasonNotOnRoster && match.roster != nil:
		if said := match.roster.Notes().Sentences(); len(said) > 0 {
			return detailOf(said[0])
		}
	}
	return nil
}

// rosterNotes are what a person should know of how the roster was read; nil if there
// is nothing.
func rosterNotes(problem *s3store.Detail, ro *roster.Roster) *s3store.RosterNotes {
	n := ro.Notes()
	if n.IsZero() && problem == nil {
		return nil
	}
	out := &s3store.RosterNotes{Problem: problem, LeftOut: n.LeftOut}
	for _, s := range n.Rows {
		out.Rows = append(out.Rows, s3store.RosterRow{Sheet: s.Sheet, Row: s.Row, Cell: s.Cell, Value: s.Value, Reason: s.Reason, ReasonKO: s.ReasonKO})
	}
	for _, d := range n.Doubts {
		out.Doubts = append(out.Doubts, *detailOf(d))
	}
	return out
}
