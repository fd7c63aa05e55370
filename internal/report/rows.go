package report

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	studentsSheet = "Students 학생"
	openSheet     = "Review 확인 필요"
	examSheet     = "Exam 시험"
	// shownCandidates are the best students beside a sheet to review.
	shownCandidates = 3
)

// Likely is from which probability on a student without a sheet is told of one that is in
// review.
const Likely = 0.05

// studentsTable is the roster in its own order, and what came of each student.
func studentsTable(b Batch) table {
	t := table{sheet: studentsSheet, notes: notes(b), alarms: alarms(b)}
	columns, idColumn := rosterColumns(b)
	for _, c := range columns {
		t.header = append(t.header, head{title: c})
	}
	t.header = append(t.header, head{title: "상태 State", whole: true}, head{title: "확률 Probability", style: probabilityColumn},
		head{title: "파일 File"}, head{title: "쪽 Page"}, head{title: "학번 부분 ID crop", width: pictureColumnWidth, style: pictureColumn})
	bySheet, maybe := byStudent(b)
	for i, st := range b.Roster.Students {
		values := b.Roster.Row(i)
		if len(b.Roster.Columns) == 0 {
			values = []string{st.ID, st.Name, st.Department}
		}
		sheets := bySheet[st.ID]
		delete(bySheet, st.ID)
		switch {
		case len(sheets) > 0:
			for n, s := range sheets {
				t.rows = append(t.rows, studentLine(values, s, numbered(both(StateWords(s))+whoText(s), n, len(sheets))))
			}
		case len(maybe[st.ID]) > 0:
			for _, s := range maybe[st.ID] {
				t.rows = append(t.rows, studentLine(values, s, both(PerhapsWords())))
			}
		default:
			t.rows = append(t.rows, line{cells: append(texts(values), both(AbsentWords()), nil, nil, nil, nil), state: stateAbsent})
		}
	}
	// A person may name a student who is on no roster.
	for _, id := range slices.Sorted(maps.Keys(bySheet)) {
		values := make([]string, len(columns))
		values[idColumn] = id
		for n, s := range bySheet[id] {
			text := numbered(both(UnknownWords())+whoText(s), n, len(bySheet[id]))
			t.rows = append(t.rows, studentLine(values, s, text))
		}
	}
	return t
}

// numbered marks the state of a student who has several sheets: one of them may be
// a person's mistake.
func numbered(text string, n, sheets int) string {
	if sheets < 2 {
		return text
	}
	return fmt.Sprintf("%s (답안 %d/%d sheet)", text, n+1, sheets)
}

// rosterColumns are the roster's own, or else ID and name; and where the ID is.
func rosterColumns(b Batch) ([]string, int) {
	if len(b.Roster.Columns) == 0 {
		return []string{"학번 Student ID", "이름 Name", "학과 Department"}, 0
	}
	return b.Roster.Columns, max(b.Roster.IDColumn(), 0)
}

// byStudent are the sheets that students have, and those in review that they may
// have.
func byStudent(b Batch) (has, maybe map[string][]Sheet) {
	has, maybe = map[string][]Sheet{}, map[string][]Sheet{}
	for _, s := range b.Sheets {
		switch {
		case s.Status == matched:
			has[s.StudentID] = append(has[s.StudentID], s)
		case s.Status == needsReview && len(s.Candidates) > 0 && s.Candidates[0].Confidence >= Likely:
			id := s.Candidates[0].StudentID
			maybe[id] = append(maybe[id], s)
		}
	}
	return has, maybe
}

func studentLine(values []string, s Sheet, text string) line {
	probability := any(s.Confidence)
	switch {
	case s.ByPerson:
		probability = nil // it is the reader's
	case s.Status != matched && len(s.Candidates) > 0:
		probability = s.Candidates[0].Confidence
	}
	return line{
		cells: append(texts(values), text, probability, s.File, s.Page, nil),
		state: stateOf(s), picture: s.Picture, alt: alt(s),
	}
}

// openTable are the sheets that have no student: what a person has to look at,
// then strangers and what could not be read, and apart from them those of which a
// person has said so.
func openTable(b Batch) table {
	t := table{sheet: openSheet, notes: notes(b), alarms: alarms(b), header: []head{
		{title: "파일 File"}, {title: "쪽 Page"}, {title: "상태 State", whole: true}, {title: "사유 Reason", whole: true},
	}}
	for n := range shownCandidates {
		t.header = append(t.header, head{title: fmt.Sprintf("후보 %d Candidate", n+1)}, head{title: "이름 Name"},
			head{title: "확률 Probability", style: probabilityColumn})
	}
	t.header = append(t.header, head{title: "위치 Source"}, head{title: "학번 부분 ID crop", width: pictureColumnWidth, style: pictureColumn})
	byID := names(b.Roster)
	for group := range openGroups {
		for _, s := range b.Sheets {
			if s.Status != matched && !s.ByPerson && openGroup(s) == group {
				t.rows = append(t.rows, openLine(s, byID))
			}
		}
	}
	for _, s := range b.Sheets {
		if s.Status != matched && s.ByPerson {
			t.settled = append(t.settled, openLine(s, byID))
		}
	}
	t.settledTitle = fmt.Sprintf("사람이 판단한 답안 %d장 Settled by a person: %d", len(t.settled), len(t.settled))
	return t
}

