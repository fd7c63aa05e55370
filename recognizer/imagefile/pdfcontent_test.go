package imagefile

import (
	"strings"
	"testing"
)

func TestContentIsBounded(t *testing.T) {
	for name, content := range map[string]string{
		"depth":     strings.Repeat("q ", 1000),
		"pictures":  strings.Repeat("/I Do ", 10_000),
		"operands":  strings.Repeat("1 ", 10_000),
		"path":      strings.Repeat("0 0 1 1 re ", 10_000),
		"numbers":   "1e999 0 0 1 0 0 cm",
		"no end":    "(((((",
		"no number": "nan 0 0 1 0 0 cm",
	} {
		reader := contentReader{}
		if _, err := reader.pictures([]byte(content)); err == nil {
			t.Errorf("%s: taken for a scanned page", name)
		}
	}
}

// FuzzContent has anything draw a page: it ends, and places pictures within bounds.
func FuzzContent(f *testing.F) {
	for _, content := range []string{
		"q 144 0 0 96.12 0 0 cm /I Do Q", "q 0 0 144 97 re W n 144 0 0 96.12 0 0 cm /I Do Q BT 3 Tr (a\\)) Tj ET",
		"/P <</MCID 0>> BDC [(a) -3 <0a>] TJ EMC % the end", "1 g 0 0 9 9 re f /S gs",
	} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		reader := contentReader{}
		placed, err := reader.pictures(content)
		if err == nil && len(placed) > maxPictures {
			t.Errorf("%d pictures", len(placed))
		}
		for _, p := range placed {
			p.at.rectangle()
			if o := p.at.turned(90); o < 1 || o > 8 {
				t.Errorf("turned %d", o)
			}
		}
	})
}
