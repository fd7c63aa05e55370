package synth

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Bounds on a font file, far above the fonts used here.
const (
	maxFontTables = 64
	maxFontBytes  = 32 << 20
)

var errWOFF = errors.New("not a usable WOFF font")

// woffTable is one entry of a WOFF 1.0 table directory.
type woffTable struct{ tag, offset, packed, size, checksum uint32 }

// unpackWOFF turns a WOFF 1.0 file into the sfnt (TrueType or OpenType) font that
// it wraps. Format: https://www.w3.org/TR/WOFF/ (header 44 bytes, then entries of
// 20 bytes, each table stored or deflated with zlib).
func unpackWOFF(data []byte) ([]byte, error) {
	if len(data) < 44 || string(data[:4]) != "wOFF" {
		return nil, fmt.Errorf("%w: no WOFF signature", errWOFF)
	}
	count := int(binary.BigEndian.Uint16(data[12:]))
	if count == 0 || count > maxFontTables || len(data) < 44+20*count {
		return nil, fmt.Errorf("%w: directory of %d tables", errWOFF, count)
	}
	out := sfntHeader(binary.BigEndian.Uint32(data[4:]), count)
	for i := range count {
		t := readWOFFTable(data[44+20*i:])
		table, err := t.unpack(data)
		if err != nil {
			return nil, fmt.Errorf("%w: table %d: %w", errWOFF, i, err)
		}
		if len(out)+len(table) > maxFontBytes {
			return nil, fmt.Errorf("%w: larger than %d bytes", errWOFF, maxFontBytes)
		}
		out = appendSFNTTable(out, i, t, table)
	}
	return out, nil
}

func readWOFFTable(entry []byte) woffTable {
	u32 := binary.BigEndian.Uint32
	return woffTable{u32(entry), u32(entry[4:]), u32(entry[8:]), u32(entry[12:]), u32(entry[16:])}
}

// unpack returns the table's bytes, which are exactly as many as it declares.
func (t woffTable) unpack(data []byte) ([]byte, error) {
	end := uint64(t.offset) + uint64(t.packed)
	if end > uint64(len(data)) || t.packed > t.size || t.size > maxFontBytes {
		return nil, fmt.Errorf("bytes %d to %d of %d", t.offset, end, len(data))
	}
	packed := data[t.offset:end]
	if t.packed == t.size {
		return packed, nil
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}
	table, err := io.ReadAll(io.LimitReader(r, int64(t.size)+1))
	if err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}
	if len(table) != int(t.size) {
		return nil, fmt.Errorf("inflated to %d bytes, %d declared", len(table), t.size)
	}
	return table, nil
}

// sfntHeader returns the sfnt header and room for a directory of count tables.
func sfntHeader(flavor uint32, count int) []byte {
	power, log := 1, 0
	for power*2 <= count {
		power, log = power*2, log+1
	}
	out := make([]byte, 12+16*count)
	binary.BigEndian.PutUint32(out, flavor)
	binary.BigEndian.PutUint16(out[4:], uint16(count))
	binary.BigEndian.PutUint16(out[6:], uint16(16*power))
	binary.BigEndian.PutUint16(out[8:], uint16(log))
	binary.BigEndian.PutUint16(out[10:], uint16(16*(count-power)))
	return out
}

// appendSFNTTable appends table i, padded to four bytes, and enters it in the directory.
func appendSFNTTable(out []byte, i int, t woffTable, table []byte) []byte {
	entry := out[12+16*i:]
	binary.BigEndian.PutUint32(entry, t.tag)
	binary.BigEndian.PutUint32(entry[4:], t.checksum)
	binary.BigEndian.PutUint32(entry[8:], uint32(len(out)))
	binary.BigEndian.PutUint32(entry[12:], t.size)
	out = append(out, table...)
	return append(out, make([]byte, -len(out)&3)...)
}
