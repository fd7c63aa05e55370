package roster_test

import (
	"strings"
	"testing"

	"hakbeon/recognizer/roster"
)

func TestNotesTellWhatMayBeLost(t *testing.T) {
	text := "학번,이름\n32200001,a\n32200001,a\n32200002,b\n합계,2\n"
	r, err := roster.Read([]byte(text), roster.Limits{})
	must(t, err)
	if n := r.Notes(); !n.IsZero() || n.Sentences() != nil {
		t.Errorf("a total and the same student twice: got %+v", n)
	}
	r, err = roster.Read([]byte(text+strings.Repeat("32200003/4,c\n", 30)), roster.Limits{})
	must(t, err)
	n := r.Notes()
	if n.LeftOut != 30 || len(n.Rows) != 20 || n.Rows[0].Cell != "A6" || n.Rows[0].Value != "32200003/4" {
		t.Errorf("got %d left out, %+v", n.LeftOut, n.Rows)
	}
	said := n.Sentences()
	if len(said) != 1 || !strings.Contains(said[0].EN, "30 rows") || !strings.Contains(said[0].KO, "30행") || strings.Contains(said[0].EN+said[0].KO, "32200003") {
		t.Errorf("got %+v", said)
	}
}
