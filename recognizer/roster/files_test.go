package roster_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"hakbeon/recognizer/roster"
)

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	must(t, err)
	return data
}

// Files of other writers: xlwt's and SheetJS' old workbooks, and what is served
// under their name.
func TestReadOldWorkbooksAndTheirStandIns(t *testing.T) {
	sheetJS := []roster.Student{{"32141837", "가 학생", "수학과", false}, {"00012345", "나 학생", "물리학과", false}, {"32141838", "다 학생", "수학과", false}}
	for name, want := range map[string][]roster.Student{
		"xlwt.xls": {
			{"32141837", "가 학생", "수학과", false}, {"00012345", "나 학생", "물리학과", false}, {"00012346", "다 학생", "수학과", false},
			{"32141838", "라 학생", "수학과", false}, {"32141839", "마 학생", "철학과", false}, {"32141840", "바 학생", "철학과", false},
		},
		"sheetjs.xls": sheetJS, "sheetjs-excel5.xls": {{"32141837", "Student A", "", false}, {"00012345", "Student B", "", false}}, "sheetjs-html.xls": sheetJS, "sheetjs-xml.xls": sheetJS,
	} {
		r, err := roster.Read(testdata(t, name), roster.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(r.Students, want) {
			t.Errorf("%s: got %+v, want %+v (skipped %+v)", name, r.Students, want, r.Skipped)
		}
	}
}

func TestReadOldWorkbookOfLongTexts(t *testing.T) {
	r, err := roster.Read(testdata(t, "continued.xls"), roster.Limits{})
	must(t, err)
	if len(r.Students) != 60 || !strings.HasPrefix(r.Row(59)[1], "가나다") || r.Students[59].ID != "30000059" {
		t.Errorf("got %d students, the last row %.40q", len(r.Students), r.Row(59))
	}
	cut := testdata(t, "continued.xls")
	if _, err := roster.Read(cut[:len(cut)/2], roster.Limits{}); !errors.Is(err, roster.ErrFormat) {
		t.Errorf("cut off: got %v", err)
	}
}

func TestReadWebPages(t *testing.T) {
	tests := []struct{ name, page, want string }{
		{"a table", `<html><table><tr><th>학번</th><th>이름</th></tr><tr><td>1001</td><td>a</td></tr><tr><td>1002<td>b</table>`, "1001 1002"},
		{"a table within a table", `<table><tr><td>menu</td><td><table><tr><td>학번<tr><td>1001</table></td></tr></table>`, "1001"},
		{"cells over columns and rows", `<table><tr><td colspan=2>명단</td></tr><tr><td rowspan="2">번호</td><td rowspan="2">학번</td><td colspan="2">성적</td></tr>` +
			`<tr><td>중간</td><td>기말</td></tr><tr><td>1</td><td>1001</td><td>9</td><td>9</td></tr></table>`, "1001"},
		{"entities, styles and comments", `<table><style>td{}</style><tr><td>&#54617;&#48264;</td></tr><!-- x --><tr><td><span>&nbsp;1001</span><br></td></tr></table>`, "1001"},
		{"CP949 as it says", "<html><head><meta charset=\"euc-kr\"></head><table><tr><td>\xc7\xd0\xb9\xf8</td></tr><tr><td>1001</td></tr></table>", "1001"},
		{"CP949 without a word", "<table><tr><td>\xc7\xd0\xb9\xf8</td></tr><tr><td>1001</td></tr></table>", "1001"},
		{"not closed", `<table><tr><td>학번</td></tr><tr><td>1001`, "1001"},
	}
	for _, tt := range tests {
		r, err := roster.Read([]byte(tt.page), roster.Limits{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := strings.Join(ids(r), " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestReadExcelsXML(t *testing.T) {
	const page = `<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>
<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ss:Worksheet ss:Name="명단"><ss:Table>
<ss:Row ss:Index="3"><ss:Cell ss:Index="2"><ss:Data ss:Type="String">학번</ss:Data></ss:Cell></ss:Row>
<ss:Row><ss:Cell><ss:Data ss:Type="Number">1</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="Number">32141837</ss:Data></ss:Cell></ss:Row>
<ss:Row><ss:Cell ss:Index="2"><ss:Data ss:Type="String">none</ss:Data></ss:Cell></ss:Row></ss:Table></ss:Worksheet></ss:Workbook>`
	r, err := roster.Read([]byte(page), roster.Limits{})
	must(t, err)
	if len(r.Students) != 1 || r.Students[0].ID != "32141837" {
		t.Errorf("got %+v", r.Students)
	}
	if len(r.Skipped) != 1 || r.Skipped[0].Cell != "B5" || r.Skipped[0].Sheet != "명단" || r.Skipped[0].Value != "none" {
		t.Errorf("skipped %+v, want B5", r.Skipped)
	}
}

func TestReadTextsOfOtherSystems(t *testing.T) {
	const plain = "학번,이름\n32141837,가\n32141838,나\n"
	old := strings.ReplaceAll(plain, "\n", "\r")
	for name, text := range map[string]string{
		"carriage returns alone":         old,
		"carriage returns and one feed":  old + "\n",
		"UTF-16 without a mark":          utf16le(plain),
		"UTF-16 without a mark, swapped": swapped(utf16le(plain)),
		"UTF-16 of a Mac":                "\xff\xfe" + utf16le(old),
		"soft line breaks":               strings.Replace(plain, "가", "가\v나\f", 1),
		"an end mark of DOS":             plain + "\x1a",
		"separators of a database":       strings.Replace(plain, "가", "가\x1d나", 1),
	} {
		r, err := roster.Read([]byte(text), roster.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(ids(r), " "); got != "32141837 32141838" || len(r.Skipped) > 0 {
			t.Errorf("%s: got %q, skipped %+v", name, got, r.Skipped)
		}
	}
}

func swapped(s string) string {
	b := []byte(s)
	for i := 0; i+1 < len(b); i += 2 {
		b[i], b[i+1] = b[i+1], b[i]
	}
	return string(b)
}
