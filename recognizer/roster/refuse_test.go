package roster_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"hakbeon/recognizer/roster"
)

func replace(content []byte, old, new string) []byte {
	return bytes.ReplaceAll(content, []byte(old), []byte(new))
}

func utf16le(s string) string {
	b := &bytes.Buffer{}
	for _, u := range utf16.Encode([]rune(s)) {
		_ = binary.Write(b, binary.LittleEndian, u)
	}
	return b.String()
}

func TestReadRefuses(t *testing.T) {
	const ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	good := list(t, "1", "2")
	tests := []struct {
		name string
		data []byte
		want error
		says string // what tells the person what to do
	}{
		{"empty", nil, roster.ErrFormat, "empty"},
		{"old .xls", []byte(ole + strings.Repeat("\x00", 600)), roster.ErrFormat, ".xls workbook"},
		{"password", []byte(ole + utf16le("EncryptedPackage")), roster.ErrFormat, "password"},
		{"csv without a header", []byte("번호,이름\n1,a\n"), roster.ErrNoIDs, `"학번"`},
		{"csv in no known encoding", []byte("\xff\xff\xfe,\xfd\xff\r\n1,a\r\n"), roster.ErrFormat, "CP949"},
		{"csv with an open quotation mark", []byte("학번,이름\n1,\"a\n2,b\n3,c\n"), roster.ErrFormat, "row 2"},
		{"csv with an open quotation mark far above", []byte("학번,이름\n1,\"a\n2,b\n3,c\n4,d\n5,e\n6,\"f\"\n"), roster.ErrFormat, "row 2"},
		{"older .xls", []byte("\x09\x08\x10\x00\x00\x06\x05\x00"), roster.ErrFormat, ".xls workbook"},
		{"web page", []byte("\ufeff \n<html><table>"), roster.ErrFormat, "web page"},
		{"pdf", []byte("%PDF-1.7\n%\xe2\xe3"), roster.ErrFormat, "PDF"},
		{"binary", []byte{0x89, 'P', 'N', 'G', 0, 1, 2}, roster.ErrFormat, "save it as .xlsx"},
		{"ods", archive(t, map[string]string{"content.xml": "<x/>", "mimetype": "x"}), roster.ErrFormat, ".ods"},
		{"xlsb", archive(t, map[string]string{"xl/workbook.bin": "x", "xl/a.xml": "<x/>"}), roster.ErrFormat, ".xlsb"},
		{"numbers", archive(t, map[string]string{"Index/Document.iwa": "x"}), roster.ErrFormat, "Numbers"},
		{"some zip", archive(t, map[string]string{"a.txt": "x"}), roster.ErrFormat, "without a workbook"},
		{"truncated", good[:len(good)/2], roster.ErrFormat, "damaged"},
		{"no workbook in xl", archive(t, map[string]string{"xl/x.xml": "<x/>"}), nil, ""},
		{"no header", workbook(t, sheet{"안내", [][]any{{"번호", "이름"}, {1, "a"}}}), roster.ErrNoIDs, `"학번"`},
		{"no header names the sheets", workbook(t, sheet{"안내", [][]any{{"x"}}}), roster.ErrNoIDs, `"안내"`},
		{"a text that speaks of student IDs", []byte("**A reader** (학번, \"student number\") of sheets.\n\n" + strings.Repeat("A line, and another.\n", 30) + "S3\n"), roster.ErrNoIDs, "not a student ID"},
		{"header alone", list(t), roster.ErrNoIDs, "no rows below"},
		{"header, no ID below", list(t, "none", "미정"), roster.ErrNoIDs, "row 2: not a student ID"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := roster.Read(tt.data, roster.Limits{})
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %q, want it to say %q", err, tt.says)
			}
		})
	}
}

// A student must not be lost because the part of the file below is broken.
func TestReadRefusesDamagedParts(t *testing.T) {
	good := workbook(t, sheet{"Sheet1", [][]any{{"학번"}, {1}, {2}, {3}}})
	brokenXML := rewrite(t, good, func(name string, content []byte) []byte {
		if name == "xl/worksheets/sheet1.xml" {
			return content[:len(content)*2/3]
		}
		return content
	})
	if _, err := roster.Read(brokenXML, roster.Limits{}); !errors.Is(err, roster.ErrFormat) {
		t.Errorf("broken XML: got %v, want ErrFormat", err)
	}
	stored := storedEntry(t, good, "xl/worksheets/sheet1.xml")
	if _, err := roster.Read(stored, roster.Limits{}); err != nil {
		t.Fatalf("before damage: %v", err)
	}
	flipped := replace(stored, "<v>3</v>", "<v>8</v>")
	if _, err := roster.Read(flipped, roster.Limits{}); !errors.Is(err, roster.ErrFormat) {
		t.Errorf("bad checksum: got %v, want ErrFormat", err)
	}
}

