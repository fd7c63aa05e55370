package read

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
)

// ErrEvidence says that bytes are not a reading's evidence.
var ErrEvidence = errors.New("recognizer: not a reading")

// evidenceStart starts the evidence, and a byte for the format's version follows.
const evidenceStart = "hkb"

// Versions of the format. Evidence with a second opinion at its end has a version of
// its own, so that who doesn't know of it doesn't pass it over. Those of 0.x know no
// priors of places; they are read and not written.
const (
	versionPlain0 = 2
	versionHeard0 = 3
	versionPlain  = 4
	versionHeard  = 5
	versionNamed  = 6 // names, after the second opinion, which is marked by a byte
	// Letters, after opinion and names; a byte says which of these there are.
	versionLettered = 7
)

// Bounds of what evidence may hold, so that reading it takes a bounded amount
// of memory whatever the bytes are.
const (
	maxLines   = 256
	maxColumns = 192
	maxModel   = 64
)

// MarshalBinary writes the reading compactly: about 500 bytes a line. It holds
// everything that decisions look at.
//
// The format, little-endian: "hkb", version; the model's length (1 byte) and
// name; the page's width and height (4 bytes each); the number of lines (2);
// for each line its box (4 times 4), place (2), turn (1), the place's prior (1, 255
// if it isn't known), number of columns (2), and the columns, 12 bytes each; then
// the second opinion, if there is one. Where names were read, a byte before the
// opinion says whether there is one, and the names follow, see appendNames. Where letters
// were read, a byte before the opinion says by its bits whether there are an opinion and
// names, and the letters follow, see appendLetters.
func (rd *Reading) MarshalBinary() ([]byte, error) {
	if err := rd.check(); err != nil {
		return nil, err
	}
	version := byte(versionPlain)
	switch {
	case rd.Lettered:
		version = versionLettered
	case len(rd.Names) > 0:
		version = versionNamed
	case rd.Second != nil:
		version = versionHeard
	}
	b := append([]byte(evidenceStart), version, byte(len(rd.Model)))
	b = append(b, rd.Model...)
	b = appendInts(b, rd.Width, rd.Height)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(rd.Lines)))
	for i := range rd.Lines {
		l := &rd.Lines[i]
		b = appendInts(b, l.Box.Min.X, l.Box.Min.Y, l.Box.Max.X, l.Box.Max.Y)
		b = binary.LittleEndian.AppendUint16(b, uint16(l.Place))
		b = append(b, byte(l.Turn), l.priorByte())
		b = binary.LittleEndian.AppendUint16(b, uint16(l.Columns()))
		b = append(b, l.columns...)
	}
	has := byte(0)
	if rd.Second != nil {
		has |= hasOpinion
	}
	if len(rd.Names) > 0 {
		has |= hasNames
	}
	switch version {
	case versionNamed:
		b = append(b, has&hasOpinion)
	case versionLettered:
		b = append(b, has)
	}
	b = rd.Second.append(b)
	if has&hasNames != 0 {
		b = appendNames(b, rd.Names)
	}
	if version == versionLettered {
		b = appendLetters(b, rd.Lines)
	}
	return b, nil
}

// The bits of the byte that says what follows the lines.
const (
	hasOpinion = 1 << iota
	hasNames
)

func appendInts(b []byte, values ...int) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

// UnmarshalBinary reads what MarshalBinary wrote, also that of 0.x. Any other bytes
// give ErrEvidence and leave the reading as it was.
func (rd *Reading) UnmarshalBinary(data []byte) error {
	p := parser{rest: data}
	start, version := string(p.bytes(len(evidenceStart))), p.byte()
	if start != evidenceStart || version < versionPlain0 || version > versionLettered {
		return fmt.Errorf("%w: it doesn't start with %q and a version that is known", ErrEvidence, evidenceStart)
	}
	out := Reading{}
	out.Model = string(p.bytes(int(p.byte())))
	out.Width, out.Height = p.int(), p.int()
	n := p.short()
	for i := 0; i < n && !p.failed; i++ {
		out.Lines = append(out.Lines, p.line(version >= versionPlain))
	}
	has := byte(0)
	switch version {
	case versionHeard, versionHeard0:
		has = hasOpinion
	case versionNamed:
		has = p.byteBelow(hasOpinion<<1) | hasNames
	case versionLettered:
		has = p.byteBelow(hasNames << 1)
	}
	if has&hasOpinion != 0 {
		out.Second = p.opinion()
	}
	if has&hasNames != 0 {
		out.Names = p.names()
	}
	if out.Lettered = version == versionLettered; out.Lettered {
		p.letters(out.Lines)
	}
	if p.failed || len(p.rest) > 0 {
		return fmt.Errorf("%w: its length of %d bytes is wrong", ErrEvidence, len(data))
	}
	if err := out.check(); err != nil {
		return err
	}
	*rd = out
	return nil
}

// check refuses what the format can't hold or the deciding can't use.
func (rd *Reading) check() error {
	page := image.Rect(0, 0, rd.Width, rd.Height)
	switch {
	case len(rd.Model) > maxModel:
		return fmt.Errorf("%w: the model's name has %d bytes, at most %d are allowed", ErrEvidence, len(rd.Model), maxModel)
	case len(rd.Lines) > maxLines:
		return fmt.Errorf("%w: %d lines, at most %d are allowed", ErrEvidence, len(rd.Lines), maxLines)
	case rd.Width < 0 || rd.Height < 0 || rd.Width > 1<<30 || rd.Height > 1<<30:
		return fmt.Errorf("%w: a page of %d x %d pixels", ErrEvidence, rd.Width, rd.Height)
	}
	if err := rd.Second.check(); err != nil {
		return err
	}
	if err := checkNames(rd.Names, page); err != nil {
		return err
	}
	for i := range rd.Lines {
		l := &rd.Lines[i]
		if l.Columns() > maxColumns || l.Place < 0 || l.Place >= maxLines || l.Turn > 3 {
			return fmt.Errorf("%w: line %d has %d columns, place %d and turn %d", ErrEvidence, i, l.Columns(), l.Place, l.Turn)
		}
		if l.Box.Min.X > l.Box.Max.X || l.Box.Min.Y > l.Box.Max.Y || !l.Box.In(page) {
			return fmt.Errorf("%w: line %d lies at %v, outside the page", ErrEvidence, i, l.Box)
		}
		if err := l.checkLetters(); err != nil {
			return err
		}
	}
	return nil
}

// parser takes values off the front of bytes and remembers if they ran out.
type parser struct {
	rest   []byte
	failed bool
}

func (p *parser) bytes(n int) []byte {
	if p.failed || n > len(p.rest) {
		p.failed = true
		return nil
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

func (p *parser) byte() byte {
	if b := p.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// byteBelow is a byte that must be less than a limit.
func (p *parser) byteBelow(limit byte) byte {
	b := p.byte()
	p.failed = p.failed || b >= limit
	return b
}

func (p *parser) short() int {
	if b := p.bytes(2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}

func (p *parser) int() int {
	if b := p.bytes(4); b != nil {
		return int(int32(binary.LittleEndian.Uint32(b)))
	}
	return 0
}

func (p *parser) line(withPrior bool) Line {
	l := Line{Box: image.Rectangle{
		Min: image.Point{X: p.int(), Y: p.int()},
		Max: image.Point{X: p.int(), Y: p.int()},
	}}
	l.Place = p.short()
	l.Turn = Turn(p.byte())
	if withPrior {
		l.Prior = priorOf(p.byte())
	}
	l.columns = append([]uint8(nil), p.bytes(p.short()*Classes)...)
	return l
}
