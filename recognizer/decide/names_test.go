package decide_test

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// nameLine is a line that says a name: of each character p, and the rest another.
func nameLine(text string, p float64) read.NameLine {
	l := read.NameLine{Box: image.Rect(400, 10, 500, 30), Prob: 0.9}
	gap := func() { l.Columns = append(l.Columns, read.NameColumn{Blank: read.Quantise(0.999)}) }
	gap()
	for _, c := range text {
		other := uint16(c) + 1
		l.Columns = append(l.Columns, read.NameColumn{
			Blank: read.Quantise(0.001),
			Chars: []read.NameChar{{Char: uint16(c), Q: read.Quantise(p)}, {Char: other, Q: read.Quantise(1 - p)}},
		})
		gap()
	}
	return l
}

// withName is a page of 600 x 100 pixels beside whose number a name stands.
func withName(rd *read.Reading, lines ...read.NameLine) *read.Reading {
	out := *rd
	out.Width, out.Height, out.Names = 600, 100, lines
	return &out
}

// exam is a batch of sheets that are sure of their number, and whose names are right
// but for those of the last; the roster has them all.
func exam(n int, wrong int) ([]*read.Reading, *roster.Roster) {
	var readings []*read.Reading
	ro := &roster.Roster{}
	rng := rand.New(rand.NewPCG(3, 3))
	syllable := func() rune { return rune(0xAC00 + 28*rng.IntN(399)) }
	for i := range n {
		id := fmt.Sprintf("%08d", 31000000+i*7919)
		name := string([]rune{syllable(), syllable(), syllable()})
		said := name
		if i >= n-wrong {
			said = string([]rune{syllable(), syllable(), syllable()})
		}
		ro.Students = append(ro.Students, roster.Student{ID: id, Name: name})
		readings = append(readings, withName(page(line(0, 0.99, id)), nameLine(said, 0.95)))
	}
	return readings, ro
}

func TestNamesVeto(t *testing.T) {
	readings, ro := exam(40, 1)
	s := decide.Solve(readings, ro, decide.DefaultParams())
	for i, d := range s.Decisions {
		checkSound(t, d)
		if i < 39 && (d.Status != decide.Matched || d.Name != decide.NameFits) {
			t.Errorf("sheet %d, whose name is right: got %+v", i, d)
		}
	}
	last := s.Decisions[39]
	if last.Reason != decide.NameMismatch || last.Name != decide.NameDiffers || last.Candidates[0].StudentID != ro.Students[39].ID {
		t.Errorf("another's name beside a clear number: got %+v", last)
	}
	if s.NamesDisagree {
		t.Error("one name of forty raises the alarm")
	}
	readings[39] = withName(readings[39], nameLine(ro.Students[3].Name, 0.95))
	if d := decide.Solve(readings, ro, decide.DefaultParams()).Decisions[39]; d.Reason != decide.NameMismatch || d.Name != decide.NameOther {
		t.Errorf("another student's name beside a clear number: got %+v", d)
	}
}

// TestNamesSettle shows that a name decides between two numbers of which the reading
// can't tell which it is.
func TestNamesSettle(t *testing.T) {
	readings, ro := exam(40, 0)
	id := ro.Students[0].ID
	unsure := page(line(0, 0.99, id[:7], digit(rune(id[7]), '9', 0.6)))
	name := ro.Students[0].Name
	readings[0] = withName(unsure, nameLine(name, 0.95))
	with := decide.Solve(readings, ro, decide.DefaultParams()).Decisions[0]
	readings[0] = unsure
	without := decide.Solve(readings, ro, decide.DefaultParams()).Decisions[0]
	if with.StudentID != id || !(with.Confidence > without.Confidence) {
		t.Errorf("with the name %+v, without %+v", with, without)
	}
}

// TestNamedNeighbourIsACandidate has somebody among the candidates whose name stands beside
// another's number, although the number can hardly be theirs, as it can hardly be many
// others'.
func TestNamedNeighbourIsACandidate(t *testing.T) {
	readings, ro := exam(40, 0)
	id := ro.Students[0].ID
	rng := rand.New(rand.NewPCG(5, 5))
	syllable := func() rune { return rune(0xAC00 + 28*rng.IntN(399)) }
	for at := range id[:7] {
		for d := range byte(10) {
			far := []byte(id[:7] + "9")
			if far[at] = '0' + d; far[at] != id[at] {
				ro.Students = append(ro.Students, roster.Student{ID: string(far), Name: string([]rune{syllable(), syllable(), syllable()})})
			}
		}
	}
	is := func(id string) func(decide.Candidate) bool {
		return func(c decide.Candidate) bool { return c.StudentID == id }
	}
	var columns [][read.Classes]float64
	for _, c := range id[:7] { // each other digit is as likely as the next
		var y [read.Classes]float64
		for k := range y[read.Zero:read.Other] {
			y[read.Zero+k] = 1e-6
		}
		y[read.Zero+c-'0'] = 1 - 9e-6
		columns = append(columns, y)
	}
	sheet := page(line(0, 1, "", append(columns, digit(rune(id[7]), '9', 0.99))...))
	nearest := decide.Decide(sheet, ro, decide.DefaultParams()).Candidates
	named := ro.Students[len(ro.Students)-1]
	for i := len(ro.Students) - 1; slices.ContainsFunc(nearest, is(named.ID)); i-- {
		named = ro.Students[i]
	}
	readings[0] = withName(sheet, nameLine(named.Name, 0.95))
	got := decide.Solve(readings, ro, decide.DefaultParams()).Decisions[0]
	if got.Status == decide.Matched || got.Name != decide.NameOther {
		t.Errorf("got %+v", got)
	}
	if !slices.ContainsFunc(got.Candidates, is(named.ID)) {
		t.Errorf("%s, whose name it is, is no candidate: %v", named.ID, got.Candidates)
	}
}

