package read

import (
	"encoding/binary"
	"fmt"
	"math"
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
		if s >= Letter && s != Unread {
			letters++
		}
	}
	return text, ok && letters <= mostLetters
}

// Unread stands for a sign that the other reader could not read.
const Unread = Alphabet

// Signs are the signs of the answer, among them Unread.
func (o *Opinion) Signs() []int8 {
	said, _ := answerSigns(o.Text)
	return said
}

// answerSigns are the signs of an answer, false if it isn't one.
func answerSigns(text string) (out []int8, ok bool) {
	for _, c := range []byte(text) {
		s, ok := signOf(c)
		switch {
		case ok:
			out = append(out, s)
		case c == '?':
			out = append(out, Unread)
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
