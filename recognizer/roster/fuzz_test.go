package roster_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
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
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := roster.Read(data, fuzzLimits())
		checkRead(t, r, err)
	})
}

func fuzzLimits() roster.Limits {
	return roster.Limits{MaxBytes: 1 << 20, MaxUnzipped: 4 << 20, MaxRows: 1000}
}

var soundID = regexp.MustCompile(`^[0-9A-Za-z-]{1,32}$`)

// checkRead wants an error that blames the file, or a roster that is found again by its
// IDs and stays the same in storage.
func checkRead(t *testing.T, r *roster.Roster, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, roster.ErrFormat) && !errors.Is(err, roster.ErrTooLarge) && !errors.Is(err, roster.ErrNoIDs) {
			t.Fatalf("an error of no kind: %v", err)
		}
		return
	}
	for i, s := range r.Students {
		if at, ok := r.Lookup(s.ID); !ok || at != i || !soundID.MatchString(s.ID) {
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
}

// FuzzWorkbook puts anything in the place of a workbook's parts, which mutations of a
// zip never reach.
func FuzzWorkbook(f *testing.F) {
	book := workbook(f, sheet{"Sheet1", [][]any{{"학번", "이름"}, {"32141837", "가"}, {padded{2, "0000"}, "나"}}})
	parts := []string{"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
	rewrite(f, book, func(name string, content []byte) []byte {
		if i := slices.Index(parts, name); i >= 0 {
			f.Add(uint8(i), content)
		}
		return content
	})
	f.Add(uint8(0), []byte(`<worksheet><sheetData><row r="2147483647"><c r="XFD1" t="s"><v>-1</v></c></row></sheetData></worksheet>`))
	f.Fuzz(func(t *testing.T, part uint8, with []byte) {
		data := rewrite(t, book, func(name string, content []byte) []byte {
			if name == parts[int(part)%len(parts)] {
				return with
			}
			return content
		})
		r, err := roster.Read(data, fuzzLimits())
		checkRead(t, r, err)
	})
}

// FuzzReadExams: whatever the bytes, there are names of exams or an error of the file.
func FuzzReadExams(f *testing.F) {
	f.Add([]byte("exam_code;name\nSaS_2017_Final;통계학 기말\n"))
	f.Add([]byte(`{"SaS_2017_Final": "통계학 기말"}`))
	f.Add([]byte(`[{"exam_code": "SaS_2017_Final", "name": "통계학 기말"}]`))
	f.Add(workbook(f, sheet{"s", [][]any{{"시험 코드", "과목명"}, {"MATH_1", "미적분학"}}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		exams, err := roster.ReadExams(data, fuzzLimits())
		if err != nil {
			checkRead(t, nil, err)
			return
		}
		for code, name := range exams {
			if code == "" || exams.Name(code) != name {
				t.Errorf("exam %q is called %q", code, name)
			}
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
