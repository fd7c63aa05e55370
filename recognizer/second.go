package recognizer

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Opinion is what another reader, such as a vision language model, says of the ID on
// a sheet. It is part of the evidence, with what was known of the reader's mistakes
// when it was asked, so that a decision can be made again exactly.
type Opinion struct {
	// Text is the ID as it was read: digits and letters, "?" for a sign that could
	// not be read. Empty if the reader could make nothing of it; see [CleanAnswer].
	Text string
	// Model names the reader.
	Model string
	// Mistakes are what to expect of it.
	Mistakes Mistakes
}

// Mistakes are how a reader errs. Make them by measuring the reader on sheets whose
// IDs are known and that it was not made with.
type Mistakes struct {
	// Right is the share of answers that err, if at all, sign by sign as the other
	// fields say. Of the rest nothing is known: they are taken to say what misleads
	// most. So one opinion makes a student at most 1/(1-Right) times as likely.
	Right float64 `json:"right"`
	// Sign is the probability that a sign is read right; else it is any other.
	Sign float64 `json:"sign"`
	// Lost is the probability that a sign is left out, Extra that one is put in.
	Lost  float64 `json:"lost"`
	Extra float64 `json:"extra"`
}

// DefaultMistakes are those of a reader that was not measured: it may make a student
// ten times as likely.
func DefaultMistakes() Mistakes { return Mistakes{Right: 0.9, Sign: 0.97, Lost: 0.005, Extra: 0.005} }

// Valid says whether the numbers are probabilities of a reader that is of any use.
func (m Mistakes) Valid() bool {
	return m.Right >= 0 && m.Right <= 0.999 && m.Sign >= 0.5 && m.Sign < 1 &&
		m.Lost > 0 && m.Lost <= 0.25 && m.Extra > 0 && m.Extra <= 0.25
}

// mostLetters is how many letters an ID has at most; more are words.
const mostLetters = 4

// maxAnswer is how many signs an answer may have; an ID has at most 32.
const maxAnswer = 40

// CleanAnswer makes an Opinion's text of an answer: spaces and hyphens are dropped.
// False if it has signs that no ID has, or too many.
func CleanAnswer(answer string) (string, bool) {
	text := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.TrimSpace(answer))
	of, ok := answerSigns(text)
	letters := 0
	for _, s := range of {
		if s == letterSign {
			letters++
		}
	}
	return text, ok && letters <= mostLetters
}

// unread stands for a sign that the other reader could not read.
const unread = letterSign + 1

// answerSigns are the signs of an answer.
func answerSigns(text string) (out []int8, ok bool) {
	for _, c := range []byte(text) {
		switch {
		case c >= '0' && c <= '9':
			out = append(out, int8(c-'0'))
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
			out = append(out, letterSign)
		case c == '?':
			out = append(out, unread)
		default:
			return nil, false
		}
	}
	return out, len(out) <= maxAnswer
}

func (o *Opinion) check() error {
	if o == nil {
		return nil
	}
	if _, ok := answerSigns(o.Text); !ok || len(o.Model) > maxModel || !o.Mistakes.Valid() {
		return fmt.Errorf("%w: a second opinion that is none", ErrEvidence)
	}
	return nil
}

