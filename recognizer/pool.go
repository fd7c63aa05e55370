package recognizer

import (
	"fmt"
	"strings"
)

// pooling adds a general text model's classes up to ours. What isn't named
// here is "other".
type pooling struct {
	blanks []int
	shares []share
}

// share says that a fraction of a class's probability counts for a digit.
type share struct {
	class  int
	digit  int
	weight float32
}

// lookalikes lists, for each digit, the signs that a model which knows thousands
// of them gives for handwriting that shows this digit. A strong one is the same
// shape; a weak one is a shape of its own that the digit is sometimes drawn as.
// A Korean 7 has a tick down on its left, like ㄱ with a foot, and so is taken
// for n.
var lookalikes = [10]struct{ strong, weak string }{
	{"0０OoＯｏ〇○Ο", "DQ。°UuCcΘθ◎●óòōǒ口"},
	{"1１lI|!丨｜│ｌＩ①∣▏▕↓", "/\\i／ji()[]（）［］'‘’〕〔}{ftＪJ】【Ⅱ"},
	{"2２zZｚＺ②", "乙己"},
	{"3３③ЗзЭ", "}》ʒ弓∑≥"},
	{"4４④", "Yyｙ千丰ЧA十＋+μч"},
	{"5５sS⑤ｓＳ", "ら与"},
	{"6６bG⑥ｂＧ", "hCcLし⑹б6"},
	{"7７nㄱ⑦ｎ", "ワπηПИhrマ门刀>ηク7TㆍnMmɔ?？】〕」力へ"},
	{"8８B⑧Ｂ", "&＆gqＸX§"},
	{"9９gq⑨ｇｑ", "aａɡɑ"},
}

// The fractions of a look-alike's probability that count for its digit.
const (
	strongShare = 0.9
	weakShare   = 0.3
)

// newPooling maps a model's signs, in the order of its classes: class 0 is
// CTC's blank, then the keys, then the space. A sign of several digits counts
// for the first one that names it.
func newPooling(keys string) (*pooling, error) {
	signs := strings.Split(strings.TrimSuffix(keys, "\n"), "\n")
	shares := make(map[string]share)
	note := func(list string, digit int, weight float32) {
		for _, r := range list {
			if _, taken := shares[string(r)]; !taken {
				shares[string(r)] = share{digit: digit, weight: weight}
			}
		}
	}
	for d, l := range lookalikes {
		note(l.strong, d, strongShare)
	}
	for d, l := range lookalikes {
		note(l.weak, d, weakShare)
	}
	for d := range lookalikes {
		shares[string(rune('0'+d))] = share{digit: d, weight: 1}
	}
	p := &pooling{blanks: []int{0, len(signs) + 1}}
	found := 0
	for i, sign := range signs {
		s, ok := shares[sign]
		if !ok {
			continue
		}
		if s.weight == 1 {
			found++
		}
		s.class = i + 1
		p.shares = append(p.shares, s)
	}
	if found != len(lookalikes) {
		return nil, fmt.Errorf("recognizer: the line reader's keys hold %d of the ten digits", found)
	}
	return p, nil
}

// classes is how many classes the model must give.
func (p *pooling) classes() int { return p.blanks[len(p.blanks)-1] + 1 }

// pool adds one column's probabilities up.
func (p *pooling) pool(column []float32) (out [Classes]float32) {
	for _, class := range p.blanks {
		out[classBlank] += column[class]
	}
	sum := out[classBlank]
	for _, s := range p.shares {
		v := s.weight * column[s.class]
		out[classZero+s.digit] += v
		sum += v
	}
	out[classOther] = max(0, 1-sum)
	return out
}
