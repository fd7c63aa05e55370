package bombs_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"testing"

	"hakbeon/lab/bombs"
)

// A bomb is small: what is large is stopped by its size.
func TestBombsAreSmall(t *testing.T) {
	const most = 16 << 20
	names := map[string]bool{}
	for _, b := range bombs.All() {
		if len(b.Data) > most || names[b.Name] {
			t.Errorf("%s: %d bytes, at most %d, or its name is there twice", b.Name, len(b.Data), most)
		}
		names[b.Name] = true
	}
}

// TestDeflated unpacks what was packed block by block.
func TestDeflated(t *testing.T) {
	const block = 1 << 20
	for name, data := range map[string][]byte{
		"nothing": nil, "a word": []byte("word"), "zeros": make([]byte, 5*block+7), "a block": make([]byte, block),
		"repeated": bytes.Repeat([]byte("9 9 "), block), "out of step": bytes.Repeat([]byte("12345 "), block),
		"changing": append(append(make([]byte, 3*block), bytes.Repeat([]byte{1}, 3*block)...), make([]byte, 2*block)...),
	} {
		r, err := zlib.NewReader(bytes.NewReader(bombs.Deflated(data)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes of %d came back, %v", name, len(got), len(data), err)
		}
	}
}
