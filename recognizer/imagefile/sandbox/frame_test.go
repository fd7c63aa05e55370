package sandbox

import (
	"bytes"
	"testing"
)

func TestFrames(t *testing.T) {
	var b bytes.Buffer
	if err := writeFrame(&b, map[string]int{"a": 1}, []byte("bo"), nil, []byte("dy")); err != nil {
		t.Fatal(err)
	}
	var head map[string]int
	size, err := readHead(&b, &head, 4)
	if err != nil || size != 4 || head["a"] != 1 || b.String() != "body" {
		t.Errorf("got %v, %d, %q, %v", head, size, b.String(), err)
	}
	if err := writeFrame(&b, string(make([]byte, maxHead))); err == nil {
		t.Error("a head beyond the bound was written")
	}
}

// FuzzFrame has a child that was taken over say what it likes.
func FuzzFrame(f *testing.F) {
	var b bytes.Buffer
	if err := writeFrame(&b, "head", []byte("body")); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(bytes.Repeat([]byte{0xff}, 12))
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 1 << 10
		var head any
		if size, err := readHead(bytes.NewReader(data), &head, most); err == nil && (size < 0 || size > most) {
			t.Errorf("a body of %d bytes", size)
		}
	})
}
