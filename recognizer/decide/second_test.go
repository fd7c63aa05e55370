package decide_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/read/readtest"
)

func heard(rd *read.Reading, text string, m read.Mistakes) *read.Reading {
	out := *rd
	out.Second = &read.Opinion{Text: text, Model: "second", Mistakes: m}
	return &out
}

// measured is a reader that was measured to be good.
func measured() read.Mistakes {
	return read.Mistakes{Right: 0.98, Sign: 0.99, Lost: 0.002, Extra: 0.002}
}

func TestSecondOpinion(t *testing.T) {
	ids := []string{"32141837", "32141831", "32157264", "32169902"}
	ro := students(t, ids...)
	unsure := page(line(0, 0.997, "3214183", digit('7', '1', 0.98)))
	alone := decide.Decide(unsure, ro, decide.DefaultParams())
	if alone.Status != decide.NeedsReview || alone.Candidates[0].StudentID != ids[0] || alone.Confidence < 0.9 {
		t.Fatalf("alone: got %+v", alone)
	}
	careful := decide.DefaultParams()
	careful.Accept = 0.999
	tests := []struct {
		name, text string
		mistakes   read.Mistakes
		accepted   bool
		surer      bool
	}{
		{"confirms", "32141837", measured(), true, true},
		{"confirms but for a sign that it can't read", "3?141837", measured(), false, true},
		{"confirms, never measured", "32141837", read.DefaultMistakes(), false, true},
		{"contradicts", "32141831", measured(), false, false},
		{"names another student", "32157264", measured(), false, false},
		{"names no one", "32141834", measured(), false, false},
		{"reads nothing", "", measured(), false, false},
		{"of no use", "32141837", read.Mistakes{Right: 0, Sign: 0.9, Lost: 0.1, Extra: 0.1}, false, false},
	}
	for _, tt := range tests {
		d := decide.Decide(heard(unsure, tt.text, tt.mistakes), ro, careful)
		checkSound(t, d)
		if (d.Status == decide.Matched) != tt.accepted || d.StudentID != "" && d.StudentID != ids[0] {
			t.Errorf("%s: got %+v", tt.name, d)
		}
		if len(d.Candidates) > 0 && d.Candidates[0].StudentID == ids[0] && (d.Confidence > alone.Confidence+1e-12) != tt.surer {
			t.Errorf("%s: confidence %v, alone %v", tt.name, d.Confidence, alone.Confidence)
		}
	}
}

// A digit that was clearly read is not overruled, and nobody is accepted whom the reading
// itself doesn't put first, whatever the second reader says and how good it is.
func TestSecondOpinionOverrulesNothing(t *testing.T) {
	best := read.Mistakes{Right: 0.999, Sign: 0.999, Lost: 1e-6, Extra: 1e-6}
	ro := students(t, "32141837", "32141831", "32157264")
	for name, rd := range map[string]*read.Reading{
		"a digit says another ID": page(line(0, 0.997, "3214183", digit('1', '7', 0.8))),
		"a stranger near":         page(line(0, 0.999, "3214183", digit('4', '7', 0.8))),
		"nothing":                 page(),
	} {
		d := decide.Decide(heard(rd, "32141837", best), ro, decide.DefaultParams())
		if d.Status == decide.Matched && d.StudentID == "32141837" {
			t.Errorf("%s: was accepted for what the second reader says: %+v", name, d)
		}
	}
}

// digit is a place where one digit is read at a probability and another at the rest.
func digit(one, other rune, p float64) [read.Classes]float64 {
	var y [read.Classes]float64
	y[1+one-'0'], y[1+other-'0'] = p, 1-p
	return y
}

// line is an ID read surely but for what stands at its end.
func line(place int, sure float64, id string, more ...[read.Classes]float64) read.Line {
	var columns [][read.Classes]float64
	blank := [read.Classes]float64{1}
	for _, c := range id {
		columns = append(columns, blank, digit(c, '0'+(c-'0'+1)%10, sure))
	}
	for _, y := range more {
		columns = append(columns, blank, y)
	}
	return read.NewLine(written(place, 1, "1").Box, place, append(columns, blank))
}

func TestEvidenceHoldsTheOpinion(t *testing.T) {
	ro := students(t, "32141837", "32141831")
	plain := page(line(0, 0.997, "3214183", digit('7', '1', 0.98)))
	rd := heard(plain, "3214183?", measured())
	back, data := readtest.Stored(t, rd)
	if !reflect.DeepEqual(back.Second, rd.Second) {
		t.Fatalf("got %+v", back.Second)
	}
	want := decide.Decide(rd, ro, decide.DefaultParams())
	if got := decide.Decide(back, ro, decide.DefaultParams()); !reflect.DeepEqual(got, want) {
		t.Errorf("from the evidence %+v, from the reading %+v", got, want)
	}
	for cut := 1; cut < 60; cut++ {
		if err := back.UnmarshalBinary(data[:len(data)-cut]); err == nil {
			t.Errorf("%d bytes less were accepted", cut)
		}
	}
	for _, bad := range []read.Opinion{
		{Text: "학번", Mistakes: measured()}, {Text: "1", Mistakes: read.Mistakes{Right: 1, Sign: 0.9, Lost: 0.1, Extra: 0.1}}, {Text: "1"},
	} {
		broken := *plain
		broken.Second = &bad
		if _, err := broken.MarshalBinary(); err == nil {
			t.Errorf("an opinion %+v was written", bad)
		}
	}
}

