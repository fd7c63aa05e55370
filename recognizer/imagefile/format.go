package imagefile

import (
	"bytes"
	"fmt"
)

const (
	formatJPEG = "jpeg"
	formatPNG  = "png"
	formatWebP = "webp"
	formatHEIC = "heic"
	formatTIFF = "tiff"
	formatPDF  = "pdf"
)

// pdfHeaderWithin is how far into a file PDF readers look for its header.
const pdfHeaderWithin = 1024

// sniff tells the format by the first bytes. Names are not asked: phones and
// portals rename files freely.
func sniff(data []byte) (string, error) {
	begins := func(magic string) bool { return bytes.HasPrefix(data, []byte(magic)) }
	switch {
	case len(data) == 0:
		return "", fmt.Errorf("%w: the file is empty", ErrUnreadable)
	case begins("\xff\xd8\xff"):
		return formatJPEG, nil
	case begins("\x89PNG\r\n\x1a\n"):
		return formatPNG, nil
	case begins("RIFF") && len(data) >= 12 && string(data[8:12]) == "WEBP":
		return formatWebP, nil
	case begins("II*\x00"), begins("MM\x00*"):
		return formatTIFF, nil
	case bytes.Contains(data[:min(len(data), pdfHeaderWithin)], []byte("%PDF-")):
		return formatPDF, nil
	}
	name := unsupported(data)
	if isISO(data) {
		var format string
		if format, name = isoFormat(data); format != "" {
			return format, nil
		}
	}
	if name != "" {
		return "", fmt.Errorf("%w: %s is not supported; save it as JPEG, PNG, TIFF or PDF", ErrUnreadable, name)
	}
	return "", fmt.Errorf("%w: it is no image that is known here (JPEG, PNG, WebP, HEIC, TIFF, PDF)", ErrUnreadable)
}

// isISO holds for HEIC, AVIF, MP4 and their like.
func isISO(data []byte) bool { return len(data) >= 12 && string(data[4:8]) == "ftyp" }

// unsupported names formats that people do send, so that they know what to do.
func unsupported(data []byte) string {
	begins := func(magic string) bool { return bytes.HasPrefix(data, []byte(magic)) }
	switch {
	case begins("II+\x00"), begins("MM\x00+"):
		return "BigTIFF"
	case begins("GIF8"):
		return "GIF"
	case begins("BM"):
		return "BMP"
	case begins("\x00\x00\x00\x0cjP  "):
		return "JPEG 2000"
	case begins("PK\x03\x04"):
		return "a zip archive"
	}
	return ""
}
