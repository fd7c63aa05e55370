package imagefile_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// oldJPEG is a page packed as TIFF 6 had it first, with parts behind its directory.
type oldJPEG struct {
	parts []byte
	from  uint32 // where the parts begin
}

// put adds a part and returns its place.
func (o *oldJPEG) put(part []byte) uint32 {
	at := o.from + uint32(len(o.parts))
	o.parts = append(o.parts, part...)
	return at
}

func (o *oldJPEG) file(tags ...entry) []byte {
	all := append(ifd{{256, 4, 1, 64}, {257, 4, 1, 48}, {258, 3, 1, 8}, {259, 3, 1, 6}, {262, 3, 1, 1}, {277, 3, 1, 1}}, tags...)
	slices.SortFunc(all, func(a, b entry) int { return int(a[0]) - int(b[0]) })
	head := tiffBytes(binary.LittleEndian, []ifd{all})
	if len(head) > int(o.from) {
		panic("the directory is too long")
	}
	return append(append(head, make([]byte, int(o.from)-len(head))...), o.parts...)
}

// Writers of the first kind of JPEG in TIFF did as they liked.
func TestTIFFOldJPEG(t *testing.T) {
	whole := jpegFile(t, toGray(cornered(64, 48)))
	scan := whole[entropy(whole) : len(whole)-2]
	head := whole[:bytes.LastIndex(whole, []byte{0xff, 0xda})]
	files := map[string]func(*oldJPEG) []byte{
		"a whole JPEG": func(o *oldJPEG) []byte {
			at := o.put(whole)
			return o.file(entry{513, 4, 1, at}, entry{514, 4, 1, uint32(len(whole))})
		},
		"a whole JPEG as its strip": func(o *oldJPEG) []byte {
			at := o.put(whole)
			return o.file(entry{273, 4, 1, at}, entry{279, 4, 1, uint32(len(whole))})
		},
		"a head, and its data as a strip": func(o *oldJPEG) []byte {
			at, data := o.put(slices.Concat(head, []byte{0xff, 0xd9})), o.put(scan)
			return o.file(entry{513, 4, 1, at}, entry{514, 4, 1, uint32(len(head) + 2)},
				entry{273, 4, 1, data}, entry{279, 4, 1, uint32(len(scan))})
		},
		"tables apart": func(o *oldJPEG) []byte {
			quant := o.put(segment(t, head, 0xdb, 0)[1:65])
			dc, ac := o.put(huffmanOf(t, head, 0x00)), o.put(huffmanOf(t, head, 0x10))
			data := o.put(scan)
			return o.file(entry{519, 4, 1, quant}, entry{520, 4, 1, dc}, entry{521, 4, 1, ac},
				entry{273, 4, 1, data}, entry{279, 4, 1, uint32(len(scan))})
		},
	}
	for name, make := range files {
		img := open(t, make(&oldJPEG{from: 512}))
		if corners(img) != [4]bool{true} {
			t.Errorf("%s: dark corners: got %v", name, corners(img))
		}
	}
}

// segment is the payload of the nth segment of a kind.
func segment(t *testing.T, jpeg []byte, marker byte, n int) []byte {
	t.Helper()
	for at := 2; at+4 < len(jpeg); {
		size := int(binary.BigEndian.Uint16(jpeg[at+2:]))
		if jpeg[at+1] == marker {
			if n == 0 {
				return jpeg[at+4 : at+2+size]
			}
			n--
		}
		at += 2 + size
	}
	t.Fatalf("no segment %x", marker)
	return nil
}

// huffmanOf is a table by its class and number, without those.
func huffmanOf(t *testing.T, jpeg []byte, id byte) []byte {
	t.Helper()
	tables := segment(t, jpeg, 0xc4, 0)
	for len(tables) > 17 {
		n := 17
		for _, c := range tables[1:17] {
			n += int(c)
		}
		if tables[0] == id {
			return tables[1:n]
		}
		tables = tables[n:]
	}
	t.Fatalf("no table %x", id)
	return nil
}
