package paper_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hakbeon/recognizer/paper"
)

// file makes pages of a word: a capital letter shows the ID of one of 100 students, the
// small one is a page without, "?" a page that can't be read, and "0" a front whose ID
// can't be.
func file(word string) []paper.Page {
	out := make([]paper.Page, len(word))
	for t, c := range word {
		out[t] = paper.Page{Roster: 100, Field: 1, Unread: c == '?', Sketch: sketch(c >= 'A' && c <= 'Z' || c == '0', t)}
		if c >= 'A' && c <= 'Z' {
			out[t].Students = []paper.Student{{ID: string(c), Likelihood: 1e6}}
		}
	}
	return out
}

// sketch has the form's head, or lines of writing, each filled in differently.
func sketch(front bool, seed int) paper.Sketch {
	r := rand.New(rand.NewPCG(uint64(seed), 3))
	out := make(paper.Sketch, paper.Columns*paper.Rows)
	for i := range out {
		y := i / paper.Columns
		switch {
		case front && y < 4, !front && y%5 == 3:
			out[i] = 60
		}
		out[i] += uint8(r.IntN(20))
	}
	return out
}

// said shows a division as the word with bars between papers.
func said(word string, d paper.Division) string {
	var out []string
	for _, p := range d.Papers {
		out = append(out, word[p.First:p.Last+1])
	}
	return strings.Join(out, "|")
}

func TestDivide(t *testing.T) {
	for _, test := range []struct {
		name, want string
		pages      int
		uneven     bool
	}{
		{"nothing is wrong", "Aa|Bb|Cc|Dd|Ee|Ff", 2, false},
		{"two backs dropped", "A|B|Cc|Dd|Ee|Ff", 2, true},
		{"all backs dropped", "A|B|C|D|E|F", 2, true},
		{"a front scanned twice is in doubt", "Aa|B|B|b|Cc|Dd|Ee", 2, true},
		{"a lost front leaves a page in doubt", "Aa|b|Cc|Dd|Ee|Ff", 2, true},
		{"a front that can't be read is one all the same", "Aa|Bb|0c|Dd|Ee|Ff", 2, false},
		{"an unread page stands alone", "Aa|B|?|Cc|Dd|Ee", 2, true},
		{"two leaves", "Aaaa|Bbbb|Cccc|Dddd", 4, false},
		{"booklets", "Aa|B|Cc", 0, false},
		{"of many booklets one may have lost its front", "Aaa|B|Cc|Ddddd|Ee|F|Ggg", 0, true},
		{"booklets of which two have fronts that can't be read", "Aaa|0bb|Cc|0dd|Ee", 0, true}, // and of so many pages one may lie in another's paper
		{"booklets with the ID on each page", "AAA|BB|CCCC|DD|EEE", 0, false},
		{"a booklet whose front can't be read", "Aa|Bb|0c|Dd|Ee|Ff", 0, false},
		{"one page", "A", 2, true},
		{"one page of any number", "A", 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			word := strings.ReplaceAll(test.want, "|", "")
			d := paper.Divide(file(word), paper.Params{Pages: test.pages})
			if got := said(word, d); got != test.want || d.Uneven != test.uneven {
				t.Errorf("got %s, uneven %v, want %s, %v; papers %v", got, d.Uneven, test.want, test.uneven, d.Papers)
			}
		})
	}
}

func TestDivideNothing(t *testing.T) {
	if d := paper.Divide(nil, paper.Params{}); len(d.Papers) > 0 || d.Uneven {
		t.Errorf("got %v of no pages", d)
	}
}

// Whatever pages say, they are divided into papers without holes, and the same way each
// time.
func FuzzDivide(f *testing.F) {
	f.Add("Aab?BBc0", 2)
	f.Add("aaaa", 0)
	f.Fuzz(func(t *testing.T, word string, pages int) {
		if len(word) == 0 || len(word) > 40 || strings.ContainsFunc(word, func(r rune) bool { return r > 127 }) {
			return
		}
		p := paper.Params{Pages: pages % 64}
		d := paper.Divide(file(word), p)
		next := 0
		for _, g := range d.Papers {
			if g.First != next || g.Last < g.First || !(g.Confidence >= 0 && g.Confidence <= 1) {
				t.Fatalf("%q: papers %v", word, d.Papers)
			}
			next = g.Last + 1
		}
		if again := paper.Divide(file(word), p); next != len(word) || !slices.Equal(again.Papers, d.Papers) {
			t.Fatalf("%q: papers %v, and then %v", word, d.Papers, again.Papers)
		}
	})
}

