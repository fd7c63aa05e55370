package bombs

import (
	"bytes"
	"encoding/binary"
)

// TIFF makes images that claim or unpack to more than they are.
func TIFF() []Bomb {
	return []Bomb{
		{"deflate.tif", tiff(1, field{259, 8}, strip(deflated(make([]byte, 256<<20))))},
		{"sixteen-bit-rgba.tif", wideTIFF()},
		{"many-pages.tif", tiff(100, field{259, 4}, strip(bytes.Repeat([]byte{0xff}, 4)))},
		{"tiny-tiles.tif", tinyTiles()},
		{"lzw.tif", tiff(1, field{259, 5}, strip(bytes.Repeat([]byte{0x80, 0x01}, 1<<20)))},
	}
}

type field struct {
	tag   uint16
	value uint32
}

// strip is the data that a page's only strip has.
type strip []byte

// side by side is 49 million pixels, which is allowed.
const side = 7000

// tiff is a chain of directories over one strip of data.
func tiff(pages int, compression field, data strip, more ...field) []byte {
	var b bytes.Buffer
	const head = 8
	b.WriteString("II*\x00")
	fields := append([]field{
		{256, side}, {257, side}, {258, 8}, compression, {262, 1}, {273, head}, {277, 1}, {278, side},
		{279, uint32(len(data))},
	}, more...)
	if compression.value == 4 { // group 4
		fields[2].value = 1
	}
	size := uint32(2 + 12*len(fields) + 4)
	first := uint32(head + len(data) + len(data)%2)
	le := binary.LittleEndian
	b.Write(le.AppendUint32(nil, first))
	b.Write(data)
	b.Write(make([]byte, len(data)%2))
	for page := range pages {
		b.Write(le.AppendUint16(nil, uint16(len(fields))))
		for _, f := range fields {
			const long = 4
			b.Write(le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(nil, f.tag), long), 1), f.value))
		}
		next := uint32(0)
		if page < pages-1 {
			next = first + uint32(page+1)*size
		}
		b.Write(le.AppendUint32(nil, next))
	}
	return b.Bytes()
}

// wideTIFF has 8 bytes a pixel.
func wideTIFF() []byte {
	data := tiff(1, field{259, 8}, strip(deflated(make([]byte, side*side*8))), field{338, 2})
	at := binary.LittleEndian.Uint32(data[4:])
	entry := func(i int) []byte { return data[at+2+12*uint32(i):] }
	le := binary.LittleEndian
	le.PutUint32(entry(2)[4:], 4) // four depths, which lie behind the directory
	le.PutUint16(entry(2)[2:], 3)
	le.PutUint32(entry(2)[8:], uint32(len(data)))
	le.PutUint32(entry(4)[8:], 2) // red, green and blue
	le.PutUint32(entry(6)[8:], 4)
	for range 4 {
		data = le.AppendUint16(data, 16)
	}
	return data
}

// tinyTiles has millions of tiles of 16 pixels' side, all in one place.
func tinyTiles() []byte {
	const tile, n = 16, (side/16 + 1) * (side/16 + 1)
	data := deflated(make([]byte, tile*tile))
	le := binary.LittleEndian
	var b bytes.Buffer
	b.WriteString("II*\x00")
	offsets := uint32(8 + len(data) + len(data)%2)
	counts := offsets + 4*n
	first := counts + 4*n
	b.Write(le.AppendUint32(nil, first))
	b.Write(data)
	b.Write(make([]byte, len(data)%2))
	for range n {
		b.Write(le.AppendUint32(nil, 8))
	}
	for range n {
		b.Write(le.AppendUint32(nil, uint32(len(data))))
	}
	fields := [][3]uint32{
		{256, 1, side}, {257, 1, side}, {258, 1, 8}, {259, 1, 8}, {262, 1, 1}, {277, 1, 1},
		{322, 1, tile}, {323, 1, tile}, {324, n, offsets}, {325, n, counts},
	}
	b.Write(le.AppendUint16(nil, uint16(len(fields))))
	for _, f := range fields {
		const long = 4
		b.Write(le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(nil, uint16(f[0])), long), f[1]), f[2]))
	}
	b.Write(make([]byte, 4))
	return b.Bytes()
}
