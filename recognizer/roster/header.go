package roster

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// rank says how surely a header names the column of student IDs.
type rank int

const (
	rankNone   rank = iota
	rankWeak        // could be something else: taken if nothing better is in the file
	rankLikely      // the student ID, unless beside it stands what a school calls it
	rankSure        // can only be the number that the school gave
)

// headersShown are the spellings that an error message suggests.
const headersShown = `"학번", "학생번호", "Student ID", "Student No.", "No. étudiant", "学号"`

// idHeader ranks a header cell. Case, width, spaces, punctuation and accents
// do not matter, and one of several names is enough: "학번 (Student ID)".
func idHeader(cell string) rank {
	best := rankOf(normalize(cell))
	for _, part := range strings.FieldsFunc(cell, separatesNames) {
		best = max(best, rankOf(normalize(part)))
	}
	return best
}

// idLabel is the name in a header that makes it one: "학번" of "학번 (ID)".
func idLabel(cell string) string {
	best := ""
	for _, part := range append(strings.FieldsFunc(cell, separatesNames), cell) {
		if name := normalize(part); rankOf(name) > rankOf(best) {
			best = name
		}
	}
	return best
}

func rankOf(header string) rank {
	switch header {
	case "학번", "학생학번", "학번번호", "학적번호", "학번id",
		"sisuserid", "sisid", "matriculationnumber", "matriculationno", "matrikelnummer", "matrikelnr",
		"noetudiant", "netudiant", "numetudiant", "numeroetudiant", "numerodetudiant",
		"学号", "學號", "学籍番号", "学生番号", "學生證號":
		return rankSure
	case "학생번호", "학생id", "교번",
		"studentid", "studentids", "studentno", "studentnr", "studentnum", "studentnumber",
		"studentidno", "studentidnumber", "studid", "studno", "stuid", "stuno",
		"学生号", "学生编号":
		return rankLikely
	case "id", "idnumber", "idno", "수험번호", "사번학번", "응시번호", "개인번호":
		return rankWeak
	}
	return rankNone
}

func isNameHeader(cell string) bool { return isHeader(cell, nameHeader) }

func isDepartmentHeader(cell string) bool { return isHeader(cell, departmentHeader) }

// isHeader looks at the whole cell and at each of several names in it.
func isHeader(cell string, is func(header string) bool) bool {
	if is(normalize(cell)) {
		return true
	}
	for _, part := range strings.FieldsFunc(cell, separatesNames) {
		if is(normalize(part)) {
			return true
		}
	}
	return false
}

func departmentHeader(header string) bool {
	switch header {
	case "학과", "학과명", "학과전공", "학부", "학부과", "학부명", "소속", "소속학과", "소속명", "전공", "전공명", "모집단위", "계열",
		"department", "dept", "departmentname", "major", "faculty", "school", "departement", "filiere",
		"院系", "专业", "專業", "系所", "学科", "学部", "所属":
		return true
	}
	return false
}

func nameHeader(header string) bool {
	switch header {
	case "이름", "성명", "학생명", "학생이름", "학생성명", "한글성명", "한글이름", "국문성명",
		"name", "fullname", "studentname", "student", "nom", "nometprenom", "nomprenom",
		"姓名", "氏名", "名前", "学生姓名", "學生姓名":
		return true
	}
	return false
}

// isTotal holds for the label of a row that counts students.
func isTotal(cell string) bool {
	label := strings.TrimRight(normalize(cell), "0123456789명人名")
	switch label {
	case "합계", "총계", "소계", "총합", "총원", "총인원", "인원", "인원수", "학생수", "총학생수",
		"total", "totals", "subtotal", "totalcount", "grandtotal",
		"合計", "合计", "总计", "總計", "总数", "人数", "小計":
		return true
	}
	return false
}

// separatesNames splits a header at marks between two names of one column, but
// not at those inside a name ("No. étudiant", "student_id").
func separatesNames(r rune) bool {
	return strings.ContainsRune("()[]{}（）［］【】/|,:;·*\n\r", r)
}

// normalize keeps only letters and digits, lower case, without width variants
// and accents.
func normalize(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String())
}