// append writes the opinion: the lengths and bytes of text and model (1 byte each),
// and the four numbers of the mistakes (8 bytes each).
func (o *Opinion) append(b []byte) []byte {
	if o == nil {
		return b
	}
	for _, s := range []string{o.Text, o.Model} {
		b = append(append(b, byte(len(s))), s...)
	}
	m := o.Mistakes
	for _, v := range []float64{m.Right, m.Sign, m.Lost, m.Extra} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

func (p *parser) opinion() *Opinion {
	o := &Opinion{}
	o.Text = string(p.bytes(int(p.byte())))
	o.Model = string(p.bytes(int(p.byte())))
	for _, v := range []*float64{&o.Mistakes.Right, &o.Mistakes.Sign, &o.Mistakes.Lost, &o.Mistakes.Extra} {
		if b := p.bytes(8); b != nil {
			*v = math.Float64frombits(binary.LittleEndian.Uint64(b))
		}
	}
	return o
}

// knownAnswers is how many answers a reader's Right is worth when a batch shows how
// often it agrees with what was read.
const knownAnswers = 20

// hear weighs the second opinions. They multiply what the reading says of each
// student and of each stranger, and change neither who is the likeliest by the
// reading itself nor whether a changed digit explains it better: only that student
// can be accepted, see belief.decide. So an opinion can confirm what was read, or
// take from it, and never put another student in its place.
//
// A batch in which the answers seldom agree with what was read trusts them less; one
// in which they do trusts them no more than was measured.
func (s *Scored) hear(p Params) {
	heard := func(rd *Reading) bool { return rd != nil && rd.Second != nil && rd.Second.Text != "" }
	if len(s.ids) == 0 || !slices.ContainsFunc(s.readings, heard) {
		return
	}
	of := make([][]int8, len(s.ids))
	for j, id := range s.ids {
		of[j] = signs(id)
	}
	prior := sharesOf(p)
	agreed, expected := 0.0, 0.0
	order, _ := canonicalOrder(s.readings)
	for _, i := range order {
		if heard(s.readings[i]) {
			a, e := s.agreement(i, prior, of)
			agreed, expected = agreed+a, expected+e
		}
	}
	for i, rd := range s.readings {
		if heard(rd) && !s.sheets[i].empty {
			right := rd.Second.Mistakes.Right
			right = min(right, (float64(knownAnswers*right)+agreed)/(knownAnswers+expected))
			s.sheets[i].hear(rd.Second, of, right)
		}
	}
}

// agreement is how much an answer agrees with the students that the reading alone
// believes in, and how much it would if it were measured to be right.
func (s *Scored) agreement(i int, prior shares, of [][]int8) (agreed, expected float64) {
	o := s.readings[i].Second
	said, _ := answerSigns(o.Text)
	b := s.belief(i, prior)
	for _, st := range b.students {
		self := o.Mistakes.likelihood(of[st.student], of[st.student])
		agreed += float64(st.p * min(1, o.Mistakes.likelihood(said, of[st.student])))
		expected += float64(st.p * self)
	}
	return agreed, expected
}

// hear weighs one opinion; a share of right of such answers follows the mistakes.
func (l *likelihoods) hear(o *Opinion, of [][]int8, right float64) {
	said, _ := answerSigns(o.Text)
	self := o.Mistakes.likelihood(said, said)
	weight := func(ratio float64) float64 { return float64(right*min(1, ratio)) + (1 - right) }
	// Whoever isn't meant is taken to be one mistake away.
	m := o.Mistakes
	other := weight(max((1-m.Sign)/(9*m.Sign), m.Lost, m.Extra))
	strange := 1.0
	if !slices.Contains(said, unread) && slices.ContainsFunc(of, func(id []int8) bool { return slices.Equal(id, said) }) {
		strange = other
	}
	sum := 0.0
	for k := range l.students {
		st := &l.students[k]
		st.value = float64(st.value*weight(m.likelihood(said, of[st.student])/self)) / other
		sum += st.value
	}
	for k := range l.strange {
		l.strange[k] = float64(l.strange[k]*strange) / other
	}
	l.known = sum / float64(len(of))
}

// likelihood is the probability that a reader with these mistakes says one string of
// signs where another is written: the sum over all ways to leave out, put in and
// change signs.
func (m Mistakes) likelihood(said, written []int8) float64 {
	row := make([]float64, len(said)+1)
	next := make([]float64, len(said)+1)
	row[0] = 1
	for j := range said {
		row[j+1] = float64(row[j]*m.Extra) / 10
	}
	for _, sign := range written {
		next[0] = float64(row[0] * m.Lost)
		for j, s := range said {
			read := float64((1 - m.Lost) * m.sign(s, sign))
			next[j+1] = float64(row[j]*read) + float64(row[j+1]*m.Lost) + float64(next[j]*m.Extra)/10
		}
		row, next = next, row
	}
	return row[len(said)]
}

func (m Mistakes) sign(said, written int8) float64 {
	switch said {
	case unread:
		return 0.1
	case written:
		return m.Sign
	}
	return (1 - m.Sign) / 9
}