// openGroup orders sheets without a student: to review, strangers, failures.
func openGroup(s Sheet) int {
	switch {
	case s.Status == needsReview:
		return 0
	case s.Reason == strangerReason:
		return 1
	}
	return openGroups - 1
}

const openGroups = 3

func openLine(s Sheet, byID map[string]string) line {
	cells := []any{s.File, s.Page, both(StateWords(s)), reasonText(s)}
	for n := range shownCandidates {
		if n < len(s.Candidates) {
			c := s.Candidates[n]
			cells = append(cells, c.StudentID, byID[c.StudentID], c.Confidence)
		} else {
			cells = append(cells, nil, nil, nil)
		}
	}
	return line{cells: append(cells, s.Source, nil), state: stateOf(s), picture: s.Picture, alt: alt(s)}
}

func alt(s Sheet) string { return fmt.Sprintf("%s, %d쪽: 학번 부분 ID crop", s.File, s.Page) }

func texts(values []string) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// notes stand above a table: what it is of, what it came to, and what is wrong.
func notes(b Batch) []string {
	title := b.Exam
	if b.Title != "" && b.Title != b.Exam {
		title = b.Title + " / " + title
	}
	if b.Name != "" {
		title += " / " + b.Name
	}
	if b.Version > 0 {
		title += fmt.Sprintf(" / 판 version %d", b.Version)
	}
	if !b.At.IsZero() {
		title += " / " + b.At.UTC().Format(time.RFC3339)
	}
	return append([]string{title, counts(b)}, warnings(b)...)
}

// tally counts sheets and students. The settled are those of the failed of which a
// person said so.
type tally struct{ sure, review, failed, settled, without int }

func tallyOf(b Batch) (c tally) {
	present := map[string]bool{}
	for _, s := range b.Sheets {
		switch s.Status {
		case matched:
			c.sure++
			present[s.StudentID] = true
		case needsReview:
			c.review++
		default:
			c.failed++
			if s.ByPerson {
				c.settled++
			}
		}
	}
	for _, st := range b.Roster.Students {
		if !present[st.ID] {
			c.without++
		}
	}
	return c
}

func counts(b Batch) string {
	c := tallyOf(b)
	settled, settledKorean := "", ""
	if c.settled > 0 {
		settled, settledKorean = fmt.Sprintf(" (%d settled by a person)", c.settled), fmt.Sprintf("(사람이 판단 %d)", c.settled)
	}
	return fmt.Sprintf("답안 %d장: 확정 %d, 확인 필요 %d, 실패 %d%s. 학생 %d명: 답안 없음 %d. "+
		"%d sheets: %d accepted, %d to review, %d failed%s. %d students: %d without a sheet.",
		len(b.Sheets), c.sure, c.review, c.failed, settledKorean, len(b.Roster.Students), c.without,
		len(b.Sheets), c.sure, c.review, c.failed, settled, len(b.Roster.Students), c.without)
}

func warnings(b Batch) []string {
	var out []string
	if b.RosterMismatch {
		out = append(out, "대부분의 답안이 명단과 맞지 않습니다. 이 시험의 명단이 맞는지, 학번을 알아볼 수 있게 스캔되었는지 확인하세요. "+
			"Most sheets fit no student: is this the right exam's roster, and can the numbers be made out on the scans?")
	}
	if b.NamesDisagree {
		out = append(out, "답안지에 적힌 이름이 명단의 이름과 대부분 다릅니다. 명단의 이름 열을 확인하세요. 이번에는 학번만 보고 정했습니다. "+
			"Most sheets have other names than the roster: is its column of names right? Numbers alone decided.")
	}
	if b.AttendanceDisagrees {
		out = append(out, "결시로 표시된 학생의 답안이 너무 많습니다. 출결 열이 이 시험의 것인지 확인하세요. 이번에는 출결을 보지 않고 정했습니다. "+
			"Too many sheets are of students marked absent: is that column this exam's? It was left out.")
	}
	if b.StudentTwice {
		out = append(out, "한 학생에게 답안 여러 장이 확정되었습니다. 다시 확인하세요. One student has several sheets: look again at what people settled.")
	}
	if b.StudentUnknown {
		out = append(out, "명단에 없는 학생으로 확정된 답안이 있습니다. A sheet was given to a student who is not on the roster.")
	}
	if b.PagesUneven {
		out = append(out, "쪽수가 맞지 않거나 어느 답안지의 쪽인지 확실하지 않은 파일이 있습니다. 원본과 견주어 보세요. "+
			"Pages of a file don't come out even, or whose a page is isn't certain: look at the originals.")
	}
	if b.Cancelled {
		out = append(out, "읽는 중에 취소된 배치입니다. 읽지 않은 답안은 실패로 남아 있습니다. "+
			"This batch was cancelled: sheets that had not been read by then are failed.")
	}
	if d := b.RosterProblem; !d.IsZero() {
		out = append(out, "명단을 쓸 수 없습니다: "+d.KO+" The roster can't be used: "+d.EN)
	}
	for _, d := range b.Roster.Notes().Sentences() {
		out = append(out, d.KO+" "+d.EN)
	}
	if b.Incomplete {
		out = append(out, "예고된 것보다 적은 파일이 왔습니다. Fewer files came than were announced.")
	}
	if len(b.Sheets) > MaxPictures {
		out = append(out, fmt.Sprintf("그림은 %d장까지만 넣습니다. Only %d crops are shown.", MaxPictures, MaxPictures))
	}
	return out
}

func alarms(b Batch) int { return len(warnings(b)) }