func TestReadRefusesTooMuch(t *testing.T) {
	three := list(t, 1, 2, 3)
	bomb := rewrite(t, three, func(name string, content []byte) []byte {
		if name == "xl/worksheets/sheet1.xml" {
			return replace(content, "</sheetData>", strings.Repeat(" ", 4<<20)+"</sheetData>")
		}
		return content
	})
	tests := []struct {
		name string
		data []byte
		lim  roster.Limits
	}{
		{"rows of text", []byte("학번\n1\n2\n3\n"), roster.Limits{MaxRows: 3}},
		{"columns of text", []byte("학번\n" + strings.Repeat(",", 20_000) + "\n1\n"), roster.Limits{}},
		{"bytes", three, roster.Limits{MaxBytes: 100}},
		{"rows", three, roster.Limits{MaxRows: 3}},
		{"unzipped", bomb, roster.Limits{MaxUnzipped: 1 << 20}},
		{"directory claims", claiming(t, 1<<50), roster.Limits{}},
		{"directory claims overflow", claiming(t, 1<<63), roster.Limits{}},
		{"entries", manyEntries(t, 10_001), roster.Limits{}},
	}
	for _, tt := range tests {
		if _, err := roster.Read(tt.data, tt.lim); !errors.Is(err, roster.ErrTooLarge) {
			t.Errorf("%s: got %v, want ErrTooLarge", tt.name, err)
		}
	}
	if _, err := roster.Read(three, roster.Limits{MaxRows: 4}); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if _, err := roster.Read(bomb, roster.Limits{}); err != nil {
		t.Errorf("below the default limit: %v", err)
	}
}

// The directory promises few bytes and the entry unpacks to many: it is cut
// off at the promise, which is damage.
func TestReadRefusesLyingBomb(t *testing.T) {
	if _, err := roster.Read(lying(t, 64<<20, 100), roster.Limits{MaxUnzipped: 1 << 20}); !errors.Is(err, roster.ErrFormat) {
		t.Errorf("got %v, want ErrFormat", err)
	}
}

func storedEntry(t testing.TB, data []byte, name string) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, entry := range zr.File {
		if entry.Name != name {
			must(t, zw.Copy(entry))
			continue
		}
		r, err := entry.Open()
		must(t, err)
		w, err := zw.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		must(t, err)
		_, err = io.Copy(w, r)
		must(t, err)
	}
	must(t, zw.Close())
	return b.Bytes()
}

// claiming is an archive whose entries say that they unpack to size bytes each.
func claiming(t testing.TB, size uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/a.xml"} {
		w, err := zw.CreateRaw(&zip.FileHeader{Name: name, UncompressedSize64: size, CompressedSize64: 1})
		must(t, err)
		_, err = w.Write([]byte("x"))
		must(t, err)
	}
	must(t, zw.Close())
	return b.Bytes()
}

// lying is an archive with an entry of real bytes that says it has fewer.
func lying(t testing.TB, real, said int) []byte {
	t.Helper()
	var packed bytes.Buffer
	inner := zip.NewWriter(&packed)
	w, err := inner.Create("x")
	must(t, err)
	_, err = w.Write(make([]byte, real))
	must(t, err)
	must(t, inner.Close())
	zr, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	must(t, err)
	raw, err := zr.File[0].OpenRaw()
	must(t, err)
	content, err := io.ReadAll(raw)
	must(t, err)

	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	out, err := zw.CreateRaw(&zip.FileHeader{
		Name: "xl/workbook.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(make([]byte, said)),
		UncompressedSize64: uint64(said), CompressedSize64: uint64(len(content)),
	})
	must(t, err)
	_, err = out.Write(content)
	must(t, err)
	must(t, zw.Close())
	return b.Bytes()
}

func manyEntries(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for range n {
		_, err := zw.CreateRaw(&zip.FileHeader{Name: "xl/a.xml"})
		must(t, err)
	}
	must(t, zw.Close())
	return b.Bytes()
}
