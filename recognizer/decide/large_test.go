package decide_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// largeExam is a batch of n busy sheets of a school whose IDs are close, with names in
// two places: most right, some another student's, some nobody's. Some students hand in
// two sheets, some sheets are strangers', some are empty.
func largeExam(tb testing.TB, n int) ([]*read.Reading, *roster.Roster) {
	tb.Helper()
	rng := rand.New(rand.NewPCG(9, 9))
	ro := &roster.Roster{}
	taken := map[string]bool{}
	for len(ro.Students) < n+n/20 {
		id := fmt.Sprintf("32%02d%04d", 14+rng.IntN(11), rng.IntN(10000))
		if !taken[id] {
			taken[id] = true
			ro.Students = append(ro.Students, roster.Student{ID: id, Name: personName(rng)})
		}
	}
	for i := range ro.Students {
		ro.Students[i].Absent = i >= n || i%47 == 20
	}
	readings := make([]*read.Reading, n)
	for i := range readings {
		st := ro.Students[i]
		switch {
		case i%41 == 7:
			continue // could not be read
		case i%37 == 5:
			st = ro.Students[max(0, i-1)]
		case i%53 == 11:
			st = roster.Student{ID: fmt.Sprintf("9%07d", rng.IntN(1e7)), Name: personName(rng)}
		case i%29 == 3:
			st.Name = ro.Students[rng.IntN(len(ro.Students))].Name
		}
		readings[i] = withName(busy(rng, st.ID), penned(rng, st.Name, 0), penned(rng, personName(rng), 1))
	}
	return readings, ro
}

// personName is of a family as frequent as families are, and two syllables.
func personName(rng *rand.Rand) string {
	families := []rune("김이박최정김이박김이강조윤장임한오서신권")
	given := []rune("민서준지우현수영진호은재경미성희태연주하윤도예나라소정원혜유")
	return string([]rune{families[rng.IntN(len(families))], given[rng.IntN(len(given))], given[rng.IntN(len(given))]})
}

// penned is a name as a model reads a hand: several columns a syllable, each with others
// that it may be.
func penned(rng *rand.Rand, name string, place int) read.NameLine {
	at := image.Pt(400, 10+40*place)
	l := read.NameLine{Box: image.Rectangle{Min: at, Max: at.Add(image.Pt(100, 20))}, Prob: 0.9 - 0.5*float64(place)}
	for _, c := range name {
		for range 2 {
			l.Columns = append(l.Columns, read.NameColumn{Blank: read.Quantise(0.98)})
		}
		for range 3 {
			column := read.NameColumn{Blank: read.Quantise(0.1)}
			left := 0.9
			for k := range 5 {
				p, char := left*(0.5+0.4*rng.Float64()), uint16(c)
				if k > 0 {
					char = uint16(0xAC00 + (int(c)-0xAC00+k*28*(1+rng.IntN(9)))%11172)
				}
				column.Chars = append(column.Chars, read.NameChar{Char: char, Q: read.Quantise(p)})
				left -= p
			}
			l.Columns = append(l.Columns, column)
		}
	}
	return l
}

// TestSameBitsOfALargeExam pins all that is decided of a batch with everything in it, as
// TestSameBitsEverywhere does. A float is written in JSON so that no other has the same
// text.
func TestSameBitsOfALargeExam(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	readings, ro := largeExam(t, 150)
	s := decide.Solve(readings, ro, decide.DefaultParams(), ro.Students[3].ID, "99999999")
	alone := make([]decide.Decision, 0, 20)
	for _, rd := range readings[:20] {
		alone = append(alone, decide.Decide(rd, ro, decide.DefaultParams()))
	}
	for what, tt := range map[string]struct {
		said any
		want string
	}{
		"together": {s, "48392fc72d3419cd"},
		"alone":    {alone, "40d37990dfe46a3e"},
	} {
		text, err := json.Marshal(tt.said)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(text))[:16]; got != tt.want {
			t.Errorf("%s: decisions have the hash %s, want %s", what, got, tt.want)
		}
	}
	reasons := map[decide.Reason]int{}
	for _, d := range s.Decisions {
		reasons[d.Reason]++
	}
	t.Logf("reasons: %v, names disagree: %t", reasons, s.NamesDisagree)
	for _, r := range []decide.Reason{decide.Success, decide.DuplicateStudent, decide.NameMismatch, decide.MarkedAbsent, decide.NoIDFound} {
		if reasons[r] == 0 {
			t.Errorf("no decision for %s: the batch has not everything in it", r)
		}
	}
}

// BenchmarkSolve solves batches of which each student has a sheet: what a sheet takes
// should not grow with them.
func BenchmarkSolve(b *testing.B) {
	for _, n := range []int{500, 2000, 8000} {
		for _, named := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/named=%t", n, named), func(b *testing.B) {
				readings, ro := largeExam(b, n)
				if !named {
					readings = plain(slices.DeleteFunc(readings, func(rd *read.Reading) bool { return rd == nil }))
				}
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					decide.Solve(readings, ro, decide.DefaultParams())
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/sheet")
			})
		}
	}
}
