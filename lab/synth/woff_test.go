package synth_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/font/sfnt"

	"hakbeon/lab/synth"
)

// realWOFF returns a small font as npm provides it.
func realWOFF(t testing.TB) []byte {
	t.Helper()
	dir, err := synth.FindAssets()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "@fontsource", "hi-melody", "files", "hi-melody-latin-400-normal.woff"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestUnpackWOFFGivesAFont(t *testing.T) {
	data, err := synth.UnpackWOFF(realWOFF(t))
	if err != nil {
		t.Fatal(err)
	}
	font, err := sfnt.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	index, err := font.GlyphIndex(nil, '7')
	if err != nil || index == 0 {
		t.Errorf("glyph of 7 is %d, error %v", index, err)
	}
}

func TestUnpackWOFFRefuses(t *testing.T) {
	put16 := func(at int, v uint16) func([]byte) []byte {
		return func(b []byte) []byte { binary.BigEndian.PutUint16(b[at:], v); return b }
	}
	put32 := func(at int, v uint32) func([]byte) []byte {
		return func(b []byte) []byte { binary.BigEndian.PutUint32(b[at:], v); return b }
	}
	const entry = 44 // the first table's
	tests := map[string]func([]byte) []byte{
		"nothing":                   func([]byte) []byte { return nil },
		"a header cut short":        func(b []byte) []byte { return b[:43] },
		"another signature":         func(b []byte) []byte { b[3] = '2'; return b },
		"no tables":                 put16(12, 0),
		"too many tables":           put16(12, 65),
		"a directory cut short":     func(b []byte) []byte { return b[:50] },
		"tables cut short":          func(b []byte) []byte { return b[:len(b)/2] },
		"a table beyond the end":    put32(entry+4, 1<<31),
		"an offset that overflows":  put32(entry+4, 0xffffffff),
		"a table of 4 GB":           put32(entry+12, 0xffffffff),
		"a table larger when stuck": put32(entry+12, 1<<20),
		"packed larger than plain":  put32(entry+8, 1<<20),
		"garbage instead of zlib": func(b []byte) []byte {
			at := binary.BigEndian.Uint32(b[entry+4:])
			copy(b[at:], "garbage!")
			binary.BigEndian.PutUint32(b[entry+12:], binary.BigEndian.Uint32(b[entry+8:])+1)
			return b
		},
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := synth.UnpackWOFF(damage(bytes.Clone(realWOFF(t))))
			if !errors.Is(err, synth.ErrWOFF) {
				t.Errorf("error is %v, want %v", err, synth.ErrWOFF)
			}
		})
	}
}

func FuzzUnpackWOFF(f *testing.F) {
	f.Add([]byte("wOFF"))
	f.Add(realWOFF(f))
	f.Add(realWOFF(f)[:300])
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := synth.UnpackWOFF(data)
		if err != nil {
			return
		}
		if len(out) < 12+16 || len(out)%4 != 0 {
			t.Errorf("font of %d bytes", len(out))
		}
	})
}
