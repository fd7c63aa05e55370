package synth

import "math"

// realHand is how one person writes digits: by their own samples, and in a line as
// people do whose numbers were recorded in one go.
type realHand struct {
	name    string
	digits  [10][]tracing
	numbers map[string][]number
	habits  [10]habit
	uneven  float64 // deviation of the gaps within a line, in heights
	strange float64 // how far the person is somebody else, see elastic
	planes  [10]elastic
}

// habit is how large a person writes a digit beside the others, and how far below
// the baseline, in heights.
type habit struct{ size, drop float64 }

// Spacing as in 228 numbers by 33 training people of UNIPEN, in heights of their
// digits: go run ./recognizer/training/strokes -spacing FOLDER prints it.
var (
	// gapQuantiles are of people's mean gaps, at even steps from 0 to 1.
	gapQuantiles = []float64{-0.06, 0.08, 0.18, 0.21, 0.26, 0.32, 0.37, 0.47, 0.85}
	// unevenQuantiles are of the gaps' deviations within one number.
	unevenQuantiles = []float64{0.01, 0.05, 0.12, 0.18, 0.49}
	// sizes and drops are each digit's medians.
	sizes = [10]float64{0.93, 0.99, 1, 1.02, 1.06, 0.95, 1.03, 1.04, 1.10, 1.04}
	drops = [10]float64{-0.05, 0, 0, 0.01, 0.04, -0.01, 0.01, -0.01, 0.02, 0}
)

// habitSpread is the deviation of sizes and drops from one person to the next; half
// of the 0.1 within a number, the other half is the writer's wobble.
const habitSpread = 0.07

// newHand makes one of the people a writer. A digit that they did not write comes
// from another of them.
func (s *Strokes) newHand(r random) *realHand {
	who := pick(r, s.writers)
	h := &realHand{name: who.name, numbers: who.numbers, uneven: quantileOf(unevenQuantiles, r.Float64())}
	for digit := range 10 {
		from := who
		for len(from.digits[digit]) == 0 {
			from = pick(r, s.people)
		}
		h.digits[digit] = from.digits[digit]
		h.habits[digit] = habit{
			size: sizes[digit] * math.Exp(r.around(0, habitSpread)),
			drop: drops[digit] + r.around(0, habitSpread),
		}
		if (digit == 4 || digit == 7 || digit == 9) && r.chance(0.2) {
			h.habits[digit].drop += r.between(0.1, 0.35) // they hang below the line
		}
	}
	return h
}

// estrange makes the person somebody else who writes in the same manner: there are a
// hundred and forty to learn from, and a network gets to know them.
func (h *realHand) estrange(r random, most float64) {
	if most == 0 {
		return
	}
	h.strange = r.between(0, most)
	for digit := range h.planes {
		h.planes[digit] = newElastic(r, h.strange)
	}
}

// PersonOf names the person whose strokes the sheet of a seed and Spec is written
// with, as institute/writer; "" if it isn't written with real strokes.
func (a *Assets) PersonOf(seed uint64, s Spec) (string, error) {
	w, err := a.newWriter(stream(seed, "writer"), s.Source)
	if err != nil || w.hand == nil {
		return "", err
	}
	return w.hand.name, nil
}

// quantileOf is the value below which a share of a distribution lies, given by
// quantiles at even steps.
func quantileOf(quantiles []float64, share float64) float64 {
	at := share * float64(len(quantiles)-1)
	i := min(int(at), len(quantiles)-2)
	return lerp(quantiles[i], quantiles[i+1], at-float64(i))
}

// real draws a digit as a person once wrote it, bent a little.
func (w *writer) real(r random, digit int) shape {
	h := w.hand
	t := pick(r, h.digits[digit])
	if h.strange > 0 {
		t = t.estranged(r, h.strange, h.planes[digit], newElastic(r, 0.3*h.strange))
	}
	t = t.bent(math.Exp(r.around(0, 0.06*w.unsteady)), r.around(0, 0.03*w.unsteady), math.Exp(r.around(0, 0.04*w.unsteady)))
	k := h.habits[digit]
	return w.inked(r, t).through(scale(k.size, k.size).then(translate(0, k.drop)))
}

// inked draws a tracing with the pen.
func (w *writer) inked(r random, t tracing) *strokes {
	lines := make([][]dab, len(t))
	for i, path := range t {
		lines[i] = w.dabs(r, path)
	}
	return newStrokes(w.pen, lines...)
}

// whole draws the number that a text begins with as the person wrote it in one go,
// if they did and it comes so. It returns its digits' shapes, the pen at x = 0, and
// how far it moves the pen.
func (w *writer) whole(r random, text []rune) (digits []shape, advance float64) {
	if w.hand == nil {
		return nil, 0
	}
	for n := min(len(text), longestNumber); n > 1; n-- {
		written := w.hand.numbers[string(text[:n])]
		if len(written) == 0 || r.chance(0.2) {
			continue
		}
		right := 0.0
		for _, t := range pick(r, written) {
			s := w.inked(r, t).through(scale(w.width, 1).then(shear(w.slant)))
			digits, right = append(digits, s), math.Max(right, s.bounds().max.x)
		}
		return digits, math.Max(leastAdvance, right+w.gap)
	}
	return nil, 0
}

// longestNumber is how many digits a number has that was written in one go.
const longestNumber = 4
