package export

import (
	"path"
	"strings"

	"hakbeon/exam"
	"hakbeon/internal/report"
	"hakbeon/recognizer/roster"
	"hakbeon/web/batch"
)

// sheet is one answer sheet as the end has it.
type sheet struct {
	report.Sheet

	several bool     // its file has several pages
	pages   []string // keys of its pages as they lie filed, in order
	called  string   // in the folder of what is not settled
}

// likely reports whether a sheet in review may be its first candidate's.
func (s *sheet) likely() bool {
	return s.Status == exam.StatusNeedsReview && len(s.Candidates) > 0 && s.Candidates[0].Confidence >= report.Likely
}

// student is a student and what came of them.
type student struct {
	roster.Student

	row    []string // under the roster's own columns
	sheets []*sheet
	// perhaps is a sheet in review that may be theirs.
	perhaps *sheet
	called  string // their folder, or their PDF without its ending
}

// sort brings sheets and students together. A student whom a person has named and who is
// not on the roster is none of it: their sheet is among the unsettled, for no learning
// platform knows them.
func (x *Export) sort() {
	sheets := x.sheets()
	tellApart(sheets)
	x.list(sheets)
	known := make(map[string]*student, len(x.students))
	for _, st := range x.students {
		known[st.ID] = st
	}
	for _, s := range sheets {
		st := known[s.StudentID]
		if s.Status == exam.StatusMatched && st != nil {
			st.sheets = append(st.sheets, s)
			continue
		}
		x.unsettled = append(x.unsettled, s)
		if s.likely() {
			if st := known[s.Candidates[0].StudentID]; st != nil {
				st.perhaps = s
			}
		}
	}
}

// list are the roster's students; without a roster those whom people have named.
func (x *Export) list(sheets []*sheet) {
	ro := x.end.Roster
	if ro == nil {
		ro = named(sheets)
	}
	x.columns = ro.Columns
	bare := len(ro.Columns) == 0
	if bare {
		x.columns = x.words.columns
	}
	for i, st := range ro.Students {
		row := ro.Row(i)
		if bare {
			row = []string{st.ID, st.Name, st.Department}
		}
		x.students = append(x.students, &student{Student: st, row: row})
	}
}

// named is the roster of the students whom people have named, in the order of the sheets.
func named(sheets []*sheet) *roster.Roster {
	ro := &roster.Roster{}
	seen := map[string]bool{}
	for _, s := range sheets {
		if s.Status == exam.StatusMatched && !seen[s.StudentID] {
			seen[s.StudentID] = true
			ro.Students = append(ro.Students, roster.Student{ID: s.StudentID})
		}
	}
	return ro
}

// sheets are the plan's, in its order.
func (x *Export) sheets() []*sheet {
	out := make([]*sheet, len(x.end.Plan.Sheets))
	for i, p := range x.end.Plan.Sheets {
		r := &x.end.Results[i]
		out[i] = &sheet{
			Sheet: report.Sheet{
				File: path.Base(p.Key), Page: p.Page, Source: p.Key, Status: p.Status, Reason: p.Reason,
				ByPerson: p.Stage == exam.StagePerson, StudentID: p.StudentID, Confidence: p.Confidence, Candidates: p.Candidates,
			},
			several: r.Meta.Pages > 1, pages: batch.Filed(r),
		}
		if p.Detail != nil {
			out[i].Detail = *p.Detail
		}
	}
	return out
}

// tellApart calls files of one name by as much of their folders as that takes, as the page
// for graders does.
func tellApart(sheets []*sheet) {
	byName := map[string][]*sheet{}
	for _, s := range sheets {
		byName[s.File] = append(byName[s.File], s)
	}
	for _, same := range byName {
		for n := 1; ambiguous(same); n++ {
			for _, s := range same {
				parts := strings.Split(s.Source, "/")
				s.File = strings.Join(parts[max(len(parts)-1-n, 0):], "/")
			}
		}
	}
}

// ambiguous reports whether files from several places are called the same.
func ambiguous(sheets []*sheet) bool {
	sources := map[string]string{}
	for _, s := range sheets {
		if other, called := sources[s.File]; called && other != s.Source {
			return true
		}
		sources[s.File] = s.Source
	}
	return false
}

// call names what has pages. Two students of one name are told apart by their IDs.
func (x *Export) call(p Pattern) {
	taken := names{}
	for _, name := range []string{x.words.unsettled, reportFile, studentsFile, unsettledFile, leftOutFile} {
		taken.free(name)
	}
	for _, st := range x.students {
		if len(st.sheets) == 0 {
			continue
		}
		name := p.of(fields{st.ID, st.Name, st.Department, x.Batch.ExamCode, x.Batch.BatchID})
		st.called = taken.take(name, Safe(shorten(name, maxUnits/2)+"_"+st.ID))
	}
	inside := names{}
	for _, s := range x.unsettled {
		if len(s.pages) > 0 {
			s.called = inside.take(Safe(x.words.reason(s) + "_" + stemOf(s.pages[0])))
		}
	}
}

// stemOf is a key's file without its ending: its start is the name of the file that was
// sent, its end the sheet's id.
func stemOf(key string) string {
	base := path.Base(key)
	return base[:len(base)-len(path.Ext(base))]
}
