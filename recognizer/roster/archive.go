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

// repack makes sure that data is a workbook that can be unpacked within the
// limits, whole and unbroken, and returns it with what the library needs alone,
// its sheets by the name of their part compacted. The spreadsheet library stops
// quietly where an entry is damaged, which would lose the students below that
// point.
func repack(data []byte, lim Limits) ([]byte, map[string]*compactSheet, error) {
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: the .xlsx file is damaged (%w); save it again and upload it whole", ErrFormat, err)
	}
	if err := checkDirectory(zr.File, lim); err != nil {
		return nil, nil, err
	}
	if err := checkKind(zr.File); err != nil {
		return nil, nil, err
	}
	p := &packer{sheets: map[string]*compactSheet{}, budget: newBudget(lim), elements: maxElements}
	p.zip = zip.NewWriter(&p.out)
	for _, entry := range zr.File {
		err := p.entry(entry)
		if errors.Is(err, ErrTooLarge) {
			return nil, nil, err
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%w: the .xlsx file is damaged in %q (%w); save it again and upload it whole", ErrFormat, entry.Name, err)
		}
	}
	if err := p.zip.Close(); err != nil {
		return nil, nil, fmt.Errorf("repack the workbook: %w", err)
	}
	return p.out.Bytes(), p.sheets, nil
}

// checkDirectory trusts no entry to be as small as it says: archive/zip stops
// reading an entry at the size that the directory gives.
func checkDirectory(entries []*zip.File, lim Limits) error {
	if len(entries) > maxEntries {
		return tooLarge("it has %d files inside, at most %d are read", "안에 든 파일이 %d개입니다. %d개까지 읽습니다", len(entries), maxEntries)
	}
	left, xml := uint64(lim.MaxUnzipped), uint64(maxXML)
	for _, entry := range entries {
		size := entry.UncompressedSize64
		if isXML(entry) && size > xml {
			return tooLarge("its cells and formats unpack to more than %d bytes; copy the list alone into a new workbook",
				"셀과 서식의 압축을 풀면 %d바이트가 넘습니다. 명단만 새 통합 문서에 옮겨 주세요", maxXML)
		}
		if isXML(entry) {
			xml -= size
		}
		if size > left {
			return tooLarge("it unpacks to more than %d bytes; remove pictures and sheets that are not the roster",
				"압축을 풀면 %d바이트가 넘습니다. 명단이 아닌 그림과 시트를 지워 주세요", lim.MaxUnzipped)
		}
		left -= size
	}
	return nil
}

// isXML holds for the parts of a workbook that are read; pictures are not.
func isXML(entry *zip.File) bool {
	name := strings.ToLower(entry.Name)
	return strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels")
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
		return refuse(kindXLSB)
	case has["xl/*.xml"]:
		return nil
	case has["content.xml"]:
		return refuse(kindODS)
	case has["index/document.iwa"]:
		return refuse(kindNumbers)
	}
	return refuse(kindZip)
}

// packer writes the workbook again.
type packer struct {
	out      bytes.Buffer
	zip      *zip.Writer
	sheets   map[string]*compactSheet
	budget   *budget
	elements int // that are left to the other parts
}

func (p *packer) entry(entry *zip.File) error {
	r, err := entry.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if !isXML(entry) {
		_, err = io.Copy(io.Discard, r)
		return err
	}
	part := &recorder{from: r}
	d := xml.NewDecoder(part)
	d.CharsetReader = charset.NewReaderLabel
	root, err := rootOf(d)
	if err != nil && !needed(strings.ToLower(entry.Name)) {
		return nil
	}
	if err != nil {
		return err
	}
	switch root {
	case "worksheet":
		part.stop()
		sheet, err := readSheet(d, p.budget)
		if err != nil {
			return err
		}
		p.sheets[partName(entry.Name)] = sheet
		return p.put(entry.Name, sheet.xml(partName(entry.Name)))
	case "workbook", "sst", "styleSheet", "Relationships", "Types":
		if err := p.check(d); err != nil {
			return err
		}
		return p.put(entry.Name, part.bytes())
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

func (p *packer) put(name string, content []byte) error {
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

// check goes through a part from behind its root's start.
func (p *packer) check(d *xml.Decoder) error {
	for depth := 1; ; {
		token, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF) && depth == 0:
			return nil
		case errors.Is(err, io.EOF):
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
			if p.elements--; p.elements < 0 {
				return tooLarge("more than %d pieces of text and styles; copy the list into a new workbook",
					"문자열과 서식이 %d개가 넘습니다. 명단만 새 통합 문서에 옮겨 주세요", maxElements)
			}
		case xml.EndElement:
			depth--
		}
	}
}

// needed holds for the parts that students may stand in, and the way to them.
func needed(part string) bool {
	for _, name := range []string{"worksheets/", "sharedstrings", "styles", "workbook"} {
		if strings.Contains(part, name) {
			return true
		}
	}
	return false
}

// rootOf reads until the root element has begun.
func rootOf(d *xml.Decoder) (string, error) {
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", err
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name.Local, nil
		}
	}
}

// partName is how a part is called whatever program wrote the archive.
func partName(entry string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(entry, `\`, "/"), "/"))
}

// recorder keeps what was read through it, until it is told to stop.
type recorder struct {
	from    io.Reader
	kept    bytes.Buffer
	stopped bool
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if !r.stopped {
		r.kept.Write(p[:n])
	}
	return n, err
}

func (r *recorder) stop() {
	r.stopped = true
	r.kept = bytes.Buffer{}
}

func (r *recorder) bytes() []byte { return r.kept.Bytes() }
