package roster_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"
)

// sheet is a worksheet to be written: a nil cell stays empty.
type sheet struct {
	name string
	rows [][]any
}

// padded is a number shown with leading zeros by its format.
type padded struct {
	number any
	format string
}

func workbook(t testing.TB, sheets ...sheet) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range sheets {
		if i == 0 {
			must(t, f.SetSheetName("Sheet1", s.name))
		} else {
			_, err := f.NewSheet(s.name)
			must(t, err)
		}
		for r, row := range s.rows {
			for c, value := range row {
				writeCell(t, f, s.name, c+1, r+1, value)
			}
		}
	}
	return save(t, f)
}

func writeCell(t testing.TB, f *excelize.File, sheet string, col, row int, value any) {
	t.Helper()
	at, err := excelize.CoordinatesToCellName(col, row)
	must(t, err)
	switch v := value.(type) {
	case nil:
	case padded:
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &v.format})
		must(t, err)
		must(t, f.SetCellValue(sheet, at, v.number))
		must(t, f.SetCellStyle(sheet, at, at, style))
	default:
		must(t, f.SetCellValue(sheet, at, v))
	}
}

func save(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, f.Write(&b))
	return b.Bytes()
}

// list is a workbook with one sheet, a header and the given ID cells.
func list(t testing.TB, ids ...any) []byte {
	t.Helper()
	rows := [][]any{{"학번"}}
	for _, id := range ids {
		rows = append(rows, []any{id})
	}
	return workbook(t, sheet{"Sheet1", rows})
}

// rewrite copies an archive and lets edit change the content of each entry.
func rewrite(t testing.TB, data []byte, edit func(name string, content []byte) []byte) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, entry := range zr.File {
		r, err := entry.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		w, err := zw.Create(entry.Name)
		must(t, err)
		_, err = w.Write(edit(entry.Name, content))
		must(t, err)
	}
	must(t, zw.Close())
	return b.Bytes()
}

func archive(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for name, content := range files {
		w, err := zw.Create(name)
		must(t, err)
		_, err = io.WriteString(w, content)
		must(t, err)
	}
	must(t, zw.Close())
	return b.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
