package read_test

import (
	"testing"

	"hakbeon/recognizer/read"
)

func TestCleanAnswer(t *testing.T) {
	for answer, want := range map[string]string{" 3214-1837 ": "32141837", "B91 12?4": "B9112?4", "": ""} {
		if got, ok := read.CleanAnswer(answer); !ok || got != want {
			t.Errorf("%q: got %q, %v", answer, got, ok)
		}
	}
	for _, answer := range []string{"the ID is 32141837", "32141837.", "학번", "1\n2", "12345678901234567890123456789012345678901"} {
		if got, ok := read.CleanAnswer(answer); ok {
			t.Errorf("%q: got %q", answer, got)
		}
	}
}
