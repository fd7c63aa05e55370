package roster

import (
	"strings"

	"hakbeon/recognizer/detail"
)

// attendance is what a header says of a column of who was there.
type attendance struct {
	exam    bool // of the exam, not of the course
	present bool // a tick says that somebody was there
	absent  bool // a tick says that somebody was not
}

// attendanceOf reads a header. One that names both, such as "응시/결시", says of a tick
// neither; words are plain in any column.
func attendanceOf(header string) (a attendance, is bool) {
	for _, part := range append(strings.FieldsFunc(header, separatesNames), header) {
		of, known := attendanceHeader(normalize(part))
		if known {
			a.exam, a.present, a.absent, is = a.exam || of.exam, a.present || of.present, a.absent || of.absent, true
		}
	}
	return a, is
}

func attendanceHeader(header string) (a attendance, is bool) {
	switch header {
	case "결시", "결시여부", "결시자", "시험결시", "미응시", "미응시여부", "缺考":
		return attendance{exam: true, absent: true}, true
	case "응시", "응시여부", "응시상태", "시험응시", "시험출석":
		return attendance{exam: true, present: true}, true
	case "결석", "결석여부", "불참", "불참여부", "absent", "absence", "欠席", "缺席":
		return attendance{absent: true}, true
	case "출석", "출석여부", "출석상태", "출결", "출결여부", "출결상태", "출결상황", "참석", "참석여부",
		"attendance", "attended", "present", "presence", "出席", "出欠", "出席状況", "考勤", "出勤":
		return attendance{present: true}, true
	}
	return a, false
}

// mark is what a cell of attendance says.
type mark int

const (
	markNone    mark = iota // nothing
	markPresent             // was there
	markAbsent              // was not
	markOther               // something that isn't attendance
)

// mark reads a student's cell.
func (a attendance) mark(cell string) mark {
	cell = strings.TrimSpace(cell)
	switch cell {
	case "", "-", "–", ".":
		return markNone
	case "○", "◯", "〇", "●", "⭕", "✓", "✔", "√", "☑", "✅", "∨", "ㅇ":
		return a.ticked(true)
	case "×", "✕", "✖", "✗", "✘", "╳", "❌", "☒":
		return a.ticked(false)
	}
	switch normalize(cell) {
	case "결시", "결석", "불참", "미응시", "공결", "병결", "결", "absent", "absence", "abs", "欠席", "欠", "缺考", "缺席", "缺":
		return markAbsent
	case "출석", "응시", "참석", "출", "지각", "지", "조퇴", "조", "present", "late", "出席", "出", "遅刻", "到":
		return markPresent
	case "o", "y", "yes", "v", "true", "예":
		return a.ticked(true)
	case "x", "n", "no", "false", "아니오", "아니요":
		return a.ticked(false)
	case "1", "0": // elsewhere they may be points, or count lessons
		if a.exam && a.absent {
			return a.ticked(normalize(cell) == "1")
		}
	}
	return markOther
}

// ticked is what a tick or a cross says in this column.
func (a attendance) ticked(yes bool) mark {
	switch {
	case a.present == a.absent:
		return markOther
	case yes == a.absent:
		return markAbsent
	}
	return markPresent
}

// markAbsent marks the students who were not there, by the roster's own columns: that of
// the exam if there is one, else of the course. A column in which anything else stands
// than marks, such as points for attendance, says nothing.
func (r *Roster) markAbsent() {
	for _, exam := range []bool{true, false} {
		for n, header := range r.Columns {
			if a, is := attendanceOf(header); is && a.exam == exam && r.marked(a, n) {
				for i := range r.Students {
					r.Students[i].Absent = a.mark(r.Row(i)[n]) == markAbsent
				}
				return
			}
		}
	}
}

// marked says whether a column holds marks alone. One of the exam may be empty: nobody
// was absent.
func (r *Roster) marked(a attendance, column int) bool {
	some := a.exam
	for i := range r.Students {
		switch a.mark(r.Row(i)[column]) {
		case markOther:
			return false
		case markNone:
		default:
			some = true
		}
	}
	return some
}

// Absent is how many students the roster marks as absent. A nil roster has none.
func (r *Roster) Absent() int {
	n := 0
	if r != nil {
		for _, s := range r.Students {
			if s.Absent {
				n++
			}
		}
	}
	return n
}

// absentees tells how many students are marked as absent.
func (r *Roster) absentees() detail.Detail {
	return detail.Sprintf(
		"%d of %d students are marked as absent.", "학생 %[2]d명 중 %[1]d명이 결시로 표시되어 있습니다.",
		r.Absent(), len(r.Students))
}
