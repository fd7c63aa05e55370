package roster

import (
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// The records of an .xls file (BIFF) that say what stands in it, by the numbers of
// Microsoft's [MS-XLS], section 2.3.
const (
	recordFormula   = 0x0006
	recordEOF       = 0x000a
	recordFilePass  = 0x002f
	recordContinue  = 0x003c
	recordCodePage  = 0x0042
	recordSheet     = 0x0085
	recordMulRK     = 0x00bd
	recordRString   = 0x00d6
	recordXF        = 0x00e0
	recordSST       = 0x00fc
	recordLabelSST  = 0x00fd
	recordNumber    = 0x0203
	recordLabel     = 0x0204
	recordBoolErr   = 0x0205
	recordString    = 0x0207
	recordRK        = 0x027e
	recordFormat    = 0x041e
	recordBOF       = 0x0809
	biff8           = 0x0600
	biff5           = 0x0500
	codePageUnicode = 1200
)

var errShort = errors.New("a record is too short")

// record is a record with the ones that continue it.
type record struct {
	kind  uint16
	parts [][]byte
}

// records goes through the records of a stream from an offset on, to its end or to
// the end of the part that begins there.
func records(stream []byte, do func(record) error) error {
	var now *record
	depth := 0
	for len(stream) >= 4 {
		kind, size := binary.LittleEndian.Uint16(stream), int(binary.LittleEndian.Uint16(stream[2:]))
		if len(stream) < 4+size {
			return io.ErrUnexpectedEOF
		}
		body := stream[4 : 4+size]
		stream = stream[4+size:]
		if kind == recordContinue && now != nil {
			now.parts = append(now.parts, body)
			continue
		}
		if now != nil {
			if err := do(*now); err != nil {
				return err
			}
		}
		now = &record{kind: kind, parts: [][]byte{body}}
		switch kind { // charts within a sheet have a beginning and an end of their own
		case recordBOF:
			depth++
		case recordEOF:
			depth--
		}
		if depth <= 0 {
			return do(*now)
		}
	}
	return io.ErrUnexpectedEOF
}

// valueReader reads the values of a record one after the other. After the first that is
// not there all are zero, and short is set.
type valueReader struct {
	parts [][]byte
	short bool
	code  encoding.Encoding // of texts of single bytes; nil for BIFF8
}

// bytes takes n bytes, across the records that continue the first.
func (f *valueReader) bytes(n int) []byte {
	var out []byte
	for n > 0 {
		for len(f.parts) > 0 && len(f.parts[0]) == 0 {
			f.parts = f.parts[1:]
		}
		if len(f.parts) == 0 {
			f.short = true
			return nil
		}
		take := min(n, len(f.parts[0]))
		if out == nil && take == n {
			out = f.parts[0][:n]
		} else {
			out = append(out, f.parts[0][:take]...)
		}
		f.parts[0] = f.parts[0][take:]
		n -= take
	}
	return out
}

func (f *valueReader) u8() int {
	b := f.bytes(1)
	if b == nil {
		return 0
	}
	return int(b[0])
}

func (f *valueReader) u16() int {
	b := f.bytes(2)
	if b == nil {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b))
}

func (f *valueReader) u32() uint32 {
	b := f.bytes(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// text reads a text of n characters with what goes with it: how it is stored, and
// its runs and reading aids, which are passed over.
func (f *valueReader) text(n int) string {
	if f.code != nil {
		out, err := f.code.NewDecoder().Bytes(f.bytes(n))
		if err != nil {
			return ""
		}
		return string(out)
	}
	flags := f.u8()
	runs, more := 0, 0
	if flags&8 != 0 {
		runs = f.u16()
	}
	if flags&4 != 0 {
		more = int(f.u32())
	}
	text := f.characters(n, flags)
	f.skip(4 * runs)
	f.skip(more)
	return text
}

// characters reads n characters. Where they go on in another record, that begins
// with how they are stored there.
func (f *valueReader) characters(n, flags int) string {
	var units []uint16
	for n > 0 && !f.short {
		for len(f.parts) > 0 && len(f.parts[0]) == 0 {
			if f.parts = f.parts[1:]; len(f.parts) > 0 {
				flags = f.u8()
			}
		}
		if len(f.parts) == 0 {
			f.short = true
			break
		}
		size := 1 + flags&1
		take := min(n, len(f.parts[0])/size)
		if take == 0 {
			f.short = true
			break
		}
		for b := f.bytes(take * size); len(b) > 0; b = b[size:] {
			units = append(units, uint16(b[0]))
			if size == 2 {
				units[len(units)-1] |= uint16(b[1]) << 8
			}
		}
		n -= take
	}
	return string(utf16.Decode(units))
}

func (f *valueReader) skip(n int) {
	for n > 0 && len(f.parts) > 0 {
		take := min(n, len(f.parts[0]))
		if f.parts[0] = f.parts[0][take:]; len(f.parts[0]) == 0 {
			f.parts = f.parts[1:]
		}
		n -= take
	}
	f.short = f.short || n > 0
}

// codePage is the encoding of texts of single bytes.
func codePage(n int) encoding.Encoding {
	switch n {
	case 949:
		return korean.EUCKR
	case 932:
		return japanese.ShiftJIS
	case 936:
		return simplifiedchinese.GBK
	case 950:
		return traditionalchinese.Big5
	}
	return charmap.Windows1252
}
