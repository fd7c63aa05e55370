package synth

import (
	"fmt"
	"strconv"
	"strings"
)

// invent makes up what is written into a slot.
func (p *person) invent(kind slotKind) string {
	switch kind {
	case slotNumber:
		return anyDigits(p.random, pick(p.random, []int{3, 3, 4, 4, 5, 6, 7, 8, 8, 9, 10, 12}))
	case slotShort:
		return anyDigits(p.random, 1+p.IntN(3))
	case slotSums:
		return newSum(p.random)
	case slotDate:
		return newDate(p.random)
	case slotPhone:
		return newPhone(p.random)
	case slotCourse:
		return newCourse(p.random)
	case slotLabel:
		return pick(p.random, tongueOf(p.script).ids)
	}
	return handWords(p.random, p.script)
}

func anyDigits(r random, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + r.IntN(10)))
	}
	return b.String()
}

// newSum invents a calculation, an expression, or an answer with numbers.
func newSum(r random) string {
	n := func() string { return anyDigits(r, pick(r, []int{1, 1, 1, 2, 2, 3, 4})) }
	op := func() string { return pick(r, strings.Fields("+ - x = / < > , : ^ ) (")) }
	v := func() string { return pick(r, strings.Fields("x y n a b k t f(x) 2x 3n E P sin log T(n) O(n) p q")) }
	switch r.IntN(6) {
	case 0:
		return n() + op() + n() + "=" + n()
	case 1:
		return v() + " = " + n() + " " + op() + " " + n()
	case 2:
		return v() + op() + v() + " = " + v()
	case 3:
		return n() + "/" + n() + " = " + n() + "." + n()
	case 4:
		return "(" + n() + ", " + n() + "), (" + n() + ", " + n() + ")"
	}
	return n() + ", " + n() + ", " + n() + ", " + n()
}

func newDate(r random) string {
	y, m, d := 2015+r.IntN(20), 1+r.IntN(12), 1+r.IntN(31)
	switch r.IntN(6) {
	case 0:
		return fmt.Sprintf("%d-%02d-%02d", y, m, d)
	case 1:
		return fmt.Sprintf("%d. %d. %d", y, m, d)
	case 2:
		return fmt.Sprintf("%d/%d/%02d", m, d, y%100)
	case 3:
		return fmt.Sprintf("%02d.%02d.%d", d, m, y)
	case 4:
		return fmt.Sprintf("%d:%02d", 8+r.IntN(13), 5*r.IntN(12))
	}
	return fmt.Sprintf("%d/%d", m, d)
}

func newPhone(r random) string {
	switch r.IntN(4) {
	case 0:
		return "+" + anyDigits(r, 2) + " " + anyDigits(r, 3) + " " + anyDigits(r, 7)
	case 1:
		return "(" + anyDigits(r, 3) + ") " + anyDigits(r, 3) + "-" + anyDigits(r, 4)
	}
	return "010-" + anyDigits(r, 4) + "-" + anyDigits(r, 4)
}

func newCourse(r random) string {
	switch r.IntN(4) {
	case 0:
		return anyDigits(r, 5+r.IntN(2)) + "-" + anyDigits(r, 2)
	case 1:
		return pick(r, strings.Fields("A B C D 01 02 1 2 3 4 11 12"))
	}
	return pick(r, strings.Fields("CS MATH EE PHYS BIO ME STAT CSE ECON CH")) + anyDigits(r, 3)
}

// newPrinted invents what is printed with digits in it.
func newPrinted(r random) string {
	switch r.IntN(12) {
	case 0:
		return newDate(r)
	case 1:
		return newPhone(r)
	case 2:
		return newCourse(r)
	case 3:
		return fmt.Sprintf("(%d점)", 1+r.IntN(30))
	case 4:
		return fmt.Sprintf("$%d.%02d", r.IntN(1000), r.IntN(100))
	case 5:
		return fmt.Sprintf("%d,%03d원", 1+r.IntN(900), r.IntN(1000))
	case 6:
		return fmt.Sprintf("(%d)", 1+r.IntN(30))
	case 7:
		return fmt.Sprintf("%.*f", 1+r.IntN(3), 100*r.Float64())
	case 8:
		return anyDigits(r, 4+r.IntN(9))
	case 9:
		return fmt.Sprintf("%s=%d%s%d", pick(r, strings.Fields("x y n a k")), r.IntN(100), pick(r, strings.Fields("+ - ×")), r.IntN(100))
	case 10:
		return fmt.Sprintf("%d/%d", 1+r.IntN(12), 2+r.IntN(12))
	}
	return strconv.Itoa(r.IntN(100))
}
