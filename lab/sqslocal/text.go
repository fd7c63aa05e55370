package sqslocal

import "strings"

// validText tells whether a text has only the characters that SQS allows.
func validText(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	}) < 0
}

// validToken is the rule for group and deduplication ids.
func validToken(id string) bool {
	return id != "" && len(id) <= 128 && strings.IndexFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// validName tells whether a text, not empty, has only ASCII letters, digits and
// the characters in extra.
func validName(text, extra string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !letter && !strings.ContainsRune(extra, r)
	}) < 0
}
