package bombs

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// PNG makes pictures that take far more memory than their files.
func PNG() []Bomb {
	const grey, rgb, rgba, interlaced = 0, 2, 6, 1
	rows := func(bytes int) []byte { return deflated(make([]byte, side*(side*bytes+1))) }
	return []Bomb{
		{"sixteen-bit-rgba.png", png(16, rgba, 0, chunk{"IDAT", rows(8)})},
		{"interlaced.png", png(16, rgba, interlaced, chunk{"IDAT", rows(8)})},
		{"wide-rgb.png", png(8, rgb, 0, chunk{"IDAT", rows(3)})},
		{"text.png", png(8, grey, 0, chunk{"zTXt", append([]byte("Comment\x00\x00"), deflated(make([]byte, 256<<20))...)}, chunk{"IDAT", rows(1)})},
	}
}

type chunk struct {
	name string
	data []byte
}

func png(bits, colours, interlace byte, chunks ...chunk) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	be := binary.BigEndian
	head := be.AppendUint32(be.AppendUint32(nil, side), side)
	for _, c := range append(append([]chunk{{"IHDR", append(head, bits, colours, 0, 0, interlace)}}, chunks...), chunk{"IEND", nil}) {
		b.Write(be.AppendUint32(nil, uint32(len(c.data))))
		named := append([]byte(c.name), c.data...)
		b.Write(named)
		b.Write(be.AppendUint32(nil, crc32.ChecksumIEEE(named)))
	}
	return b.Bytes()
}
