package read

import "math"

// Classes is the number of classes that a column's probabilities are over:
// blank, the digits 0 to 9, and other, in this order.
const Classes = 12

// The classes' places in a column; digit d is at Zero+d.
const (
	Blank = 0
	Zero  = 1
	Other = 11
)

// Insertion is the price of something that isn't blank between two signs of an ID, a
// factor for each of its columns: a hyphen, a speck, an edge of a label.
const Insertion = 0.02

// quantSteps is how many steps of a quantised log-probability make one nat.
const quantSteps = 16

// Quantise is minus the natural logarithm of a probability in steps of 1/16, from
// 0 (certain) to 255 (1.2e-7 or less).
func Quantise(p float64) uint8 {
	if !(p > 1.2e-7) { // most aren't, and logarithms take their time
		return 255
	}
	return uint8(max(0, min(255, math.Round(-math.Log(p)*quantSteps))))
}

// Probability is what a quantised value stands for.
func Probability(q uint8) float64 { return probabilities[q] }

// probabilities are exp(-q/quantSteps), made by multiplying one number with
// itself: the library's exponential differs in the last bit from one processor to
// another, and decisions must not. It is never written to.
var probabilities = func() (table [256]float64) {
	step := expSmall(-1 / float64(quantSteps))
	table[0] = 1
	for i := 1; i < len(table); i++ {
		table[i] = float64(table[i-1] * step)
	}
	return table
}()

// expSmall is the exponential of -1 <= x <= 0 by its series, in one fixed order.
func expSmall(x float64) float64 {
	sum, term := 1.0, 1.0
	for n := 1; n < 25; n++ {
		term = float64(term*x) / float64(n)
		sum += term
	}
	return sum
}

// Column gives the probabilities of column t, which sum to 1. None is 0: less than a byte
// can say counts as what it says at least.
func (l *Line) Column(t int) (y [Classes]float64) {
	sum := 0.0
	for i, v := range l.columns[t*Classes : (t+1)*Classes] {
		y[i] = probabilities[v]
		sum += y[i]
	}
	for i, v := range y {
		y[i] = v / sum
	}
	return y
}

// The signs of an ID: the digits, and after them the letters of the alphabet from
// Letter on, which the line model's class Other holds, and the letter model tells apart.
const (
	Letter   = Other - Zero
	Letters  = 26
	Alphabet = Letter + Letters
)

// Signs are what an ID looks like to the models: its digits and letters, of which small
// and large ones are the same. A hyphen is no sign: it is a gap.
func Signs(id string) []int8 {
	out := make([]int8, 0, len(id))
	for _, c := range []byte(id) {
		if s, ok := signOf(c); ok {
			out = append(out, s)
		}
	}
	return out
}

// signOf is a character's sign; false if it is neither a digit nor a letter.
func signOf(c byte) (int8, bool) {
	switch {
	case c >= '0' && c <= '9':
		return int8(c - '0'), true
	case c >= 'A' && c <= 'Z':
		return int8(Letter + c - 'A'), true
	case c >= 'a' && c <= 'z':
		return int8(Letter + c - 'a'), true
	}
	return 0, false
}
