package export

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The length of a name of ours: Windows takes 260 UTF-16 units for a whole path, and most
// file systems 255 bytes for a name, of which a Hangul syllable takes three.
const (
	maxUnits = 80
	maxBytes = 180
)

// Safe makes a text a file's name on Windows, macOS and Linux: composed (NFC), without
// what any of them forbids in a name or what can't be seen, without a space or a full
// stop at either end, not a device's name, at most 80 UTF-16 units and 180 bytes. It is
// "" where nothing is left, and leaves a safe name as it is.
func Safe(text string) string {
	text = strings.Map(safeRune, strings.ToValidUTF8(text, "_"))
	text = trim(strings.Join(strings.Fields(norm.NFC.String(text)), " "))
	if device(text) {
		text = "_" + text
	}
	return trim(shorten(text, maxUnits))
}

// safeRune drops what can't be seen, such as what turns the direction of writing, and
// replaces what is forbidden.
func safeRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case strings.ContainsRune(`<>:"/\|?*`, r), r == unicode.ReplacementChar:
		return '_'
	case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp), !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S):
		return -1
	}
	return r
}

func trim(text string) string { return strings.Trim(text, " .") }

func shorten(text string, most int) string {
	units := 0
	for i, r := range text {
		units += utf16.RuneLen(r)
		if units > most || i+utf8.RuneLen(r) > maxBytes {
			return text[:i]
		}
	}
	return text
}

// device reports whether Windows takes a name, whatever follows its first full stop, for
// a device's.
func device(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimRight(stem, " ")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, numbered := strings.CutPrefix(stem, "COM")
	if !numbered {
		port, numbered = strings.CutPrefix(stem, "LPT")
	}
	return numbered && utf8.RuneCountInString(port) == 1 && strings.ContainsAny(port, "0123456789¹²³")
}

// names are those that are in use in one folder. Windows and macOS take names for the
// same that differ in case or composition alone.
type names map[string]bool

// take notes the first of the names that is free, else the last one with a number; it is
// never one that was taken before.
func (n names) take(wanted ...string) string {
	for _, name := range wanted {
		if n.free(name) {
			return name
		}
	}
	last := wanted[len(wanted)-1]
	for i := 2; ; i++ {
		if name := numbered(last, i); n.free(name) {
			return name
		}
	}
}

func (n names) free(name string) bool {
	key := cases.Fold().String(norm.NFC.String(name))
	if n[key] {
		return false
	}
	n[key] = true
	return true
}
