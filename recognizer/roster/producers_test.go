package roster_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"hakbeon/recognizer/roster"
)

// parts is a workbook as other programs write it, where the library that
// writes our other test files would not.
func parts(t testing.TB, sheetXML string, more map[string]string) []byte {
	t.Helper()
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	const main = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	const pkg = `http://schemas.openxmlformats.org/package/2006/`
	files := map[string]string{
		"[Content_Types].xml": head + `<Types xmlns="` + pkg + `content-types">` +
			`<Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels": head + `<Relationships xmlns="` + pkg + `relationships">` +
			`<Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": head + `<workbook xmlns="` + main + `" xmlns:r="` + rel + `">` +
			`<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": head + `<Relationships xmlns="` + pkg + `relationships">` +
			`<Relationship Id="rId1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": head + `<worksheet xmlns="` + main + `"><sheetData>` + sheetXML + `</sheetData></worksheet>`,
	}
	maps.Copy(files, more)
	return archive(t, files)
}

func TestReadOtherProducers(t *testing.T) {
	header := `<row r="1"><c r="A1" t="inlineStr"><is><t>학번</t></is></c></row>`
	tests := []struct {
		name, rows string
		more       map[string]string
		want       string
	}{
		{"inline text", `<row r="3"><c r="A3" t="inlineStr"><is><t>00123</t></is></c></row>`, nil, "00123"},
		{"rich text in runs", `<row r="3"><c r="A3" t="inlineStr"><is><r><t>3214</t></r><r><t>1837</t></r></is></c></row>`, nil, "32141837"},
		{"formula with its value", `<row r="3"><c r="A3"><f>B2+1</f><v>32141837</v></c></row>`, nil, "32141837"},
		{"formula with a text value", `<row r="3"><c r="A3" t="str"><f>B2</f><v>00123</v></c></row>`, nil, "00123"},
		{"no cell references", `<row><c><v>32141837</v></c></row>`, nil, "32141837"},
		{"number with a point", `<row r="3"><c r="A3"><v>32141837.0</v></c></row>`, nil, "32141837"},
		{"number with an exponent", `<row r="3"><c r="A3"><v>3.2141837E+7</v></c></row>`, nil, "32141837"},
		{"rounded number with an exponent", `<row r="3"><c r="A3"><v>2.01712345678901E+17</v></c></row>`, nil, ""},
		{"shared text", `<row r="3"><c r="A3" t="s"><v>1</v></c></row>`, map[string]string{
			"xl/sharedStrings.xml": `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>other</t></si><si><t xml:space="preserve"> 00123 </t></si></sst>`,
		}, "00123"},
		{"macros", `<row r="3"><c r="A3"><v>5</v></c></row>`, map[string]string{"xl/vbaProject.bin": "\x00\x01"}, "5"},
		{"last row of a sheet", `<row r="1048576"><c r="A1048576"><v>5</v></c></row>`, nil, "5"},
		{"last column of a sheet", `<row r="3"><c r="A3"><v>5</v></c><c r="XFD3"><v>1</v></c></row>`, nil, "5"},
		{"error value", `<row r="3"><c r="A3"><v>5</v></c></row><row r="4"><c r="A4" t="e"><v>#REF!</v></c></row>`, nil, "5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			known := `<row r="2"><c r="A2"><v>1</v></c></row>`
			r, err := roster.Read(parts(t, header+known+tt.rows, tt.more), roster.Limits{})
			must(t, err)
			want := []string{"1"}
			if tt.want != "" {
				want = append(want, tt.want)
			}
			if got := ids(r); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v (skipped %+v)", got, want, r.Skipped)
			}
		})
	}
}

func TestReadRefusesRowsBeyondASheet(t *testing.T) {
	data := parts(t, `<row r="1048577"><c r="A1048577"><v>5</v></c></row>`, nil)
	if _, err := roster.Read(data, roster.Limits{}); err == nil {
		t.Error("a row that no sheet can have was taken")
	}
}

func TestReadRefusesBrokenSharedText(t *testing.T) {
	data := parts(t, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, map[string]string{
		"xl/sharedStrings.xml": `<sst><si><t>학번</t></si><si><t>`,
	})
	if r, err := roster.Read(data, roster.Limits{}); err == nil {
		t.Errorf("got %+v, want an error", r)
	}
}

// Any mix of ways to enter IDs gives the same roster.
func TestReadAnyMixOfCells(t *testing.T) {
	ways := []func(id int) any{
		func(id int) any { return id },
		func(id int) any { return float64(id) },
		func(id int) any { return fmt.Sprint(id) },
		func(id int) any { return fmt.Sprintf(" %d ", id) },
		func(id int) any { return padded{id, "0"} },
		func(id int) any { return padded{id, "#,##0.00"} },
		func(id int) any { return padded{fmt.Sprint(id), "@"} },
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		rows := [][]any{{"title"}, {"순번", "이름", "학번"}}
		var want []roster.Student
		for i, p := range rnd.Perm(60) {
			id := 20170000 + p
			for rnd.IntN(5) == 0 {
				rows = append(rows, nil)
			}
			name := fmt.Sprintf("학생 %d", i)
			rows = append(rows, []any{i + 1, name, ways[rnd.IntN(len(ways))](id)})
			want = append(want, roster.Student{ID: fmt.Sprint(id), Name: name})
		}
		r, err := roster.Read(workbook(t, sheet{"명단", rows}), roster.Limits{})
		must(t, err)
		if !reflect.DeepEqual(r.Students, want) || len(r.Skipped) != 0 {
			t.Fatalf("got %+v, want %+v", r, want)
		}
	}
}

func TestReadConcurrently(t *testing.T) {
	data := list(t, 1, 2, 3)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r, err := roster.Read(data, roster.Limits{})
			if err != nil || len(r.Students) != 3 {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
	wg.Wait()
}

func TestReadIgnoresWhatIsNotASheet(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	writeCell(t, f, "Sheet1", 1, 1, "학번")
	writeCell(t, f, "Sheet1", 1, 2, 32141837)
	must(t, f.AddComment("Sheet1", excelize.Comment{Cell: "A2", Author: "a", Text: "moved here"}))
	must(t, f.AddChartSheet("Chart", &excelize.Chart{
		Type:   excelize.Col,
		Series: []excelize.ChartSeries{{Values: "Sheet1!$A$2:$A$2"}},
	}))
	var b bytes.Buffer
	must(t, f.Write(&b))
	r, err := roster.Read(b.Bytes(), roster.Limits{})
	must(t, err)
	if got := ids(r); !reflect.DeepEqual(got, []string{"32141837"}) {
		t.Errorf("got %v", got)
	}
}
