package roster_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"hakbeon/recognizer/roster"
)

func TestReadHeaders(t *testing.T) {
	for _, header := range []string{
		"학번", "학 번", " 학번 ", "학\n번", "학번*", "학생번호", "학생 ID", "학번(Student ID)", "학번 / Student No.",
		"Student ID", "STUDENT ID", "student_id", "StudentNo", "Student No.", "Student-Number", "Student ID Number", "SIS User ID",
		"ｓｔｕｄｅｎｔ　ｉｄ", "Matrikelnummer", "No. étudiant", "N° étudiant", "NO. E\u0301TUDIANT", "numéro d'étudiant",
		"学号", "學號", "学籍番号", "ID", "수험번호",
	} {
		r, err := roster.Read(workbook(t, sheet{"s", [][]any{{"No", header}, {1, "30000001"}}}), roster.Limits{})
		if err != nil {
			t.Errorf("%q: %v", header, err)
			continue
		}
		if got := ids(r); !reflect.DeepEqual(got, []string{"30000001"}) {
			t.Errorf("%q: got %v", header, got)
		}
	}
}

func TestReadIDs(t *testing.T) {
	day := time.Date(1989, 12, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		cell any
		want string // empty: skipped
	}{
		{"text", "32141837", "32141837"},
		{"text with leading zeros", "00012345", "00012345"},
		{"number", 32141837, "32141837"},
		{"float", 32141837.0, "32141837"},
		{"twelve digits", 201712345678, "201712345678"},
		{"fifteen digits", 201712345678901, "201712345678901"},
		{"seventeen digits are rounded by spreadsheets", 20171234567890123, ""},
		{"leading zeros by format", padded{12345, "00000000"}, "00012345"},
		{"hyphen by format", padded{32141837, "0000-0000"}, "32141837"},
		{"hyphen and leading zeros by format", padded{120003, "0000-0000"}, "00120003"},
		{"letters and leading zeros by format", padded{12345, `"S-"00000000`}, "00012345"},
		{"hyphen as text", "3214-1837", "3214-1837"},
		{"grouped as text", "32,141,837", "32141837"},
		{"grouped by points", "32.141.837", "32141837"},
		{"whole float as text", "32141837.0", "32141837"},
		{"grouped whole float as text", "32,141,837.00", "32141837"},
		{"all digits with an exponent as text", "3.2141837E+07", "32141837"},
		{"cut digits with an exponent as text", "3.21418E+07", ""},
		{"fraction as text", "32141837.5", ""},
		{"star", "32141837*", "32141837"},
		{"two stars before", "** 32141837", "32141837"},
		{"word in brackets", "32141837(재)", "32141837"},
		{"word in wide brackets", "32141837（재수강）", "32141837"},
		{"word in square brackets before", "[휴학] 32141837", "32141837"},
		{"word", "32141837 재", "32141837"},
		{"circled number", "32141837①", "32141837"},
		{"raised number", "32141837²", "32141837"},
		{"reference mark", "※32141837", "32141837"},
		{"letters beside a mark", "B-2017x3*", "B-2017x3"},
		{"words around a short number", "제 12 조", ""},
		{"word behind a slash", "32141837/재수강", "32141837"},
		{"two numbers", "32141837, 32141838", ""},
		{"grouped by format", padded{32141837, "#,##0"}, "32141837"},
		{"decimals by format", padded{32141837, "0.00"}, "32141837"},
		{"exponent by format", padded{32141837, "0.00E+00"}, "32141837"},
		{"date by format", padded{32843, "yyyy-mm-dd"}, "32843"},
		{"text under a number format", padded{"00012345", "0"}, "00012345"},
		{"text that looks like an exponent", "12E34", "12E34"},
		{"fraction", 3.5, ""},
		{"date", day, "32843"},
		{"spaces around", "  32141837\u00a0", "32141837"},
		{"hyphens around", "-32141837-", "32141837"},
		{"quote of a forced text", "'00012345", "00012345"},
		{"digits in groups", "3214 1837", "32141837"},
		{"full width", "３２１４１８３７", "32141837"},
		{"invisible marks", "\u200e32141837\ufeff", "32141837"},
		{"letters and a hyphen", "B-2017x3", "B-2017x3"},
		{"typographic hyphen", "B\u20112017", "B-2017"},
		{"words", "3 students", ""},
		{"no digit", "none", ""},
		{"Hangul", "미정", ""},
		{"slash", "3214/1837", ""},
		{"too long", "123456789012345678901234567890123", ""},
		{"error value", "#N/A", ""},
	}
	for _, tt := range tests {
		r, err := roster.Read(list(t, "1", tt.cell), roster.Limits{})
		must(t, err)
		want := []string{"1"}
		if tt.want != "" {
			want = append(want, tt.want)
		}
		if got := ids(r); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, want)
		}
		if tt.want == "" && (len(r.Skipped) != 1 || r.Skipped[0].Row != 3 || r.Skipped[0].Reason == "") {
			t.Errorf("%s: skipped: got %+v", tt.name, r.Skipped)
		}
	}
}

