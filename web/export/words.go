package export

import (
	"errors"
	"fmt"

	"hakbeon/exam"
	"hakbeon/internal/report"
	"hakbeon/s3store"
)

// words are what we say, in one language.
type words struct {
	korean    bool
	unsettled string   // the folder of what is not settled
	columns   []string // of a roster that has none: ID, name, department
	// Of the lists.
	state, confidence, files, folder, why, candidate, source string
	// Why a page is left out.
	gone, tooLarge, archived, noCopy string
	count, page                      string // formats
}

func wordsIn(language string) words {
	if language == "ko" {
		return words{
			korean: true, unsettled: "_확인필요", columns: []string{"학번", "이름", "학과"},
			state: "상태", confidence: "확률", files: "파일", folder: "폴더", why: "사유", candidate: "후보", source: "위치",
			gone: "저장소에 더 이상 없음", tooLarge: "64 MB보다 큼", archived: "보관 등급에 있어 바로 읽을 수 없음", noCopy: "사본이 없음",
			count: "%s (답안 %d장)", page: "%s (%d쪽)",
		}
	}
	return words{
		unsettled: "_unsettled", columns: []string{"Student ID", "Name", "Department"},
		state: "State", confidence: "Confidence", files: "Files", folder: "Folder", why: "Reason", candidate: "Candidate", source: "Source",
		gone: "no longer in the bucket", tooLarge: "larger than 64 MB", archived: "archived: it can't be read at once", noCopy: "there is no copy of it",
		count: "%s (%d sheets)", page: "%s (p. %d)",
	}
}

// in is a sentence in the language.
func (w words) in(d exam.Detail) string {
	if w.korean {
		return d.KO
	}
	return d.EN
}

// never says why an object will never be had; "" for any other error, and for none.
func (w words) never(err error) string {
	switch {
	case errors.Is(err, s3store.ErrNotFound):
		return w.gone
	case errors.Is(err, s3store.ErrTooLarge):
		return w.tooLarge
	case errors.Is(err, s3store.ErrInvalid):
		return w.archived
	}
	return ""
}

// reason says why a sheet is not settled, in a few words.
func (w words) reason(s *sheet) string {
	if s.Status == exam.StatusMatched {
		return w.in(report.UnknownWords())
	}
	return w.in(report.ReasonWords(s.Sheet))
}

// stateOf says what came of a student.
func (w words) stateOf(st *student) string {
	switch {
	case len(st.sheets) > 1:
		return fmt.Sprintf(w.count, w.in(report.StateWords(st.sheets[0].Sheet)), len(st.sheets))
	case len(st.sheets) == 1:
		return w.in(report.StateWords(st.sheets[0].Sheet))
	case st.perhaps != nil:
		return w.in(report.PerhapsWords())
	}
	return w.in(report.AbsentWords())
}

// file is a sheet's file as people know it.
func (w words) file(s *sheet) string {
	if s.several {
		return fmt.Sprintf(w.page, s.File, s.Page)
	}
	return s.File
}
