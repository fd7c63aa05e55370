package recognizer

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"hakbeon/internal/synth"
	"hakbeon/recognizer/models"
)

// learn rewrites the table of digits. Drawing and reading 16,000 lines takes
// about ten minutes on two cores:
//
//	go test ./recognizer -run TestLearnDigits -learn 16000 -timeout 1h
var learn = flag.Int("learn", 0, "draw so many lines and rewrite models/ppocrv4/digits.tsv from them")

// learners read lines at once; the table doesn't depend on how many there are
// processors.
const learners = 2

// counts says how often a class was seen, for each certainty, where a hand wrote
// a digit (0 to 9), where something else stood, and between two digits.
type counts [certainties][12]float64

// The places of what isn't a digit in counts.
const (
	countOther = 10
	countGap   = 11
)

// TestLearnDigits aligns drawn IDs with what the line reader sees and counts
// which signs it takes each digit for. It does nothing unless asked.
func TestLearnDigits(t *testing.T) {
	if *learn == 0 {
		t.Skip("not asked to learn, see -learn")
	}
	assets, err := synth.LoadAssets("")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	reader := r.lines.(*ctcReader)
	seen := make([][]counts, learners)
	var wg sync.WaitGroup
	for worker := range learners {
		seen[worker] = make([]counts, reader.pooling.classes())
		wg.Go(func() {
			for i := worker; i < *learn; i += learners {
				if err := learnLine(reader, assets, uint64(i), seen[worker]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	path := filepath.Join("models", "ppocrv4", "digits.tsv")
	if err := os.WriteFile(path, []byte(digitTable(merge(seen))), 0o644); err != nil {
		t.Fatal(err)
	}
}

func merge(parts [][]counts) []counts {
	out := parts[0]
	for _, part := range parts[1:] {
		for class := range part {
			for degree := range part[class] {
				for k, v := range part[class][degree] {
					out[class][degree][k] += v
				}
			}
		}
	}
	return out
}

// learnLine draws the line of a seed, reads the part around its ID, and counts.
func learnLine(c *ctcReader, assets *synth.Assets, seed uint64, seen []counts) error {
	rng := rand.New(rand.NewPCG(seed, 20321014))
	id := fmt.Sprintf("32%d%d%04d", 1+rng.IntN(2), rng.IntN(10), rng.IntN(10000))
	source := synth.PenSource // knows the Korean hand
	switch n := rng.IntN(10); {
	case n < 2:
		source = synth.MNISTSource
	case n < 3:
		source = synth.FontSource
	}
	sheet, err := assets.Line(seed, synth.Spec{ID: id, Name: "김하늘", Source: source})
	if err != nil {
		return err
	}
	b := sheet.Truth.IDBox
	h := float64(b.Dy())
	s := strip{
		left: float64(b.Min.X) - 0.6*h*rng.Float64(), right: float64(b.Max.X) + 0.6*h*rng.Float64(),
		middle: float64(b.Min.Y+b.Max.Y) / 2, height: h * (1.1 + 0.5*rng.Float64()),
	}
	return c.raw(grey(sheet.Image), s, func(columns [][]float32) { count(c.pooling, columns, signs(id), seen) })
}

// count adds the columns of one line up by what the ID has where they are.
func count(p *pooling, columns [][]float32, id []int8, seen []counts) {
	pooled := make([][Classes]float32, len(columns))
	for t, column := range columns {
		pooled[t] = p.pool(column)
	}
	for t, label := range align(pooled, id) {
		degree := certainty(maxOf(columns[t]))
		for class, v := range columns[t] {
			if v > 1e-4 {
				seen[class][degree][label] += float64(v)
			}
		}
	}
}

func maxOf(v []float32) float32 {
	most := v[0]
	for _, x := range v {
		most = max(most, x)
	}
	return most
}

// align finds the likeliest way of writing the ID into the columns and says
// what stands in each: a digit, countOther, or countGap. State 0 is what stands
// before the ID, 2i+1 is digit i, 2i+2 the gap after it; the last gap is what
// stands after the ID.
func align(columns [][Classes]float32, id []int8) []int {
	states := 2*len(id) + 1
	best := make([]float64, states)
	for s := range best {
		best[s] = math.Inf(-1)
	}
	best[0] = 0
	back := make([][]int, len(columns))
	for t, y := range columns {
		next := make([]float64, states)
		back[t] = make([]int, states)
		for s := range next {
			from := s
			for _, f := range before(s, id) {
				if best[f] > best[from] {
					from = f
				}
			}
			next[s], back[t][s] = best[from]+alignCost(y, s, states, id), from
		}
		best = next
	}
	return labels(back, best, id)
}

// before lists the states that state s may follow, besides itself.
func before(s int, id []int8) []int {
	switch {
	case s == 0:
		return nil
	case s%2 == 1 && s > 1 && id[s/2] != id[s/2-1]:
		return []int{s - 1, s - 2}
	}
	return []int{s - 1}
}

// alignCost is the log-probability of a column in a state, with a floor.
func alignCost(y [Classes]float32, s, states int, id []int8) float64 {
	var digits float64
	for _, v := range y[classZero:classOther] {
		digits += float64(v)
	}
	blank, other := float64(y[classBlank]), float64(y[classOther])
	switch {
	case s == 0 || s == states-1:
		return math.Log(blank + other + 0.05*digits + 1e-6)
	case s%2 == 1:
		return math.Log(float64(y[classZero+id[s/2]]) + 3e-4)
	}
	return math.Log(blank + 0.02*other + 1e-6)
}

// labels walks back from the likeliest end.
func labels(back [][]int, best []float64, id []int8) []int {
	s := len(best) - 1
	if best[s-1] > best[s] {
		s--
	}
	out := make([]int, len(back))
	for t := len(back) - 1; t >= 0; t-- {
		switch {
		case s == 0 || s == len(best)-1:
			out[t] = countOther
		case s%2 == 1:
			out[t] = int(id[s/2])
		default:
			out[t] = countGap
		}
		s = back[t][s]
	}
	return out
}

// digitTable turns counts into weights. Digits that were drawn more often count
// less; a certainty with few counts leans on the others.
func digitTable(seen []counts) string {
	var drawn [10]float64
	for _, c := range seen {
		for _, row := range c {
			for d := range drawn {
				drawn[d] += row[d]
			}
		}
	}
	signs := strings.Split(models.Keys(), "\n")
	var out strings.Builder
	for class := 1; class <= len(signs); class++ {
		whole, digits, all := seen[class].sum()
		if digits < leastSeen {
			continue
		}
		for degree, row := range seen[class] {
			for k := range row {
				row[k] += 4 * whole[k] / all
			}
			fmt.Fprintf(&out, "%s\t%d", signs[class-1], degree)
			for _, w := range weights(row, drawn) {
				out.WriteString("\t" + strconv.FormatFloat(math.Round(w*1e4)/1e4, 'f', -1, 64))
			}
			out.WriteString("\n")
		}
	}
	return out.String()
}

// leastSeen is how often a sign must have stood for a digit to be in the table.
const leastSeen = 2

// sum adds the certainties up: each count, those of digits, and all.
func (c counts) sum() (whole [12]float64, digits, all float64) {
	for _, row := range c {
		for k, v := range row {
			whole[k] += v
			all += v
			if k < countOther {
				digits += v
			}
		}
	}
	return whole, digits, all
}

// weights is how likely each digit is where the sign was read. What isn't a
// digit weighs three times, because around IDs there is more text than the
// drawn lines show; a gap weighs little, because peaks spread into it.
func weights(row [12]float64, drawn [10]float64) (w [10]float64) {
	mean := 0.0
	for _, n := range drawn {
		mean += n / 10
	}
	sum, digits := 0.0, 0.0
	for d := range w {
		w[d] = (row[d] + 0.01) * mean / drawn[d]
		sum += w[d]
		digits += row[d]
	}
	share := digits / (digits + 3*row[countOther] + 0.2*row[countGap] + 0.5)
	for d := range w {
		w[d] *= share / sum
	}
	return w
}

// TestAlign checks the alignment that learning rests on.
func TestAlign(t *testing.T) {
	column := func(class int) (y [Classes]float32) { y[class] = 1; return y }
	const o, b = classOther, classBlank
	var columns [][Classes]float32
	for _, class := range []int{o, b, classZero + 7, classZero + 7, b, classZero + 7, o, classZero + 1, b, o} {
		columns = append(columns, column(class))
	}
	want := []int{countOther, countOther, 7, 7, countGap, 7, 4, 1, countOther, countOther}
	if got := align(columns, []int8{7, 7, 4, 1}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
