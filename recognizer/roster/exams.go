package roster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Exams are the names that people give to exams, by exam code.
type Exams map[string]string

// Name is the exam's name, or its code if the table has none.
func (e Exams) Name(code string) string {
	if name := e[code]; name != "" {
		return name
	}
	return code
}

// ReadExams reads a table of exams: an .xlsx or .csv file with a column for the
// code ("시험코드", "exam_code") and one for the name ("시험명", "name"), or JSON, an
// object {code: name} or a list of {"exam_code", "name"}. Of a code that stands
// there twice the first name counts. Errors are those of [Read].
func ReadExams(data []byte, lim Limits) (Exams, error) {
	lim = lim.withDefaults()
	if int64(len(data)) > lim.MaxBytes {
		return nil, fmt.Errorf("exams: %w: %d bytes, at most %d are read", ErrTooLarge, len(data), lim.MaxBytes)
	}
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if bytes.HasPrefix(trimmed, []byte("{")) || bytes.HasPrefix(trimmed, []byte("[")) {
		return examsJSON(trimmed)
	}
	grids, err := readFile(data, lim)
	if err != nil {
		return nil, fmt.Errorf("exams: %w", err)
	}
	out := Exams{}
	reader := examReader{out: out}
	for _, g := range grids {
		reader.sheet(g)
	}
	if !reader.found {
		return nil, fmt.Errorf(`exams: %w: no row has a header for the code ("시험코드", "exam_code") and one for the name ("시험명", "name")`, ErrNoIDs)
	}
	return out, nil
}

func examsJSON(data []byte) (Exams, error) {
	out := Exams{}
	var names map[string]string
	if json.Unmarshal(data, &names) == nil {
		for _, code := range slices.Sorted(maps.Keys(names)) {
			out.add(code, names[code])
		}
		return out, nil
	}
	var list []struct {
		ExamCode string `json:"exam_code"`
		Name     string `json:"name"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf(`exams: %w: it should be {"code": "name"} or [{"exam_code": "...", "name": "..."}]`, ErrFormat)
	}
	for _, e := range list {
		out.add(e.ExamCode, e.Name)
	}
	return out, nil
}

func (e Exams) add(code, name string) {
	code, name = strings.TrimSpace(code), strings.TrimSpace(name)
	if _, twice := e[code]; !twice && code != "" && name != "" {
		e[code] = name
	}
}

// examReader collects the rows below a header.
type examReader struct {
	out   Exams
	found bool
}

func (r *examReader) sheet(g *grid) {
	code, name := -1, -1
	for _, l := range g.lines {
		if c, n := examColumns(l.cells); c >= 0 && n >= 0 {
			code, name, r.found = c, n, true
			continue
		}
		if code >= 0 {
			r.out.add(l.at(code).text(), l.at(name).text())
		}
	}
}

func examColumns(cells []cell) (code, name int) {
	code, name = -1, -1
	for i, c := range cells {
		switch {
		case code < 0 && isHeader(c.text(), examCodeHeader):
			code = i
		case name < 0 && isHeader(c.text(), examNameHeader):
			name = i
		}
	}
	return code, name
}

func examCodeHeader(header string) bool {
	switch header {
	case "시험코드", "시험번호", "시험id", "코드", "examcode", "exam", "examid", "code":
		return true
	}
	return false
}

func examNameHeader(header string) bool {
	switch header {
	case "시험명", "시험이름", "시험", "과목명", "과목", "교과목명", "이름", "명칭", "examname", "name", "title", "course", "coursename":
		return true
	}
	return false
}
