package layout

import (
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// UploadKey is where a file that came by HTTP is put; id makes it unique.
func UploadKey(examCode, id, filename string) string {
	return "uploads/" + examCode + "/" + id + "/" + safeName(filename)
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
