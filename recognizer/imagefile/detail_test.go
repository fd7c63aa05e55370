package imagefile_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"hakbeon/recognizer/imagefile"
)

// Whatever is wrong with a file, there is a sentence for it in both languages.
func TestDetailSaysWhy(t *testing.T) {
	arithmetic := jpegFile(t, cornered(16, 16))
	arithmetic[bytes.Index(arithmetic, []byte{0xff, 0xc0})+1] = 0xc9
	for name, tt := range map[string]struct {
		data   []byte
		en, ko string
	}{
		"empty":      {nil, "empty", "비어"},
		"GIF":        {[]byte("GIF89a\x01\x00"), "GIF is not supported", "GIF"},
		"AVIF":       {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), "AVIF is not supported", "AVIF"},
		"text":       {[]byte("hello"), "no image", "아닙니다"},
		"cut off":    {jpegFile(t, cornered(64, 48))[:300], "cut off", "잘렸습니다"},
		"arithmetic": {arithmetic, "not read", "읽을 수 없는"},
		"large":      {pngClaiming(100_000, 100_000), "100000 x 100000", "한도"},
		"tiff kind":  {tiffFile(binary.LittleEndian, tiffPage{data: []byte("x"), width: 1, height: 1, bits: 8, compression: 50001}), "compression value 50001", "50001"},
	} {
		child, _ := apart(t)
		for where, d := range map[string]*imagefile.Decoder{"here": decoder(t), "in the child": child} {
			_, err := decodeAll(d, tt.data, imagefile.Limits{})
			if err == nil {
				t.Errorf("%s, %s: was read", name, where)
				continue
			}
			if d := imagefile.Detail(err); !strings.Contains(d.EN, tt.en) || !strings.Contains(d.KO, tt.ko) {
				t.Errorf("%s, %s: got %+v of %v", name, where, d, err)
			}
		}
	}
}

func TestDetailOfALockedPDF(t *testing.T) {
	err := &lockedError{}
	if d := imagefile.Detail(err); !strings.Contains(d.EN, "password") || !strings.Contains(d.KO, "암호") {
		t.Errorf("got %+v", d)
	}
}

// lockedError is the error of a PDF with a password, as it comes from another process.
type lockedError struct{}

func (*lockedError) Error() string {
	return "imagefile: open: image cannot be read: the pdf is protected by a password"
}