// hall is exams whose students' IDs are near to each other, with calibrated
// readings: a digit that is read at a probability is right as often as that says.
type hall struct {
	rng *rand.Rand // draws the sheets
	say *rand.Rand // draws the second reader's answers
	ids []string
}

func newHall(seed uint64) *hall {
	c := &hall{rng: rand.New(rand.NewPCG(seed, 1)), say: rand.New(rand.NewPCG(seed, 2))}
	for _, n := range c.rng.Perm(1000)[:120] {
		c.ids = append(c.ids, fmt.Sprintf("32141%03d", n))
	}
	return c
}

func (c *hall) reading(id string) *read.Reading {
	var columns [][read.Classes]float64
	blank := [read.Classes]float64{1}
	for _, is := range id {
		y := digit(is, '0'+(is-'0'+1)%10, 0.999999)
		if c.rng.IntN(12) == 0 {
			other := '0' + (is-'0'+1+rune(c.rng.IntN(9)))%10
			p := 1 - 0.5*c.rng.Float64()*c.rng.Float64()*c.rng.Float64()
			y = digit(is, other, p)
			if c.rng.Float64() > p {
				y = digit(other, is, p)
			}
		}
		columns = append(columns, blank, y)
	}
	return page(read.NewLine(written(0, 1, "1").Box, 0, append(columns, blank)))
}

// neighbour is a student whose ID differs in one digit.
func (c *hall) neighbour(id string) string {
	var near []string
	for _, other := range c.ids {
		n := 0
		for i := range id {
			if id[i] != other[i] {
				n++
			}
		}
		if n == 1 {
			near = append(near, other)
		}
	}
	if len(near) == 0 {
		return id[:7] + string('0'+(id[7]-'0'+1)%10)
	}
	return near[c.say.IntN(len(near))]
}

// outcome of batches of which the sheets that would go to review are asked about.
type outcomes struct{ accepted, wrong, asked, gained int }

// ask has 20 batches of 50 sheets decided: 1,000 sheets.
func ask(t *testing.T, m read.Mistakes, answer func(c *hall, id string) string) outcomes {
	t.Helper()
	var out outcomes
	for batch := range uint64(20) {
		c := newHall(batch)
		ro := students(t, c.ids...)
		p := decide.DefaultParams()
		truth := c.ids[:50]
		readings := make([]*read.Reading, len(truth))
		before := make([]bool, len(truth))
		for i, id := range truth {
			readings[i] = c.reading(id)
			before[i] = decide.Decide(readings[i], ro, p).Status == decide.Matched
			if !before[i] && answer != nil {
				readings[i] = heard(readings[i], answer(c, id), m)
				out.asked++
			}
		}
		for i, d := range decide.Solve(readings, ro, p).Decisions {
			if d.Status != decide.Matched {
				continue
			}
			out.accepted++
			if !before[i] {
				out.gained++
			}
			if d.StudentID != truth[i] {
				out.wrong++
			}
		}
	}
	return out
}

// TestSecondReaderOverManySheets: an honest reader brings sheets out of review; one
// that answers plausible neighbours brings in hardly a wrong student, fewer by far than
// the level allows.
func TestSecondReaderOverManySheets(t *testing.T) {
	const most = 4
	none := ask(t, measured(), nil)
	honest := ask(t, measured(), func(c *hall, id string) string {
		if c.say.IntN(50) == 0 {
			return c.neighbour(id)
		}
		return id
	})
	liar := ask(t, measured(), (*hall).neighbour)
	muddled := ask(t, measured(), func(c *hall, id string) string {
		if c.say.IntN(2) == 0 {
			return c.neighbour(id)
		}
		return id
	})
	blind := ask(t, measured(), func(*hall, string) string { return "" })
	t.Logf("none %+v, honest %+v, liar %+v, muddled %+v", none, honest, liar, muddled)
	for name, o := range map[string]outcomes{"none": none, "honest": honest, "liar": liar, "muddled": muddled} {
		if o.wrong > most {
			t.Errorf("%s: %d of %d were accepted wrongly", name, o.wrong, o.accepted)
		}
	}
	if honest.asked < 60 || honest.accepted < none.accepted+honest.asked/10 {
		t.Errorf("an honest reader changed nothing: %+v, without it %+v", honest, none)
	}
	if liar.accepted > none.accepted {
		t.Errorf("a liar had %d accepted, without it %d", liar.accepted, none.accepted)
	}
	if blind.accepted != none.accepted {
		t.Errorf("empty answers changed decisions: %+v, without them %+v", blind, none)
	}
}
