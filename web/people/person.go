// Package people says who a person is that uses the pages: name, role, exams, and until
// when. It seals what a browser or a link carries of that, so that nobody can change it,
// and knows which invitations were revoked.
//
// Nothing of it is kept in the process: whoever has SESSION_SECRET can open what another
// worker has sealed, and what is revoked lies in S3.
package people

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hakbeon/jobs"
)

// Role is what a person may do.
type Role string

// The roles.
const (
	// Grader sees and settles the sheets of the exams that are named, and brings scans
	// and rosters of them.
	Grader Role = "grader"
	// Manager sees and does everything.
	Manager Role = "manager"
)

// Person is somebody who uses the pages.
type Person struct {
	// Name is what others are shown: 1 to 200 characters, no control characters.
	Name string `json:"name"`
	// Subject tells people of one name apart, and stays the same.
	Subject string   `json:"subject"`
	Role    Role     `json:"role"`
	Exams   []string `json:"exams,omitempty"` // a grader's
	// Until is when the person's right ends, in seconds.
	Until time.Time `json:"until"`
}

// Sees reports whether the person may see an exam, and so do what people do with it.
func (p Person) Sees(exam string) bool {
	return p.Role == Manager || p.Role == Grader && slices.Contains(p.Exams, exam)
}

// MaxExams bounds the exams that a grader has.
const MaxExams = 50

// maxExamBytes bounds the exams' codes together: a browser keeps cookies of 4 KB.
const maxExamBytes = 1500

// Check says what is wrong with a person's fields; nil if nothing is.
func (p Person) Check() error {
	switch {
	case !ValidName(p.Name):
		return fmt.Errorf("a person's name should have 1 to %d characters, and no control characters", jobs.MaxByLength)
	case p.Role != Grader && p.Role != Manager:
		return errors.New("a role is grader or manager")
	case p.Role == Grader && len(p.Exams) == 0:
		return errors.New("a grader has at least one exam")
	case p.Role == Manager && len(p.Exams) > 0:
		return errors.New("a manager has all exams: name none")
	case len(p.Exams) > MaxExams || len(strings.Join(p.Exams, ",")) > maxExamBytes:
		return fmt.Errorf("a grader has at most %d exams, with codes of %d characters together: invite twice, or make a manager of them", MaxExams, maxExamBytes)
	case slices.ContainsFunc(p.Exams, func(code string) bool { return !jobs.ValidCode(code) }):
		return fmt.Errorf("an exam's code should match %s", jobs.CodePattern)
	}
	return nil
}

// ValidName reports whether a text may be a person's name: what a verdict may carry, and
// nothing that turns the text around it.
func ValidName(name string) bool {
	return jobs.ValidBy(name) && strings.TrimSpace(name) == name && !strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Cf, r) })
}

// CleanName makes a name that is told by others one that may be shown; "" if nothing is
// left of it.
func CleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError:
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	letters := []rune(strings.TrimSpace(name))
	return strings.TrimSpace(string(letters[:min(len(letters), jobs.MaxByLength)]))
}