// world invents files of papers with mishaps, and what is read on their pages, by the
// model's own words: two in a hundred fronts show no ID that can be read.
type world struct{ *rand.Rand }

// scan is the file and whose each page is.
func (w world) scan(papers, declared, mishaps int) (pages []paper.Page, owner []int) {
	for i := range papers {
		n := declared
		if n == 0 {
			n = 1 + w.IntN(4)
		}
		for k := range n {
			g := paper.Page{Roster: 150, Field: 0.3, Sketch: sketch(k == 0, int(w.Uint32()))}
			if k == 0 && w.Float64() > 0.02 {
				g.Students = []paper.Student{{ID: strconv.Itoa(i), Likelihood: 1e5 * (1 + 50*w.Float64())}}
				g.Field = 0.5 + w.Float64()
			}
			pages, owner = append(pages, g), append(owner, i)
		}
	}
	for range mishaps {
		at := w.IntN(len(pages) - 1)
		switch w.IntN(3) {
		case 0:
			pages, owner = slices.Delete(pages, at, at+1), slices.Delete(owner, at, at+1)
		case 1:
			pages, owner = slices.Insert(pages, at, pages[at]), slices.Insert(owner, at, owner[at])
		case 2:
			pages[at], pages[at+1] = pages[at+1], pages[at]
			owner[at], owner[at+1] = owner[at+1], owner[at]
		}
	}
	return pages, owner
}

// Over many invented files of a declared number of pages, nearly all pages are settled,
// and none lies in another student's paper without an alarm. That holds for one mishap
// a file: a back and the next front, both lost, leave no trace.
func TestManyInventedFiles(t *testing.T) {
	for _, declared := range []int{2, 4} {
		t.Run(fmt.Sprint(declared), func(t *testing.T) {
			silent, sure, all := 0, 0, 0
			for seed := range uint64(120) {
				w := world{rand.New(rand.NewPCG(seed, 99))}
				pages, owner := w.scan(8+w.IntN(8), declared, int(seed%4))
				d := paper.Divide(pages, paper.Params{Pages: declared})
				for _, p := range d.Papers {
					mixed := slices.ContainsFunc(owner[p.First:p.Last+1], func(o int) bool { return o != owner[p.First] })
					if mixed && p.Confidence >= 0.99 && !d.Uneven && seed%4 == 1 {
						silent++
					}
					all += p.Pages()
					if p.Confidence >= 0.99 {
						sure += p.Pages()
					}
				}
			}
			if silent > 0 {
				t.Errorf("%d papers hold another's page, and no alarm says so", silent)
			}
			if share := float64(sure) / float64(all); share < 0.95 {
				t.Errorf("%.4f of the pages are settled without a person, want 0.95", share)
			}
			t.Logf("%d pages, %.4f settled", all, float64(sure)/float64(all))
		})
	}
}

// Fewer pages are in doubt where a file's own papers show what a scanner does.
func TestTheFileTeaches(t *testing.T) {
	many := strings.ReplaceAll("A|B|C|D|E|F|G|H|I|J|K|L|Mm|N|O|P", "|", "")
	d := paper.Divide(file(many), paper.Params{Pages: 2})
	for _, p := range d.Papers {
		if p.Confidence < 0.99 {
			t.Errorf("paper %v is in doubt", p)
		}
	}
}

func TestBlank(t *testing.T) {
	empty := make(paper.Sketch, paper.Columns*paper.Rows)
	table := slices.Clone(empty) // a scanner's table shows at the edges
	for i := range table {
		if x := i % paper.Columns; x < 2 || i < 2*paper.Columns {
			table[i] = 200
		}
	}
	for name, test := range map[string]struct {
		sketch paper.Sketch
		want   bool
	}{
		"empty": {empty, true}, "table": {table, true}, "front": {sketch(true, 1), false}, "written": {sketch(false, 1), false}, "unknown": {nil, false},
	} {
		if got := test.sketch.Blank(); got != test.want {
			t.Errorf("%s: blank is %v", name, got)
		}
	}
}
