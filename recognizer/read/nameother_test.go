package read_test

import (
	"errors"
	"testing"

	"hakbeon/recognizer/models"
	"hakbeon/recognizer/read"
)

// TestOtherNameModel refuses what is no dictionary of names, and a model whose output
// the dictionary doesn't fit.
func TestOtherNameModel(t *testing.T) {
	for name, dict := range map[string]string{"empty": "", "digits": "0\n1\n2\n", "words": "가나\n다라\n"} {
		if _, err := read.OpenOtherNameModel(models.Name(), []byte(dict), ""); !errors.Is(err, read.ErrDictionary) {
			t.Errorf("%s: got %v, want ErrDictionary", name, err)
		}
	}
}
