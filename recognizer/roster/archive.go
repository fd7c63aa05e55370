package roster

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

// checkArchive makes sure that data is a workbook that can be unpacked within
// the limits, whole and unbroken. The spreadsheet library stops quietly where
// an entry is damaged, which would lose the students below that point.
func checkArchive(data []byte, lim Limits) error {
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("%w: the .xlsx file is damaged (%w); save it again and upload it whole", ErrFormat, err)
	}
	if err := checkDirectory(zr.File, lim); err != nil {
		return err
	}
	if err := checkKind(zr.File); err != nil {
		return err
	}
	for _, entry := range zr.File {
		if err := checkEntry(entry); err != nil {
			return fmt.Errorf("%w: the .xlsx file is damaged in %q (%w); save it again and upload it whole", ErrFormat, entry.Name, err)
		}
	}
	return nil
}

// checkDirectory trusts no entry to be as small as it says: archive/zip stops
// reading an entry at the size that the directory gives.
func checkDirectory(entries []*zip.File, lim Limits) error {
	if len(entries) > maxEntries {
		return fmt.Errorf("%w: %d files inside, at most %d are read", ErrTooLarge, len(entries), maxEntries)
	}
	left := uint64(lim.MaxUnzipped)
	for _, entry := range entries {
		if entry.UncompressedSize64 > left {
			return fmt.Errorf("%w: it unpacks to more than %d bytes; remove pictures and sheets that are not the roster", ErrTooLarge, lim.MaxUnzipped)
		}
		left -= entry.UncompressedSize64
	}
	return nil
}

// checkKind looks at names only: producers differ in how they call the parts.
func checkKind(entries []*zip.File) error {
	has := map[string]bool{}
	for _, entry := range entries {
		name := strings.ToLower(strings.ReplaceAll(entry.Name, `\`, "/"))
		has[name] = true
		if strings.HasPrefix(name, "xl/") && strings.HasSuffix(name, ".xml") {
			has["xl/*.xml"] = true
		}
	}
	switch {
	case has["xl/workbook.bin"]:
		return refuse("an .xlsb workbook")
	case has["xl/*.xml"]:
		return nil
	case has["content.xml"]:
		return refuse("an OpenDocument (.ods) spreadsheet")
	case has["index/document.iwa"]:
		return refuse("a Numbers document")
	}
	return refuse("a zip archive without a workbook")
}

func checkEntry(entry *zip.File) error {
	r, err := entry.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if strings.HasPrefix(entry.Name, "xl/worksheets/") && strings.HasSuffix(entry.Name, ".xml") {
		return checkXML(r)
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

func checkXML(r io.Reader) error {
	d := xml.NewDecoder(r)
	d.CharsetReader = charset.NewReaderLabel
	for {
		if _, err := d.RawToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