func TestReadExponentAsStored(t *testing.T) {
	data := rewrite(t, list(t, 32141837), func(_ string, content []byte) []byte {
		return replace(content, "<v>32141837</v>", "<v>3.2141837E7</v>")
	})
	r, err := roster.Read(data, roster.Limits{})
	must(t, err)
	if got := ids(r); !reflect.DeepEqual(got, []string{"32141837"}) {
		t.Errorf("got %v", got)
	}
}

func TestReadLayout(t *testing.T) {
	type students = []roster.Student
	tests := []struct {
		name   string
		sheets []sheet
		want   students
	}{
		{"title, empty rows, other columns, total", []sheet{{"명단", [][]any{
			{"2017학년도 2학기 기말고사"}, {"학번 순 출석부"}, {},
			{"번호", "학과", "학번", "학년", "성 명"},
			{1, "수학과", "30000002", 3, "나 학생"}, {}, {2, "수학과", "30000001", 2, " 가 학생 "},
			{"합계", nil, 2},
		}}}, students{{"30000002", "나 학생", "수학과", false}, {"30000001", "가 학생", "수학과", false}}},
		{"name left of the ID", []sheet{{"s", [][]any{
			{"Name", "Student ID"}, {"Student One", 7000001},
		}}}, students{{"7000001", "Student One", "", false}}},
		{"two lists side by side", []sheet{{"s", [][]any{
			{"학번", "이름", nil, "학번", "이름"}, {"1", "a", nil, "3", "c"}, {"2", "b"},
		}}}, students{{"1", "a", "", false}, {"3", "c", "", false}, {"2", "b", "", false}}},
		{"header on every printed page, columns moved", []sheet{{"s", [][]any{
			{"학번", "이름"}, {"1", "a"}, {"쪽 2"}, {"이름", "학번"}, {"b", "2"},
		}}}, students{{"1", "a", "", false}, {"2", "b", "", false}}},
		{"second sheet", []sheet{{"안내", [][]any{{"read me"}}}, {"명단", [][]any{{"학번"}, {1}}}}, students{{ID: "1"}}},
		{"a sheet for each class", []sheet{
			{"01분반", [][]any{{"학번"}, {1}, {2}}}, {"02분반", [][]any{{"순번", "학번"}, {1, 2}, {2, 3}}},
		}, students{{ID: "1"}, {ID: "2"}, {ID: "3"}}},
		{"sure header wins in a row", []sheet{{"s", [][]any{
			{"ID", "학번"}, {"user1", "30000001"},
		}}}, students{{ID: "30000001"}}},
		{"sure header wins over an earlier one", []sheet{{"s", [][]any{
			{"ID"}, {"x1"}, {"학번"}, {"30000001"},
		}}}, students{{ID: "30000001"}}},
		{"sure header wins over another sheet", []sheet{
			{"a", [][]any{{"ID"}, {"x1"}}}, {"b", [][]any{{"학번"}, {"30000001"}}},
		}, students{{ID: "30000001"}}},
		{"a student called ID", []sheet{{"s", [][]any{
			{"ID", "Name"}, {"x1", "Id"}, {"x2", "b"},
		}}}, students{{"x1", "Id", "", false}, {"x2", "b", "", false}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := roster.Read(workbook(t, tt.sheets...), roster.Limits{})
			must(t, err)
			if !reflect.DeepEqual(r.Students, tt.want) {
				t.Errorf("got %+v, want %+v", r.Students, tt.want)
			}
		})
	}
}

