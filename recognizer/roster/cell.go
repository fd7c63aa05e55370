package roster

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxExact is the largest integer that spreadsheet programs keep exactly:
// they hold 15 significant digits and replace the rest by zeros.
const maxExact = 999_999_999_999_999

// cell is one cell twice: as stored, and as its number format shows it.
type cell struct {
	raw, shown string
}

func (c cell) text() string {
	if c.shown != "" {
		return c.shown
	}
	return c.raw
}

// studentID returns the ID that a cell holds, or else why it holds none. A
// number loses its decimals, exponent and grouping, and keeps the leading
// zeros that its format shows.
func (c cell) studentID() (id, reason string) {
	raw, shown := tidy(c.raw), tidy(c.shown)
	if raw == "" {
		return "", "no student ID"
	}
	id = raw
	if raw != shown {
		id, reason = fromNumber(raw, shown)
	}
	switch {
	case reason != "":
		return "", reason
	case exponent.MatchString(id):
		return "", "a number that a spreadsheet program has cut (" + id + "); make the column text, or save as .xlsx"
	case !idPattern.MatchString(id):
		return "", "not a student ID: only letters, digits and hyphens, at most 32"
	case !strings.ContainsAny(id, "0123456789"):
		return "", "not a student ID: no digit in it"
	}
	return id, ""
}

// exponent is what a .csv file has of a long number.
var exponent = regexp.MustCompile(`^\d([.,]\d+)?E\+\d+$`)

// fromNumber is for cells whose stored form and look differ: numbers.
func fromNumber(raw, shown string) (id, reason string) {
	digits := raw
	if !isDigits(raw) {
		x, err := strconv.ParseFloat(raw, 64)
		if err != nil {
			return raw, "" // a text under a number format
		}
		if x != math.Trunc(x) || x < 0 {
			return "", "not a student ID: a number with decimals or a sign"
		}
		if x > maxExact {
			return "", inexact
		}
		digits = strconv.FormatFloat(x, 'f', 0, 64)
	}
	if len(strings.TrimRight(strings.TrimLeft(digits, "0"), "0")) > 15 {
		return "", inexact
	}
	if idPattern.MatchString(shown) && sameNumber(shown, digits) {
		return shown, ""
	}
	return digits, ""
}

const inexact = "a number of more than 15 digits, which spreadsheets round; make the column text and enter it again"

// sameNumber tells a padded number ("00123", "0012-0003") from other looks,
// such as the date 1989-12-01.
func sameNumber(shown, digits string) bool {
	shown = strings.ReplaceAll(shown, "-", "")
	return isDigits(shown) && strings.TrimLeft(shown, "0") == strings.TrimLeft(digits, "0")
}

// tidy gives digits and hyphens their plain form, trims spaces, quotes and
// hyphens around, and closes up digits that were written in groups.
func tidy(s string) string {
	s = strings.Map(plain, norm.NFKC.String(s))
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '-' || r == '\'' || r == '"'
	})
	if closed := strings.Join(strings.Fields(s), ""); isDigits(closed) {
		return closed
	}
	return s
}

func plain(r rune) rune {
	switch {
	case r >= '\u2010' && r <= '\u2015', r == '\u2212':
		return '-'
	case r == '\ufeff', r >= '\u200b' && r <= '\u200f':
		return -1 // invisible marks that come with copied text
	}
	return r
}

func isDigits(s string) bool {
	if s == "" {
		return false
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}
