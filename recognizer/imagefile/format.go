package imagefile

import "bytes"

const (
	formatJPEG = "jpeg"
	formatPNG  = "png"
	formatWebP = "webp"
	formatHEIC = "heic"
	formatTIFF = "tiff"
	formatPDF  = "pdf"
	formatBMP  = "bmp"
)

const (
	// pdfHeaderWithin is how far into a file PDF readers look for its header.
	pdfHeaderWithin = 1024
	// jpegWithin is how far into a file the beginning of a JPEG is looked for.
	jpegWithin = 1024
)

// Endings are those of files that Open reads, in lower case with their dot. A file in a
// folder that has one is taken for a sheet whatever is in it: one that can't be read is
// then a failed sheet, not one that nobody missed.
func Endings() []string {
	return []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".bmp", ".pdf", ".heic", ".heif"}
}

// HeadBytes is how much of a file Check looks at.
const HeadBytes = 4096

// Check tells by the first HeadBytes of a file whether Open reads files of its kind:
// ErrUnreadable if it doesn't. Names are not asked.
func Check(head []byte) error {
	_, err := sniff(head)
	return err
}

// IsPDF tells the same of a PDF: what OpenPDF reads.
func IsPDF(head []byte) bool {
	format, err := sniff(head)
	return err == nil && format == formatPDF
}

// sniff tells the format by the first bytes. Names are not asked: phones and
// portals rename files freely.
func sniff(data []byte) (string, error) {
	begins := func(magic string) bool { return bytes.HasPrefix(data, []byte(magic)) }
	switch {
	case len(data) == 0:
		return "", unreadable("the file is empty", "파일이 비어 있습니다")
	case begins(string(jpegSigns)):
		return formatJPEG, nil
	case begins(pngSign):
		return formatPNG, nil
	case begins("RIFF") && len(data) >= 12 && string(data[8:12]) == "WEBP":
		return formatWebP, nil
	case begins("II*\x00"), begins("MM\x00*"), begins("II+\x00"), begins("MM\x00+"):
		return formatTIFF, nil
	case bytes.Contains(data[:min(len(data), pdfHeaderWithin)], []byte("%PDF-")):
		return formatPDF, nil
	case isBMP(data):
		return formatBMP, nil
	}
	name := unsupported(data)
	if isISO(data) {
		var format string
		if format, name = isoFormat(data); format != "" {
			return format, nil
		}
	}
	switch {
	case name != "":
		return "", unsupportedKind(name, name)
	case bytes.Contains(data[:min(len(data), jpegWithin)], jpegSigns):
		return formatJPEG, nil
	}
	return "", unreadable("it is no image that is known here (JPEG, PNG, WebP, HEIC, TIFF, BMP, PDF)",
		"알 수 있는 그림 형식(JPEG, PNG, WebP, HEIC, TIFF, BMP, PDF)이 아닙니다")
}

// isBMP looks at the size of the header too: two letters alone begin many texts.
func isBMP(data []byte) bool {
	return len(data) >= 18 && string(data[:2]) == "BM" && data[14] >= 12 && data[15]|data[16]|data[17] == 0
}

// isISO holds for HEIC, AVIF, MP4 and their like.
func isISO(data []byte) bool { return len(data) >= 12 && string(data[4:8]) == "ftyp" }

// unsupported names formats that people do send, so that they know what to do.
func unsupported(data []byte) string {
	for _, known := range []struct{ magic, name string }{
		{"GIF8", "GIF"},
		{"\x00\x00\x00\x0cjP  ", "JPEG 2000"},
		{"\xff\x4f\xff\x51", "JPEG 2000"},
		{"\xff\x0a", "JPEG XL"},
		{"\x00\x00\x00\x0cJXL ", "JPEG XL"},
		{"8BPS", "Photoshop (PSD)"},
		{"AT&TFORM", "DjVu"},
		{"PK\x03\x04", "a zip archive (DOCX, HWPX, XLSX)"},
		{"\xd0\xcf\x11\xe0", "an Office document (DOC, HWP, XLS)"},
		{"7z\xbc\xaf\x27\x1c", "7z"},
		{"Rar!", "RAR"},
	} {
		if bytes.HasPrefix(data, []byte(known.magic)) {
			return known.name
		}
	}
	return ""
}