func TestReadReportsSkippedRows(t *testing.T) {
	r, err := roster.Read(workbook(t,
		sheet{"A", [][]any{
			{"학번", "이름"}, {"1", "a"}, {"1", "a"}, {nil, "nobody"}, {"none", "b"},
			{"합계 1"}, {"Total", 1}, {30, "총원"},
		}},
		sheet{"B", [][]any{{"학번"}, {"1"}}},
	), roster.Limits{})
	must(t, err)
	total := func(row int) roster.Skip {
		return roster.Skip{Sheet: "A", Row: row, Reason: "a total, not a student", ReasonKO: "합계 행이며 학생이 아님", Harmless: true}
	}
	want := []roster.Skip{
		{Sheet: "A", Row: 3, Cell: "A3", Value: "1", Reason: "duplicate of row 2", ReasonKO: "2행과 중복", Harmless: true},
		{Sheet: "A", Row: 4, Cell: "A4", Reason: "no student ID", ReasonKO: "학번이 없음"},
		{Sheet: "A", Row: 5, Cell: "A5", Value: "none", Reason: "not a student ID: no digit in it", ReasonKO: "학번이 아님: 숫자가 없음"},
		total(6), total(7), total(8),
		{Sheet: "B", Row: 2, Cell: "A2", Value: "1", Reason: `duplicate of row 2 of sheet "A"`, ReasonKO: `시트 "A"의 2행과 중복`},
	}
	if !reflect.DeepEqual(r.Skipped, want) {
		t.Errorf("got %+v, want %+v", r.Skipped, want)
	}
	if got := ids(r); !reflect.DeepEqual(got, []string{"1"}) {
		t.Errorf("got %v", got)
	}
}

func TestReadMergedCells(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	rows := [][]any{{"기말고사 응시자"}, {"번호", "학번", "성적"}, {nil, nil, "중간", "기말"}, {1, "30000001"}, {2, "30000002"}}
	for i, row := range rows {
		for c, value := range row {
			writeCell(t, f, "Sheet1", c+1, i+1, value)
		}
	}
	for _, area := range [][2]string{{"A1", "D1"}, {"A2", "A3"}, {"B2", "B3"}, {"C2", "D2"}} {
		must(t, f.MergeCell("Sheet1", area[0], area[1]))
	}
	r, err := roster.Read(save(t, f), roster.Limits{})
	must(t, err)
	if got := ids(r); !reflect.DeepEqual(got, []string{"30000001", "30000002"}) {
		t.Errorf("got %v", got)
	}
}

func TestReadHiddenSheets(t *testing.T) {
	build := func(visible [][]any) []byte {
		f := excelize.NewFile()
		defer f.Close()
		_, err := f.NewSheet("old")
		must(t, err)
		for i, row := range visible {
			writeCell(t, f, "Sheet1", 1, i+1, row[0])
		}
		writeCell(t, f, "old", 1, 1, "학번")
		writeCell(t, f, "old", 1, 2, "9")
		must(t, f.SetSheetVisible("old", false))
		return save(t, f)
	}
	tests := []struct {
		name    string
		visible [][]any
		want    string
	}{
		{"not while a visible sheet has IDs", [][]any{{"학번"}, {"1"}}, "1"},
		{"not even against a doubtful header", [][]any{{"ID"}, {"1"}}, "1"},
		{"when it is all there is", [][]any{{"see the portal"}}, "9"},
	}
	for _, tt := range tests {
		r, err := roster.Read(build(tt.visible), roster.Limits{})
		must(t, err)
		if got := ids(r); !reflect.DeepEqual(got, []string{tt.want}) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	var cells []any
	for i := range 300 {
		cells = append(cells, 30000000+i)
	}
	data := list(b, cells...)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := roster.Read(data, roster.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
