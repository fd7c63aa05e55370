package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A folder's files are sheets by their name or by what is in them; the others are
// told, but for what systems leave behind.
func TestSheetFilesOfAFolder(t *testing.T) {
	const jpeg, png = "\xff\xd8\xff\xe0", "\x89PNG\r\n\x1a\n"
	folder := t.TempDir()
	for name, content := range map[string]string{
		"a.jpg": jpeg, "b.JPE": jpeg, "c.jfif": jpeg, "d.heif": "x", "e": png, "f.scan": "%PDF-1.4", "sub/g.TIFF": "x", "h.jpg.part": jpeg,
		"broken.jpg": "no picture", "notes.txt": "hello", "k.gif": "GIF89a", "roster.xlsx": "PK\x03\x04", "empty": "",
		"._a.jpg": "x", "Thumbs.db": "x", ".DS_Store": "x", "__MACOSX/a.jpg": jpeg, ".cache/a.jpg": jpeg,
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, passed, err := sheetFiles([]string{folder})
	if err != nil {
		t.Fatal(err)
	}
	var got, others []string
	for _, f := range files {
		got = append(got, filepath.Base(f))
	}
	for _, p := range passed {
		others = append(others, filepath.Base(p.path))
	}
	if want := []string{"a.jpg", "b.JPE", "broken.jpg", "c.jfif", "d.heif", "e", "f.scan", "h.jpg.part", "g.TIFF"}; !slices.Equal(got, want) {
		t.Errorf("sheets: got %q, want %q", got, want)
	}
	if want := []string{"empty", "k.gif", "notes.txt", "roster.xlsx"}; !slices.Equal(others, want) {
		t.Errorf("passed over: got %q, want %q", others, want)
	}
	var out bytes.Buffer
	tellPassed(&out, passed)
	if !strings.Contains(out.String(), "k.gif: GIF is not supported") {
		t.Errorf("told %q", out.String())
	}
}

func TestSheetFilesSaysWhatThereIsInPlaceOfSheets(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.avif"), []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := sheetFiles([]string{folder})
	if err == nil || !strings.Contains(err.Error(), "AVIF is not supported") {
		t.Errorf("got %v", err)
	}
}
