package roster_test

import (
	"reflect"
	"testing"

	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"hakbeon/recognizer/roster"
)

func TestReadText(t *testing.T) {
	const plain = "2017학년도 기말고사,,\n\n학과,학번,성명\n통계학과,30000002,나 학생\n수학과,00012345,\"가, 학생\"\n합계,2,\n"
	want := []roster.Student{{"30000002", "나 학생", "통계학과", false}, {"00012345", "가, 학생", "수학과", false}}
	cp949, err := korean.EUCKR.NewEncoder().String(plain)
	must(t, err)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	must(t, err)
	for name, text := range map[string]string{
		"UTF-8": plain, "with a mark": "\ufeff" + plain, "CP949": cp949, "UTF-16": utf16,
	} {
		r, err := roster.Read([]byte(text), roster.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(r.Students, want) {
			t.Errorf("%s: got %+v, want %+v", name, r.Students, want)
		}
		if len(r.Skipped) != 1 || r.Skipped[0].Row != 6 || !r.Skipped[0].Harmless {
			t.Errorf("%s: skipped %+v, want the total in row 6", name, r.Skipped)
		}
	}
}

func TestReadTextKinds(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		skipped    int // the row of the one that is skipped, 0 for none
	}{
		{"one column", "학번\n1\n2\n", []string{"1", "2"}, 0},
		{"no line break at the end", "학번\n1\n2", []string{"1", "2"}, 0},
		{"carriage returns", "학번,이름\r\n1,a\r\n2,b\r\n", []string{"1", "2"}, 0},
		{"semicolons", "이름;학번\na,b;1\n", []string{"1"}, 0},
		{"tabs", "이름\t학번\na\t1\n", []string{"1"}, 0},
		{"said", "sep=;\n학번;이름\n1;a\n1;a\n", []string{"1"}, 4},
		{"forced to be text", "학번,이름\n=\"00012345\",a\n\"=\"\"00012346\"\"\",b\n", []string{"00012345", "00012346"}, 0},
		{"quoted", "\"학번\",\"이름\"\n\"1\",\"a\"\n", []string{"1"}, 0},
		{"a quotation mark in a name", "학번,이름\n1,a \"b\" c\n2,d\n", []string{"1", "2"}, 0},
		{"a line break in a name", "학번,이름\n1,\"a\nb\"\n2,c\nnone,d\n", []string{"1", "2"}, 4},
		{"rounded by a spreadsheet", "학번\n1\n3.21E+07\n", []string{"1"}, 3},
		{"empty rows", "학번\n\n\n1\n,,\n\nnone\n", []string{"1"}, 7},
	}
	for _, tt := range tests {
		r, err := roster.Read([]byte(tt.text), roster.Limits{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := ids(r); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		if tt.skipped == 0 && len(r.Skipped) > 0 || tt.skipped > 0 && (len(r.Skipped) != 1 || r.Skipped[0].Row != tt.skipped) {
			t.Errorf("%s: skipped %+v, want row %d", tt.name, r.Skipped, tt.skipped)
		}
	}
}

func TestReadDepartments(t *testing.T) {
	for _, header := range []string{"학과", "학과(전공)", "소속", "Department", "Major", "Filière"} {
		r, err := roster.Read(workbook(t, sheet{"s", [][]any{{header, "학번", "성명"}, {"통계학과", 30000001, "가 학생"}}}), roster.Limits{})
		must(t, err)
		if want := (roster.Student{ID: "30000001", Name: "가 학생", Department: "통계학과"}); r.Students[0] != want {
			t.Errorf("%s: got %+v", header, r.Students[0])
		}
	}
}
