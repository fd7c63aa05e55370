package layout

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// HTTPBatch begins the ids of batches of one sheet that came by HTTP, and the folders of
// all files that did, by which S3's word of such a file is told from that of a backend's
// upload: it has a job already, or will have one.
const HTTPBatch = "http-"

// UploadKey is where a file that came by HTTP is put; the batch's id makes it unique.
func UploadKey(examCode, batchID, filename string) string {
	return "uploads/" + examCode + "/" + batchID + "/" + safeName(filename)
}

// safeName is a file's name as it may stand in a key, with its extension. Windows
// programs send whole paths.
func safeName(filename string) string {
	base := path.Base(strings.ReplaceAll(strings.ToValidUTF8(filename, "_"), `\`, "/"))
	ext := path.Ext(base)
	stem := strings.TrimSuffix(base, ext)
	stem = strings.TrimLeft(strings.Map(safeRune, norm.NFC.String(stem)), ".")
	stem = cut(stem, maxStemBytes)
	if stem == "" {
		stem = "sheet"
	}
	return stem + "." + Ext(base)
}

// ScansOf is the start of all files that a person brought in for a batch.
func (b Batch) ScansOf() string {
	return "uploads/" + b.ExamCode + "/" + HTTPBatch + b.BatchID + "/"
}

// maxScanBytes bounds a file's name with its folders: a key has at most 1,024 bytes.
const maxScanBytes = 512

// Scan is where a file that a person brought in for a batch lies; name is its path in the
// folder that it came from, with slashes. False if it can't be one: it is empty or longer
// than 512 bytes, has empty parts, parts of dots alone or control characters, or is no
// UTF-8. Names that only differ in Unicode's normal form are the same.
func (b Batch) Scan(name string) (key string, ok bool) {
	name = norm.NFC.String(name)
	if len(name) > maxScanBytes || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.Trim(part, ".") == "" {
			return "", false
		}
	}
	return b.ScansOf() + name, true
}
