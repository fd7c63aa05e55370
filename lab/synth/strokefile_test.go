package synth_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"hakbeon/lab/synth"
)

// recorded is a sample in the lists' format.
type recorded struct {
	Label   string         `json:"label"`
	Contrib string         `json:"contrib,omitempty"`
	Writer  string         `json:"writer"`
	Strokes [][][2]float64 `json:"strokes"`
}

// moved is a path of a tablet, moved right.
func moved(right float64, path ...[2]float64) [][2]float64 {
	for i := range path {
		path[i][0] += right
	}
	return path
}

// corners are a sound digit's stroke, 200 units high, from the top left.
func corners(right float64) [][2]float64 {
	return moved(right, [2]float64{0, 300}, [2]float64{100, 300}, [2]float64{100, 200}, [2]float64{10, 100})
}

// everyDigit is a sound sample of each digit.
func everyDigit(contrib, writer string) []recorded {
	var out []recorded
	for digit := range 10 {
		out = append(out, recorded{fmt.Sprint(digit), contrib, writer, [][][2]float64{corners(0)}})
	}
	return out
}

func packed(t testing.TB, list any) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := errors.Join(json.NewEncoder(z).Encode(list), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// strokesOf reads a list with some samples.
func strokesOf(t testing.TB, file string, list []recorded) (*synth.Strokes, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), packed(t, list), 0o600); err != nil {
		t.Fatal(err)
	}
	return synth.LoadStrokes(dir)
}

func TestLoadStrokes(t *testing.T) {
	const file = "unipen-digits.json.gz"
	flat := [][][2]float64{{{0, 100}, {400, 120}}}
	cases := map[string]struct {
		list    []recorded
		err     error
		writers int
	}{
		"one person":                {everyDigit("institute", "a"), nil, 1},
		"two":                       {append(everyDigit("institute", "a"), everyDigit("other", "a")...), nil, 2},
		"pendigits":                 {everyDigit("", "tra/1"), nil, 1},
		"too few digits to be one":  {append(everyDigit("institute", "a"), everyDigit("other", "a")[:4]...), nil, 1},
		"a digit that nobody wrote": {everyDigit("institute", "a")[:9], synth.ErrNoStrokes, 0},
		"a broken one":              {append(everyDigit("institute", "a")[:9], recorded{"9", "institute", "a", flat}), synth.ErrNoStrokes, 0},
		"no strokes":                {append(everyDigit("institute", "a")[:9], recorded{"9", "institute", "a", nil}), synth.ErrNoStrokes, 0},
		"text":                      {append(everyDigit("institute", "a"), recorded{"1,5", "institute", "a", flat}), nil, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := strokesOf(t, file, c.list)
			if !errors.Is(err, c.err) {
				t.Fatalf("error is %v, want %v", err, c.err)
			}
			if err == nil && s.Writers() != c.writers {
				t.Errorf("%d writers, want %d", s.Writers(), c.writers)
			}
		})
	}
}

func TestLoadStrokesWithoutLists(t *testing.T) {
	if _, err := synth.LoadStrokes(t.TempDir()); !errors.Is(err, synth.ErrNoStrokes) {
		t.Errorf("error is %v, want %v", err, synth.ErrNoStrokes)
	}
}

// TestGroupsKeepPeopleApart draws by each group's people, who all write another 1.
func TestGroupsKeepPeopleApart(t *testing.T) {
	var list []recorded
	for i := range 40 {
		list = append(list, everyDigit("institute", fmt.Sprint(i))...)
	}
	all, err := strokesOf(t, "pendigits.json.gz", list)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, g := range []synth.Group{synth.TrainingPeople, synth.CalibrationPeople, synth.TestPeople} {
		theirs, err := all.Of(g)
		if err != nil {
			t.Fatal(err)
		}
		sum += theirs.Writers()
	}
	if sum != 40 {
		t.Errorf("%d people in the groups, want 40", sum)
	}
}

// TestGroupOf has names whose SHA-256 was computed with sha256sum: were the rule to
// change, people that a model was trained with would become test people.
func TestGroupOf(t *testing.T) {
	for name, want := range map[string]synth.Group{
		"institute/a":      synth.TestPeople,        // 0x82
		"institute/b":      synth.CalibrationPeople, // 0xa3
		"pendigits/tra/1":  synth.TrainingPeople,    // 0xb9
		"pendigits/tra/12": synth.TrainingPeople,    // 0x6c
	} {
		if got := synth.GroupOf(name); got != want {
			t.Errorf("%s is in group %d, want %d", name, got, want)
		}
	}
}

// TestRealStrokes reads the real lists, where they are.
func TestRealStrokes(t *testing.T) {
	const dir = "../../../shared/strokes"
	all, err := synth.LoadStrokes(dir)
	if errors.Is(err, synth.ErrNoStrokes) {
		t.Skip("SKIPPED: no real pen strokes beside this repository:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []synth.Group{synth.TrainingPeople, synth.CalibrationPeople, synth.TestPeople} {
		theirs, err := all.Of(g)
		if err != nil || theirs.Writers() < 40 {
			t.Errorf("group %d: %v, want 40 writers at least", g, err)
		}
		if g == synth.TrainingPeople {
			checkSpacing(t, theirs.Spacing())
		}
	}
}

// checkSpacing holds the constants that writers are spaced by against the lists that
// they were measured on.
func checkSpacing(t *testing.T, got synth.Spacing) {
	t.Helper()
	want := synth.WritersSpacing()
	for name, pair := range map[string][2][]float64{
		"gaps": {got.Gaps, want.Gaps}, "uneven": {got.Uneven, want.Uneven},
		"sizes": {got.Sizes[:], want.Sizes[:]}, "drops": {got.Drops[:], want.Drops[:]},
	} {
		for i, v := range pair[0] {
			if math.Abs(v-pair[1][i]) > 0.006 {
				t.Errorf("%s %d is %.3f in the lists, %.3f in the code", name, i, v, pair[1][i])
			}
		}
	}
}

func FuzzReadStrokes(f *testing.F) {
	f.Add(packed(f, everyDigit("institute", "a")))
	f.Add(packed(f, []recorded{{"12", "institute", "a", [][][2]float64{corners(0), corners(150)}}}))
	f.Add(packed(f, map[string]int{"label": 1}))
	f.Add([]byte("no gzip"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_ = synth.ReadStrokes(bytes.NewReader(data)) // it returns
	})
}
