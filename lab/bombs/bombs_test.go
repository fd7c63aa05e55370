package bombs_test

import (
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
