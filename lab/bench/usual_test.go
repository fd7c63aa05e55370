package main

import "testing"

func TestUsualRule(t *testing.T) {
	rule := newUsualRule([]string{"32140001", "32140022", "32140023", "32150333"})
	for _, test := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"exact", []string{"2032.10.22 15:00", "학번:32140001이름:김"}, "32140001"},
		{"exact before near", []string{"32140022"}, "32140022"},
		{"one digit wrong", []string{"32140701"}, "32140001"},
		{"one digit wrong, two neighbours", []string{"32140029"}, ""},
		{"two digits wrong", []string{"32147701"}, ""},
		{"a digit too many", []string{"321400011"}, ""},
		{"a digit too few", []string{"3214000"}, ""},
		{"gaps", []string{"3 2 1 4 0 0 0 1"}, "32140001"},
		{"a hyphen", []string{"3214-0001"}, "32140001"},
		{"two students", []string{"32140001", "32150333"}, ""},
		{"twice the same", []string{"32140001", "32140001"}, "32140001"},
		{"nothing", nil, ""},
	} {
		if got := rule.find(test.lines); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	if got := newUsualRule(nil).find([]string{"32140001"}); got != "" {
		t.Errorf("empty roster: got %q", got)
	}
}

func TestAnswer(t *testing.T) {
	rule := newUsualRule([]string{"32140001"})
	for _, test := range []struct {
		written, line string
		want          answer
	}{
		{"32140001", "32140001", answer{accepted: true}},
		{"32140002", "32140002", answer{accepted: true, wrong: true}}, // a stranger beside a student
		{"32140001", "nothing", answer{}},
		{"", "32140001", answer{accepted: true, wrong: true}},
	} {
		if got := rule.answer(test.written, test.line); got != test.want {
			t.Errorf("%q read as %q: got %+v, want %+v", test.written, test.line, got, test.want)
		}
	}
}
