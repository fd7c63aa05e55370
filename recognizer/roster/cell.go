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
	formula    bool // raw is what the formula gave, "" if it was never computed
}

func (c cell) text() string {
	if c.shown != "" {
		return c.shown
	}
	return c.raw
}

// studentID returns the ID that a cell holds, or else why it holds none. A
// number loses its decimals, exponent and grouping, and keeps the leading
// zeros that its format shows; a mark beside the digits is left out.
func (c cell) studentID() (id string, why reason) {
	raw, shown := tidy(c.raw), tidy(c.shown)
	switch {
	case c.formula && (raw == "" || raw == "0"): // XlsxWriter stores 0 for want of a result
		return "", reasonFormula
	case raw == "":
		return "", reasonNoID
	}
	id = raw
	if raw != shown {
		id, why = fromNumber(raw, shown)
	}
	if id == raw {
		id = unmarked(whole(raw))
	}
	switch {
	case why != reasonNone:
		return "", why
	case exponent.MatchString(id):
		return "", reasonCut
	case !idPattern.MatchString(id):
		return "", reasonNotAnID
	case !strings.ContainsAny(id, "0123456789"):
		return "", reasonNoDigit
	}
	return id, reasonNone
}

// exponent is what a .csv file has of a long number.
var exponent = regexp.MustCompile(`^\d([.,]\d+)?E\+\d+$`)

// exact is an exponent that cuts nothing off.
var exact = regexp.MustCompile(`^(\d)[.](\d+)E\+?(\d+)$`)

// grouped is a number with separators of thousands, and decimals that are zero.
var grouped = regexp.MustCompile(`^(\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:'\d{3})+|\d+)(?:[.,]0+)?$`)

// whole writes a whole number as its digits: tables hold "32204579.0", "32,204,579"
// and "3.2204579E7".
func whole(text string) string {
	if m := exact.FindStringSubmatch(strings.ToUpper(text)); m != nil {
		// Spreadsheet programs show five decimals at most of a number that they cut.
		if places, err := strconv.Atoi(m[3]); err == nil && (places == len(m[2]) || places > len(m[2]) && len(m[2]) > 5) && places <= 14 {
			return m[1] + m[2] + strings.Repeat("0", places-len(m[2]))
		}
	}
	if m := grouped.FindStringSubmatch(text); m != nil {
		return strings.NewReplacer(",", "", ".", "", "'", "").Replace(m[1])
	}
	return text
}

// leastMarked is how many digits an ID beside a mark has at least: below that it may
// be a number within a sentence.
const leastMarked = 4

// marked is an ID with marks beside it: signs, or words of another alphabet, such
// as those that tell who repeats a course, on either side and perhaps in brackets.
var marked = regexp.MustCompile(`^` + aside + `([0-9A-Za-z]+(?:-[0-9A-Za-z]+)*)` + aside + `$`)

const aside = `(?:\([^()]{0,20}\)|\[[^\[\]]{0,20}\]|<[^<>]{0,20}>|[^0-9A-Za-z]){0,12}`

// unmarked is the ID alone, or the text as it is if it isn't an ID with marks.
func unmarked(text string) string {
	m := marked.FindStringSubmatch(text)
	if m == nil || len(onlyDigits(m[1])) < leastMarked {
		return text
	}
	return m[1]
}

// fromNumber is for cells whose stored form and look differ: numbers.
func fromNumber(raw, shown string) (id string, why reason) {
	digits := raw
	if !isDigits(raw) {
		x, err := strconv.ParseFloat(raw, 64)
		if err != nil {
			return raw, reasonNone // a text under a number format
		}
		if x != math.Trunc(x) || x < 0 {
			return "", reasonFraction
		}
		if x > maxExact {
			return "", reasonInexact
		}
		digits = strconv.FormatFloat(x, 'f', 0, 64)
	}
	if len(strings.TrimRight(strings.TrimLeft(digits, "0"), "0")) > 15 {
		return "", reasonInexact
	}
	if padded := onlyDigits(shown); len(padded) <= maxIDLength && sameNumber(padded, digits) {
		return padded, reasonNone
	}
	return digits, reasonNone
}

// sameNumber tells a padded number ("00123", "0012-0003") from other looks,
// such as the date 1989-12-01.
func sameNumber(padded, digits string) bool {
	return padded != "" && strings.TrimLeft(padded, "0") == strings.TrimLeft(digits, "0")
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// tidy gives digits and hyphens their plain form, trims spaces, quotes and
// hyphens around, and closes up digits that were written in groups.
func tidy(s string) string {
	s = strings.Map(plain, norm.NFKC.String(strings.Map(unnumbered, s)))
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '-' || r == '\'' || r == '"'
	})
	if closed := strings.Join(strings.Fields(s), ""); isDigits(closed) {
		return closed
	}
	return s
}

// unnumbered makes a mark of numbers that are none of the ID's digits, such as a
// footnote's: in their plain form they would be.
func unnumbered(r rune) rune {
	if unicode.Is(unicode.No, r) {
		return '*'
	}
	return r
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
	return s != "" && onlyDigits(s) == s
}
