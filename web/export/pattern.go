package export

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// DefaultPattern names a student's folder.
const DefaultPattern = "{student_id}_{name}"

const maxPattern = 100

// ErrPattern says that a name pattern is of no use; the error says why.
var ErrPattern = errors.New("the name pattern can't be used")

// Pattern is how a student's folder, or PDF, is called: a text with fields in braces.
type Pattern struct{ parts []part }

// part is a text, or the name of a field.
type part struct {
	text  string
	field bool
}

// fields are what a pattern may hold.
type fields struct{ studentID, name, department, examCode, batchID string }

func (f fields) value(name string) (value string, known bool) {
	switch name {
	case "student_id":
		return f.studentID, true
	case "name":
		return f.name, true
	case "department":
		return f.department, true
	case "exam_code":
		return f.examCode, true
	case "batch_id":
		return f.batchID, true
	}
	return "", false
}

// ParsePattern reads a pattern, "" being [DefaultPattern]. Its fields are {student_id},
// {name}, {department}, {exam_code} and {batch_id}; one of the first two is in it.
// Errors are [ErrPattern].
func ParsePattern(text string) (Pattern, error) {
	if text == "" {
		text = DefaultPattern
	}
	if utf8.RuneCountInString(text) > maxPattern {
		return Pattern{}, fmt.Errorf("%w: it has more than %d characters", ErrPattern, maxPattern)
	}
	var p Pattern
	tells := false
	for rest := text; rest != ""; {
		before, after, open := strings.Cut(rest, "{")
		if strings.ContainsAny(before, `}/\`) || !utf8.ValidString(before) {
			return Pattern{}, fmt.Errorf("%w: outside of its fields it may hold no brace and no slash", ErrPattern)
		}
		p.parts = append(p.parts, part{text: before})
		if !open {
			break
		}
		name, after, closed := strings.Cut(after, "}")
		if _, known := (fields{}).value(name); !known || !closed {
			return Pattern{}, fmt.Errorf("%w: its fields are {student_id}, {name}, {department}, {exam_code} and {batch_id}", ErrPattern)
		}
		p.parts = append(p.parts, part{text: name, field: true})
		tells = tells || name == "student_id" || name == "name"
		rest = after
	}
	if !tells {
		return Pattern{}, fmt.Errorf("%w: it needs {student_id} or {name}, or all students would be called the same", ErrPattern)
	}
	return p, nil
}

// of is the safe name of a student, never "". What joins the fields does not begin or end
// it: a field may be empty.
func (p Pattern) of(f fields) string {
	var out strings.Builder
	for _, part := range p.parts {
		text := part.text
		if part.field {
			text, _ = f.value(part.text)
		}
		out.WriteString(text)
	}
	if name := Safe(strings.Trim(Safe(out.String()), "_- ")); name != "" {
		return name
	}
	if name := Safe(f.studentID); name != "" {
		return name
	}
	return "student"
}

// numbered is a name with a number before its ending.
func numbered(name string, n int) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "~" + strconv.Itoa(n) + ext
}
