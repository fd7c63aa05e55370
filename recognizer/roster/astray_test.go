package roster_test

import (
	"strings"
	"testing"

	"hakbeon/recognizer/roster"
)

func TestReadTellsOfIDsAboveTheList(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // the cells that are told; "" if nothing is in doubt
	}{
		{"cells mixed up by the writer", "32141837,32141838,ID\nname,department,00012345\n", "(2): A1, B1."},
		{"sorted with the header", "A2017001,a\nA2017002,b\nID,name\nK2017003,c\n", "(2): A1, A2."},
		{"only the first are named", strings.Repeat("32141837,32141838\n", 4) + "학번,이름\n32141839,a\n", "(8): A1, B1, A2, B2, A3."},
		{"a student who is on the list, too", "e.g. ,32141837\n학번,이름\n32141837,a\n", ""},
		{"numbers of another form", "2017,1,20171128001\n학번,이름,1,2\n32141837,a,,\n", ""},
		{"a date with hyphens", "2017-11-28\n학번,이름\n32141837,a\n", ""},
		{"further columns beside the IDs", "학번,이름,수험번호\n32141837,a,32141899\n", ""},
		{"a header on each page", "학번,이름\n32141837,a\n학번,이름\n32141838,b\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := roster.Read([]byte(tt.text), roster.Limits{})
			must(t, err)
			var en, ko string
			for _, d := range r.Notes().Doubts {
				en, ko = en+d.EN, ko+d.KO
			}
			if tt.want == "" && en != "" || !strings.Contains(en, tt.want) {
				t.Errorf("got %q, want %q in it", en, tt.want)
			}
			if tt.want != "" && !strings.Contains(ko, "학번처럼 보이지만") {
				t.Errorf("in Korean: got %q", ko)
			}
		})
	}
}
