package roster

import (
	"strings"

	"hakbeon/recognizer/detail"
)

// attendance is a list's column of who sat the exam; at is -1 if there is none.
type attendance struct {
	at     int
	absent bool // it marks the absent: a mark in it says that somebody wasn't there
}

// attendanceOf finds the column: of the exam's own before the course's. A column in which
// anything else stands than marks, such as points for attendance, says nothing, and
// neither does one that marks nobody or everybody absent.
func attendanceOf(b block, lists []column, i int) attendance {
	for _, of := range []struct {
		header func(string) bool
		absent bool
	}{{missedHeader, true}, {satHeader, false}, {absentHeader, true}, {presentHeader, false}} {
		at := companion(b.header, lists, i, func(cell string) bool { return isHeader(cell, of.header) })
		if a := (attendance{at, of.absent}); at >= 0 && a.tells(b.lines, lists[i].id) {
			return a
		}
	}
	return attendance{at: -1}
}

// tells says whether the column holds marks alone, and some students were absent and
// others not.
func (a attendance) tells(lines []line, id int) bool {
	absent, students := 0, 0
	for _, l := range lines {
		if _, why := l.at(id).studentID(); why != reasonNone {
			continue
		}
		students++
		switch a.mark(l) {
		case markOther:
			return false
		case markAbsent:
			absent++
		}
	}
	return absent > 0 && absent < students
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
func (a attendance) mark(l line) mark {
	if a.at < 0 {
		return markNone
	}
	text := strings.TrimSpace(l.at(a.at).text())
	switch word := strings.ToLower(text); normalizedMark(word) {
	case "":
		return markNone
	case "결시", "결석", "불참", "미응시", "결", "absent", "absence", "abs", "欠席", "欠", "缺考", "缺席", "缺":
		return markAbsent
	case "출석", "응시", "참석", "출", "지각", "조퇴", "present", "late", "出席", "出", "遅刻", "到":
		return markPresent
	case "o", "y", "yes", "v", "true", "예", "○":
		return a.ticked(true)
	case "x", "n", "no", "false", "아니오", "×":
		return a.ticked(false)
	case "1", "0": // where present ones are marked they may be points
		if a.absent {
			return a.ticked(word == "1")
		}
	}
	return markOther
}

// normalizedMark brings the forms of a mark together.
func normalizedMark(text string) string {
	switch text {
	case "-", "–", ".":
		return ""
	case "○", "◯", "〇", "●", "⭕", "✓", "✔", "√", "☑", "∨":
		return "○"
	case "×", "✕", "✗", "✘", "╳", "☒":
		return "×"
	}
	return normalize(text)
}

// ticked is what a mark says in this column.
func (a attendance) ticked(yes bool) mark {
	if yes == a.absent {
		return markAbsent
	}
	return markPresent
}

func missedHeader(header string) bool {
	switch header {
	case "결시", "결시여부", "결시자", "미응시", "미응시여부", "시험결시", "缺考":
		return true
	}
	return false
}

func satHeader(header string) bool {
	switch header {
	case "응시", "응시여부", "응시상태", "시험응시", "시험출석":
		return true
	}
	return false
}

func absentHeader(header string) bool {
	switch header {
	case "결석", "결석여부", "불참", "불참여부", "absent", "absence", "欠席", "缺席":
		return true
	}
	return false
}

func presentHeader(header string) bool {
	switch header {
	case "출석", "출석여부", "출결", "출결여부", "출결상태", "출석상태", "참석", "참석여부", "출결상황",
		"attendance", "attended", "present", "presence", "出席", "出欠", "出席状況", "考勤", "出勤":
		return true
	}
	return false
}

// markedAbsent tells how many students are marked absent, and what comes of it.
func (b *builder) markedAbsent() {
	if n := b.roster.Absent(); n > 0 {
		b.roster.Doubts = append(b.roster.Doubts, detail.Sprintf(
			"%d of %d students are marked absent: a sheet with such a student's number goes to a person.",
			"학생 %[2]d명 중 %[1]d명이 결시로 표시되어 있습니다. 이 학생들의 학번이 적힌 답안은 사람이 확인합니다.",
			n, len(b.roster.Students)))
	}
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
