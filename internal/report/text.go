package report

import "hakbeon/exam"

// strangerReason is that of a sheet whose writer is on no roster.
const strangerReason = "not_on_roster"

// stateOf is the state that colours a sheet's row.
func stateOf(s Sheet) state {
	switch {
	case s.ByPerson:
		return statePerson
	case s.Status == matched:
		return stateSure
	case s.Status == needsReview:
		return stateReview
	}
	return stateFailed
}

// both says something in Korean and in English: a report has no reader's language to go
// by.
func both(d exam.Detail) string {
	if d.KO == d.EN {
		return d.KO // a code that nobody has put into words
	}
	return d.KO + " " + d.EN
}

// StateWords say a sheet's state.
func StateWords(s Sheet) exam.Detail {
	switch {
	case s.Status == matched && s.ByPerson:
		return exam.Detail{KO: "사람이 확정", EN: "settled by a person"}
	case s.Status == matched:
		return exam.Detail{KO: "확정", EN: "accepted"}
	case s.Status == needsReview:
		return exam.Detail{KO: "확인 필요", EN: "to review"}
	case s.Reason == strangerReason:
		return exam.Detail{KO: "명단에 없음", EN: "stranger"}
	}
	return exam.Detail{KO: "실패", EN: "failed"}
}

// AbsentWords say that a student has no sheet.
func AbsentWords() exam.Detail { return exam.Detail{KO: "답안 없음", EN: "no sheet"} }

// PerhapsWords say that a sheet in review may be a student's.
func PerhapsWords() exam.Detail {
	return exam.Detail{KO: "확인 필요에 있음", EN: "perhaps in review"}
}

// UnknownWords say that a person has named a student who is on no roster.
func UnknownWords() exam.Detail {
	return exam.Detail{KO: "명단 밖 학생으로 확정", EN: "not on the roster, named by a person"}
}

// longestName is how many characters of a person's name a cell shows.
const longestName = 40

// whoText is the person who settled the sheet, to be put behind what was said of it.
func whoText(s Sheet) string {
	if !s.ByPerson || s.By == "" {
		return ""
	}
	name := []rune(s.By)
	if len(name) > longestName {
		name = append(name[:longestName:longestName], '…')
	}
	return " (" + string(name) + ")"
}

// reasonText says why, with the detail where there is one.
func reasonText(s Sheet) string {
	if s.Detail.IsZero() {
		return both(ReasonWords(s)) + whoText(s)
	}
	return both(ReasonWords(s)) + whoText(s) + ": " + both(s.Detail)
}

// ReasonWords say a sheet's reason in a few words; one of no closed list as it is.
func ReasonWords(s Sheet) exam.Detail {
	if s.ByPerson && s.Reason == strangerReason {
		return exam.Detail{KO: "사람이 명단에 없다고 판단", EN: "not on the roster, said by a person"}
	}
	words, known := map[string]exam.Detail{
		"no_id_found":       {KO: "학번을 찾지 못함", EN: "no ID found"},
		"low_confidence":    {KO: "확실하지 않음", EN: "not sure enough"},
		"ambiguous":         {KO: "비슷한 학생이 둘", EN: "between two students"},
		"not_on_roster":     {KO: "명단에 없는 학번", EN: "ID of no student"},
		"duplicate_student": {KO: "한 학생에 답안 여러 장", EN: "several sheets of one student"},
		"name_mismatch":     {KO: "학번과 이름이 서로 다른 학생", EN: "number and name of different people"},
		"marked_absent":     {KO: "결시로 표시된 학생", EN: "student marked absent"},
		"roster_missing":    {KO: "명단이 없음", EN: "no roster"},
		"image_missing":     {KO: "파일이 없음", EN: "file missing"},
		"image_unreadable":  {KO: "파일을 열 수 없음", EN: "file unreadable"},
		"image_too_large":   {KO: "파일이 너무 큼", EN: "file too large"},
		"internal_error":    {KO: "내부 오류", EN: "internal error"},
		"cancelled":         {KO: "취소되어 읽지 않음", EN: "not read, cancelled"},
		"corrected":         {KO: "사람이 읽을 수 없다고 판단", EN: "unreadable, said by a person"},
	}[s.Reason]
	if !known {
		return exam.Detail{KO: s.Reason, EN: s.Reason}
	}
	return words
}
