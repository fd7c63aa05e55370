package bombs

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"strings"
)

// seed is a sound picture of 64 x 48 pixels, from which the others are made.
//
//go:embed seed.heic
var seed []byte

// HEIC makes photos that claim or hold more than they show.
func HEIC() []Bomb {
	return []Bomb{
		{"claims-50-megapixels.heic", claimed(7000, 7000)},
		{"grid.heic", grid()},
		{"extents.heic", extents()},
		{"nested-boxes.heic", nestedBoxes()},
	}
}

// box is an ISO box; full boxes begin with a version and flags.
func box(name string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), name...), body...)
}

func be16(values ...int) (b []byte) {
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func be32(values ...int) (b []byte) {
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	return b
}

// claimed has another size in the picture's properties.
func claimed(width, height int) []byte {
	data := bytes.Clone(seed)
	if at := bytes.Index(data, []byte("ispe")); at >= 0 {
		copy(data[at+8:], be32(width, height))
	}
	return data
}

func heic(boxes ...[]byte) []byte {
	head := box("ftyp", []byte("heic"), be32(0), []byte("mif1heic"))
	return append(head, bytes.Join(boxes, nil)...)
}

func meta(parts ...[]byte) []byte {
	handler := box("hdlr", be32(0, 0), []byte("pict"), be32(0, 0, 0), []byte{0})
	return box("meta", append([][]byte{be32(0), handler}, parts...)...)
}

func item(id int, kind string) []byte {
	return box("infe", []byte{2, 0, 0, 0}, be16(id, 0), []byte(kind), []byte{0})
}

// grid is a picture of 255 x 255 tiles, each of which is a grid of as many.
func grid() []byte {
	const depth, tiles = 4, 255
	infos, refs, locations := [][]byte{}, [][]byte{be32(0)}, [][]byte{}
	for id := 1; id <= depth; id++ {
		infos = append(infos, item(id, "grid"))
		refs = append(refs, box("dimg", be16(id, tiles*tiles&0xffff), bytes.Repeat(be16(id%depth+1), tiles*tiles)))
		locations = append(locations, be16(id, 1, 0, 1), be32(0, 8))
	}
	iinf := box("iinf", append([][]byte{be32(0), be16(depth)}, infos...)...)
	iloc := box("iloc", append([][]byte{{1, 0, 0, 0, 0x44, 0}, be16(depth)}, locations...)...)
	size := box("ispe", be32(0, 7000, 7000))
	props := box("iprp", box("ipco", size), box("ipma", be32(0, depth), be16(1), []byte{1, 0x81}, be16(2), []byte{1, 0x81}, be16(3), []byte{1, 0x81}, be16(4), []byte{1, 0x81}))
	idat := box("idat", []byte{0, 0, tiles - 1, tiles - 1}, be16(7000, 7000))
	return heic(meta(box("pitm", be32(0), be16(1)), iinf, box("iref", refs...), iloc, props, idat), box("mdat", make([]byte, 16)))
}

// extents has an item that is the same ten megabytes over and over.
func extents() []byte {
	const n, size = 60_000, 10 << 20
	iloc := box("iloc", []byte{0, 0, 0, 0, 0x44, 0}, be16(1, 1, 0, n), bytes.Repeat(be32(1<<20, size), n))
	iinf := box("iinf", be32(0), be16(1), item(1, "hvc1"))
	props := box("iprp", box("ipco", box("ispe", be32(0, 7000, 7000))), box("ipma", be32(0, 1), be16(1), []byte{1, 0x81}))
	return heic(meta(box("pitm", be32(0), be16(1)), iinf, iloc, props), box("mdat", make([]byte, size+1<<20)))
}

// nestedBoxes lie in each other a hundred thousand deep.
func nestedBoxes() []byte {
	const depth = 100_000
	var b strings.Builder
	for i := range depth {
		b.Write(be32(8 * (depth - i)))
		b.WriteString("iprp")
	}
	return heic(meta([]byte(b.String())), box("mdat", make([]byte, 16)))
}
