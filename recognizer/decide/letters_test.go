package decide_test

import (
	"math/rand/v2"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/read/readtest"
)

// TestLettersUnread has two students whose IDs differ only in letters, which nobody
// read: their sheets go to a person, even where one of them is taken and little is asked.
func TestLettersUnread(t *testing.T) {
	ro := students(t, "B911234", "C911234", "B954321")
	twin, own := page(written(0, 0.999999, "_#_9_1_1_2_3_4")), page(written(0, 0.999999, "_#_9_5_4_3_2_1"))
	for _, taken := range [][]string{nil, {"B911234"}, {"C911234"}} {
		got := decide.Solve([]*read.Reading{twin, own}, ro, decide.Params{Accept: 0.9}, taken...).Decisions
		if d := got[0]; d.Status == decide.Matched || len(d.Candidates) < 2 || d.Candidates[0].StudentID == "B954321" || d.Candidates[1].StudentID == "B954321" {
			t.Errorf("%v taken: got %+v, want a person to tell B911234 and C911234 apart", taken, d)
		}
		if got[1].StudentID != "B954321" {
			t.Errorf("%v taken: got %+v, want B954321", taken, got[1])
		}
	}
}

// TestAdjacentLettersUnread has students whose IDs differ in one of several letters that
// nobody read, some of them twice the same: one explains the sheet as well as another.
func TestAdjacentLettersUnread(t *testing.T) {
	for name, tt := range map[string]struct {
		line   string
		roster []string
	}{
		"four letters":     {"_####_9_1_1_2", []string{"ABCD9112", "AAAA9112"}},
		"two letters":      {"_####_9_1_1_2_3_4", []string{"AA911234", "AB911234"}},
		"two, and a third": {"_#_#_9_1_1_2_3_4", []string{"AA911234", "AB911234", "BB911235"}},
	} {
		ro := students(t, tt.roster...)
		rd := page(written(0, 0.999999, tt.line))
		for _, taken := range [][]string{nil, tt.roster[:1]} {
			if d := decide.Solve([]*read.Reading{rd}, ro, decide.Params{}, taken...).Decisions[0]; d.Status == decide.Matched {
				t.Errorf("%s, %v taken: got %+v, want a review", name, taken, d)
			}
		}
	}
}

// TestLettersCountWhereTheyWereRead decides a reading whose lines have letters, but which
// doesn't say that they were read, as its evidence does, which has none.
func TestLettersCountWhereTheyWereRead(t *testing.T) {
	rd := lettered("_#_9_1_1_2_3_4", 0.9999, 'C', 'B')
	rd.Lettered = false
	back, _ := readtest.Stored(t, rd)
	ro := students(t, "B911234", "C911234")
	if got, want := decide.Decide(rd, ro, decide.Params{}), decide.Decide(back, ro, decide.Params{}); got.Confidence != want.Confidence || got.Status == decide.Matched {
		t.Errorf("got %+v, from the evidence %+v", got, want)
	}
}

// lettered is a sheet of an ID with a letter, which is read as another letter with the
// rest of a share.
func lettered(text string, sure float64, own, other byte) *read.Reading {
	line := written(0, 0.999999, text)
	columns := make([][read.Letters]float64, line.Columns())
	for t := range columns {
		columns[t][own-'A'], columns[t][other-'A'] = sure, 1-sure
	}
	line.SetLetters(columns)
	rd := page(line)
	rd.Lettered = true
	return rd
}

// TestLetters reads IDs whose letters are told apart, of students and of strangers.
func TestLetters(t *testing.T) {
	const digits = "_#_9_1_1_2_3_4"
	for name, tt := range map[string]struct {
		rd     *read.Reading
		roster []string
		want   string // the student, or the reason of a review
	}{
		"two who differ in it":          {lettered(digits, 0.9999, 'C', 'B'), []string{"B911234", "C911234", "B954321"}, "C911234"},
		"small ones are the same":       {lettered(digits, 0.9999, 'C', 'B'), []string{"b911234", "c911234"}, "c911234"},
		"doubtful between two students": {lettered(digits, 0.6, 'C', 'B'), []string{"B911234", "C911234"}, "review"},
		"doubtful, one student":         {lettered(digits, 0.6, 'C', 'B'), []string{"C911234", "C954321"}, "C911234"},
		"a stranger's":                  {lettered(digits, 0.9999, 'X', 'B'), []string{"B911234", "C954321"}, "review"},
		"a stranger's, a chance of it":  {lettered(digits, 0.9, 'X', 'B'), []string{"B911234", "C954321"}, "review"},
		"at the end":                    {lettered("_9_1_1_2_3_4_#_", 0.9999, 'C', 'B'), []string{"911234B", "911234C"}, "911234C"},
		"two letters":                   {lettered("_#_#_1_1_2_3_4", 0.9999, 'C', 'B'), []string{"CC11234", "CB11234", "BC11234"}, "CC11234"},
		"none where there is a digit":   {lettered("_7_9_1_1_2_3_4", 0.9999, 'C', 'B'), []string{"C911234", "7911234"}, "7911234"},
	} {
		ro := students(t, tt.roster...)
		for _, d := range append(decide.Solve([]*read.Reading{tt.rd}, ro, decide.Params{}).Decisions, decide.Decide(tt.rd, ro, decide.Params{})) {
			checkSound(t, d)
			if got := d.StudentID; got != tt.want && (got != "" || tt.want != "review") {
				t.Errorf("%s: got %+v, want %s", name, d, tt.want)
			}
		}
	}
}

// TestLettersThatSayNothing has a letter that may be any: nobody's is filled in from the
// roster, however little is asked.
func TestLettersThatSayNothing(t *testing.T) {
	line := written(0, 0.999999, "_#_9_1_1_2_3_4")
	even := make([][read.Letters]float64, line.Columns())
	for t := range even {
		for i := range even[t] {
			even[t][i] = 1.0 / read.Letters
		}
	}
	none := make([][read.Letters]float64, line.Columns())
	for _, columns := range [][][read.Letters]float64{nil, even, none} {
		line.SetLetters(columns)
		rd := page(line)
		rd.Lettered = true
		d := decide.Decide(rd, students(t, "B911234", "C954321"), decide.Params{Accept: 0.5, Stranger: 1e-6})
		if checkSound(t, d); d.Status == decide.Matched || len(d.Candidates) == 0 || d.Candidates[0].StudentID != "B911234" {
			t.Errorf("got %+v, want a review with B911234 first", d)
		}
	}
}

// TestAnyRoster decides batches with rosters of all IDs that are allowed.
func TestAnyRoster(t *testing.T) {
	const signs = "0123456789--ABCXYZabcxyz"
	rng := rand.New(rand.NewPCG(15, 16))
	sheets := []*read.Reading{nil, page(), page(written(0, 0.9, "")), sheet("32141837"), page(written(0, 0.5, "#1#_#23##_-_#9")), sheet("1")}
	for range 200 {
		ids := []string{"-", "0", "A", "--------------------------------"}
		for range rng.IntN(12) {
			id := make([]byte, 1+rng.IntN(32))
			for k := range id {
				id[k] = signs[rng.IntN(len(signs))]
			}
			ids = append(ids, string(id))
		}
		ro := students(t, distinct(ids)...)
		for _, p := range []decide.Params{{}, {Skip: 1e-12}, {Skip: 1, Stranger: 0.5}, {Accept: 1e-9}} {
			for _, d := range decide.Solve(sheets, ro, p, ids[0], "no one").Decisions {
				checkSound(t, d)
			}
			checkSound(t, decide.Decide(sheets[4], ro, p))
		}
	}
}
