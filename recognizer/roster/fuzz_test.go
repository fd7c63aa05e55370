package roster_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"testing"

	"hakbeon/recognizer/roster"
)

// FuzzRead: whatever the bytes, Read gives a sound roster or one of its errors.
func FuzzRead(f *testing.F) {
	f.Add(list(f, "32141837", 1, padded{2, "0000"}))
	f.Add([]byte("PK\x03\x04"))
	for _, name := range []string{"xlwt.xls", "sheetjs.xls", "sheetjs-excel5.xls", "sheetjs-html.xls", "sheetjs-xml.xls"} {
		f.Add(testdata(f, name))
	}
	f.Add([]byte("<table><tr><td rowspan=2>학번<td colspan=3>a<tr><td>1</table>"))
	f.Add([]byte(utf16le("학번,이름\r1,a\r")))
	f.Add([]byte("학번,이름\n"))
	f.Add([]byte("sep=;\n이름;학번\n\"a\nb\";1\n=\"2\";=\"3\"\n"))
	f.Add([]byte("\xc7\xd0\xb9\xf8,\xc0\xcc\xb8\xa7\r\n1,\xb0\xa1\r\n"))
	lim := roster.Limits{MaxBytes: 1 << 20, MaxUnzipped: 4 << 20, MaxRows: 1000}
	id := regexp.MustCompile(`^[0-9A-Za-z-]{1,32}$`)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := roster.Read(data, lim)
		if err != nil {
			if !errors.Is(err, roster.ErrFormat) && !errors.Is(err, roster.ErrTooLarge) && !errors.Is(err, roster.ErrNoIDs) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		for i, s := range r.Students {
			if at, ok := r.Lookup(s.ID); !ok || at != i || !id.MatchString(s.ID) {
				t.Fatalf("student %d: ID %q at %d, %v", i, s.ID, at, ok)
			}
		}
		snapshot, err := json.Marshal(r)
		must(t, err)
		again, err := roster.Decode(snapshot)
		must(t, err)
		if again.Hash() != r.Hash() {
			t.Fatal("the hash changed in storage")
		}
	})
}

// FuzzCell covers the way of one cell, which mutations of a zip never reach.
func FuzzCell(f *testing.F) {
	f.Add("32141837", 3.0, "00000000")
	f.Add(" ３２-", 1e15, "0.00E+00")
	f.Fuzz(func(t *testing.T, text string, number float64, format string) {
		if len(text) > 1000 || len(format) > 50 || format == "" {
			t.Skip()
		}
		r, err := roster.Read(list(t, "known1", text, padded{number, format}), roster.Limits{})
		if err != nil {
			t.Skip() // a text that makes no sound workbook
		}
		if _, ok := r.Lookup("known1"); !ok {
			t.Fatalf("the known student is lost: %+v", r)
		}
	})
}
