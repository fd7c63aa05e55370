package main

import (
	"regexp"
	"slices"
)

// usualRule is how IDs are usually looked up in what a reader of text gives: a run
// of as many digits as an ID has must be on the roster, or have one digit wrong and
// a single neighbour there.
type usualRule struct {
	ids    []string
	digits int // of an ID
}

func newUsualRule(ids []string) usualRule {
	r := usualRule{ids: ids}
	if len(ids) > 0 {
		r.digits = len(ids[0])
	}
	return r
}

// answer is what a rule without doubts makes of a sheet.
type answer struct{ accepted, wrong bool }

// answer looks a sheet's lines of text up and holds the result against what is
// written there.
func (r usualRule) answer(written string, lines ...string) answer {
	id := r.find(lines)
	return answer{accepted: id != "", wrong: id != "" && id != written}
}

// find returns the ID of the student whom the lines name, "" for no one: an ID on
// the roster comes before one with a digit wrong, and two students are as good as
// none.
func (r usualRule) find(lines []string) string {
	runs := r.runs(lines)
	for wrong := range 2 {
		if found := r.students(runs, wrong); len(found) > 0 {
			return only(found)
		}
	}
	return ""
}

func only(ids []string) string {
	if len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// students are those whose ID differs from a run in so many digits.
func (r usualRule) students(runs []string, wrong int) []string {
	var out []string
	for _, id := range r.ids {
		if slices.ContainsFunc(runs, func(run string) bool { return substitutions(run, id) == wrong }) {
			out = append(out, id)
		}
	}
	return out
}

var (
	gap   = regexp.MustCompile(`(\d)[\s-]+(\d)`)
	digit = regexp.MustCompile(`\d+`)
)

// runs are the lines' runs of exactly an ID's digits. Gaps within a run are closed:
// that helps, where forms split an ID.
func (r usualRule) runs(lines []string) []string {
	var out []string
	for _, line := range lines {
		line = gap.ReplaceAllString(gap.ReplaceAllString(line, "$1$2"), "$1$2")
		for _, run := range digit.FindAllString(line, -1) {
			if len(run) == r.digits {
				out = append(out, run)
			}
		}
	}
	return out
}

// substitutions counts the places where two strings differ, -1 if they aren't
// equally long. For a run and an ID of one length it is what edit distance comes
// to where that is at most 1.
func substitutions(a, b string) int {
	if len(a) != len(b) {
		return -1
	}
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
