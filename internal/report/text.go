package report

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

// stateText says a sheet's state. A report has no reader's language to go by, so
// it says all in Korean and in English.
func stateText(s Sheet) string {
	switch {
	case s.Status == matched && s.ByPerson:
		return "사람이 확정 settled by a person"
	case s.Status == matched:
		return "확정 accepted"
	case s.Status == needsReview:
		return "확인 필요 to review"
	case s.Reason == strangerReason:
		return "명단에 없음 stranger"
	}
	return "실패 failed"
}

// reasonText says why, with the detail where there is one.
func reasonText(s Sheet) string {
	if s.Detail.IsZero() {
		return reasonWords(s)
	}
	return reasonWords(s) + ": " + s.Detail.KO + " " + s.Detail.EN
}

func reasonWords(s Sheet) string {
	if s.ByPerson && s.Reason == strangerReason {
		return "사람이 명단에 없다고 판단 not on the roster, said by a person"
	}
	text, known := map[string]string{
		"no_id_found":       "학번을 찾지 못함 no ID found",
		"low_confidence":    "확실하지 않음 not sure enough",
		"ambiguous":         "비슷한 학생이 둘 between two students",
		"not_on_roster":     "명단에 없는 학번 ID of no student",
		"duplicate_student": "한 학생에 답안 여러 장 several sheets of one student",
		"name_mismatch":     "학번과 이름이 서로 다른 학생 number and name of different people",
		"roster_missing":    "명단이 없음 no roster",
		"image_missing":     "파일이 없음 file missing",
		"image_unreadable":  "파일을 열 수 없음 file unreadable",
		"image_too_large":   "파일이 너무 큼 file too large",
		"internal_error":    "내부 오류 internal error",
		"corrected":         "사람이 읽을 수 없다고 판단 unreadable, said by a person",
	}[s.Reason]
	if !known {
		return s.Reason
	}
	return text
}