// TestNamesOfAnotherColumn leaves the names out, and says so, where they are other
// people's throughout.
func TestNamesOfAnotherColumn(t *testing.T) {
	readings, ro := exam(40, 40)
	s := decide.Solve(readings, ro, decide.DefaultParams())
	if !s.NamesDisagree {
		t.Error("no alarm")
	}
	without := decide.Solve(plain(readings), ro, decide.DefaultParams())
	for i, a := range s.Decisions { // the sums over a batch go in another order
		b := without.Decisions[i]
		if a.Status != b.Status || a.Reason != b.Reason || a.StudentID != b.StudentID || math.Abs(a.Confidence-b.Confidence) > 1e-12 {
			t.Errorf("names that are other people's make %+v of %+v", a, b)
		}
	}
}

func plain(readings []*read.Reading) []*read.Reading {
	out := make([]*read.Reading, len(readings))
	for i, rd := range readings {
		c := *rd
		c.Names, out[i] = nil, &c
	}
	return out
}

// TestNamesThatSayNothing decides as without: no names on the roster, names in another
// script, nothing that is as long as a name.
func TestNamesThatSayNothing(t *testing.T) {
	readings, ro := exam(20, 0)
	nameless := &roster.Roster{}
	foreign := &roster.Roster{}
	for _, s := range ro.Students {
		nameless.Students = append(nameless.Students, roster.Student{ID: s.ID})
		foreign.Students = append(foreign.Students, roster.Student{ID: s.ID, Name: "山田太郎"})
	}
	short := make([]*read.Reading, len(readings))
	for i, rd := range readings {
		short[i] = withName(rd, nameLine("가", 0.9), nameLine("가나다라마바사", 0.9))
	}
	want := decide.Solve(plain(readings), nameless, decide.DefaultParams())
	for name, got := range map[string]decide.Solution{
		"no names":       decide.Solve(readings, nameless, decide.DefaultParams()),
		"another script": decide.Solve(readings, foreign, decide.DefaultParams()),
		"no name read":   decide.Solve(short, ro, decide.DefaultParams()),
	} {
		for i, d := range got.Decisions {
			if d.Name = ""; !reflect.DeepEqual(d, want.Decisions[i]) {
				t.Errorf("%s: sheet %d: got %+v, want %+v", name, i, d, want.Decisions[i])
			}
		}
	}
}

// TestNamesInAnyOrder gives the same bits whichever sheet comes first.
func TestNamesInAnyOrder(t *testing.T) {
	readings, ro := exam(30, 3)
	want := decide.Solve(readings, ro, decide.DefaultParams())
	rng := rand.New(rand.NewPCG(5, 5))
	for range 3 {
		order := rng.Perm(len(readings))
		shuffled := make([]*read.Reading, len(readings))
		for i, k := range order {
			shuffled[i] = readings[k]
		}
		got := decide.Solve(shuffled, ro, decide.DefaultParams())
		for i, k := range order {
			if !reflect.DeepEqual(got.Decisions[i], want.Decisions[k]) {
				t.Fatalf("sheet %d: got %+v, want %+v", k, got.Decisions[i], want.Decisions[k])
			}
		}
	}
}

// TestNameSpellings finds a name however the roster writes it.
func TestNameSpellings(t *testing.T) {
	for _, tt := range []struct {
		roster, written string
		want            decide.NameSaid
	}{
		{"김 민준", "김민준", decide.NameFits},
		{"김민준 (2)", "김민준", decide.NameFits},
		{"\u1100\u1175\u11b7\u1106\u1175\u11ab\u110c\u116e\u11ab", "김민준", decide.NameFits}, // as macOS writes it
		{"Kim, Min-jun", "minjunkim", decide.NameFits},
		{"José García", "garciajose", decide.NameFits},
		{"김민준", "이서연", decide.NameDiffers},
		{"Kim Minjun", "김민준", decide.NameNotRead}, // another script
		{"", "김민준", decide.NameNotRead},
	} {
		readings, ro := exam(40, 0)
		ro.Students[0].Name = tt.roster
		readings[0] = withName(readings[0], nameLine(tt.written, 0.95))
		if got := decide.Solve(readings, ro, decide.DefaultParams()).Decisions[0].Name; got != tt.want {
			t.Errorf("%q on the roster, %q on the sheet: %q, want %q", tt.roster, tt.written, got, tt.want)
		}
	}
}
