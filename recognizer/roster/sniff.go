package roster

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"
)

func refuse(what string) error {
	return fmt.Errorf("%w: it is %s, neither an .xlsx workbook nor a .csv file; open it in a spreadsheet program and save it as .xlsx", ErrFormat, what)
}

// checkMagic tells apart by content what people upload as a roster, and whether it
// is text. Names are not asked: portals serve HTML and CSV as "roster.xls".
func checkMagic(data []byte) (text bool, err error) {
	head := data[:min(len(data), 4096)]
	switch {
	case len(data) == 0:
		return false, fmt.Errorf("%w: the file is empty", ErrFormat)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return false, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return false, refuseCompound(data)
	case bytes.HasPrefix(head, []byte("\x09\x08")), bytes.HasPrefix(head, []byte("\x09\x04\x06\x00")):
		return false, refuse("an old .xls workbook")
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return false, refuse("a PDF")
	case isMarkup(head):
		return false, refuse("a web page or XML (often served as .xls)")
	case isText(head):
		return true, nil
	}
	return false, refuse("no spreadsheet that is known here")
}

// refuseCompound tells an old .xls from an .xlsx that is wrapped because it
// has a password.
func refuseCompound(data []byte) error {
	var name []byte
	for _, u := range utf16.Encode([]rune("EncryptedPackage")) {
		name = append(name, byte(u), byte(u>>8))
	}
	if bytes.Contains(data, name) {
		return fmt.Errorf("%w: the workbook is protected by a password; save it without one", ErrFormat)
	}
	return refuse("an old .xls workbook")
}

func isMarkup(head []byte) bool {
	s := strings.TrimSpace(strings.TrimPrefix(string(head), "\ufeff"))
	return strings.HasPrefix(s, "<")
}

// isText holds for UTF-8, UTF-16 with a mark, and the legacy encodings of East
// Asia: none of them has control bytes other than white space.
func isText(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return true
	}
	for _, c := range head {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}
