package decide

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"hakbeon/recognizer/roster"
)

// ErrScores says that bytes are not scores, or not of this roster and these parameters.
var ErrScores = errors.New("recognizer: not these scores")

// scoresVersion is raised whenever scoring changes, for scores are kept: those of another
// version are made again from the evidence.
const scoresVersion = 3

// scoresKeyBytes is how many bytes say what scores are of.
const scoresKeyBytes = 16

// scoresKey says what scores are of.
func scoresKey(ro *roster.Roster, p Params) [scoresKeyBytes]byte {
	text, err := json.Marshal(p)
	if err != nil {
		text = fmt.Append(nil, p) // of a number that JSON has not
	}
	h := sha256.New()
	h.Write([]byte{scoresVersion})
	if ro != nil {
		h.Write([]byte(ro.Hash()))
	}
	h.Write(text)
	return [scoresKeyBytes]byte(h.Sum(nil))
}

// Marshal writes the scores, to the last bit; nil for a sheet about which a second reader
// was asked, of whom they don't hold everything.
func (s *Scorer) Marshal(of *Scores) []byte {
	if of.second != nil {
		return nil
	}
	w := scoresWriter(append([]byte(nil), s.key[:]...))
	w.bytes(of.fingerprint[:])
	w.flag(of.empty)
	w.flag(of.unique)
	w.flag(of.asked)
	w.floats(of.found, of.known, of.textConf)
	w.floats(of.strange[:]...)
	w.ints(of.best, of.line, len(of.students))
	for _, l := range of.students {
		w.ints(l.student, l.left)
		w.floats(l.value, l.changed)
	}
	w.text(of.text)
	w.ints(len(of.digits))
	for _, d := range of.digits {
		w.text(d.Read)
		w.floats(d.Conf)
		w.ints(len(d.Others))
		for _, o := range d.Others {
			w.text(o.Read)
			w.floats(o.Conf)
		}
	}
	w.ints(of.others, len(of.places))
	for _, p := range of.places {
		w.floats(p.mean, p.prior)
		w.ints(p.cell.x, p.cell.y)
		w.floats(p.fits...)
	}
	return w
}

// Unmarshal reads what Marshal wrote of the same roster and parameters. Any other bytes
// are [ErrScores].
func (s *Scorer) Unmarshal(data []byte) (*Scores, error) {
	r := scoresReader{rest: data}
	if [scoresKeyBytes]byte(r.bytes(scoresKeyBytes)) != s.key {
		return nil, ErrScores
	}
	out := &Scores{fingerprint: [sha256.Size]byte(r.bytes(sha256.Size))}
	out.empty, out.unique, out.asked = r.flag(), r.flag(), r.flag()
	out.heard = 1
	out.found, out.known, out.textConf = r.float(), r.float(), r.float()
	for k := range out.strange {
		out.strange[k] = r.float()
	}
	out.best, out.line = r.within(-1, len(s.ids)), r.int()
	out.students = make([]likelihood, r.count())
	for k := range out.students {
		l := &out.students[k]
		l.student, l.left = r.within(0, len(s.ids)), r.int()
		l.value, l.changed = r.float(), r.float()
		l.heard, l.named, l.present = 1, 1, 1
	}
	out.text = r.text()
	out.digits = make([]Digit, r.count())
	for i := range out.digits {
		d := &out.digits[i]
		d.Read, d.Conf = r.text(), r.float()
		for range r.count() {
			d.Others = append(d.Others, Alternative{Read: r.text(), Conf: r.float()})
		}
	}
	out.others = r.count()
	out.places = make([]witnessPlace, r.count())
	for k := range out.places {
		p := &out.places[k]
		p.mean, p.prior = r.float(), r.float()
		p.works = p.prior
		p.cell = cell{r.int(), r.int()}
		for range len(out.students) + out.others {
			p.fits = append(p.fits, r.float())
		}
	}
	if r.failed || len(r.rest) > 0 {
		return nil, ErrScores
	}
	if len(out.digits) == 0 {
		out.digits = nil
	}
	return out, nil
}

// scoresWriter writes numbers little-endian, whole ones in four bytes.
type scoresWriter []byte

func (w *scoresWriter) bytes(b []byte) { *w = append(*w, b...) }

func (w *scoresWriter) flag(v bool) {
	b := byte(0)
	if v {
		b = 1
	}
	*w = append(*w, b)
}

func (w *scoresWriter) ints(values ...int) {
	for _, v := range values {
		*w = binary.LittleEndian.AppendUint32(*w, uint32(int32(v)))
	}
}

func (w *scoresWriter) floats(values ...float64) {
	for _, v := range values {
		*w = binary.LittleEndian.AppendUint64(*w, math.Float64bits(v))
	}
}

func (w *scoresWriter) text(s string) {
	w.ints(len(s))
	*w = append(*w, s...)
}

// scoresReader takes values off the front and remembers if they ran out. What it gives
// then is zero.
type scoresReader struct {
	rest   []byte
	failed bool
}

func (r *scoresReader) bytes(n int) []byte {
	if r.failed || n < 0 || n > len(r.rest) {
		r.failed = true
		return make([]byte, min(max(n, 0), sha256.Size))
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *scoresReader) flag() bool { return r.bytes(1)[0] == 1 }

func (r *scoresReader) int() int { return int(int32(binary.LittleEndian.Uint32(r.bytes(4)))) }

func (r *scoresReader) float() float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(r.bytes(8)))
}

// count is how many of something follow, of which each takes a byte at least.
func (r *scoresReader) count() int { return r.within(0, len(r.rest)+1) }

// within is a number from least on and below most.
func (r *scoresReader) within(least, most int) int {
	v := r.int()
	if v < least || v >= most {
		r.failed = true
		return least
	}
	return v
}

func (r *scoresReader) text() string {
	n := r.count()
	if r.failed {
		return ""
	}
	return string(r.bytes(n))
}
