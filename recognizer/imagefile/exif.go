package imagefile

import (
	"bytes"
	"encoding/binary"
)

const tagOrientation = 274

// Orientation is how the picture of a JPEG or PNG file must be turned to stand upright, 1
// to 8 as Exif counts; 1 where the file says nothing, and of any other file.
func Orientation(file []byte) int {
	turned := orientation(1)
	switch {
	case bytes.HasPrefix(file, jpegSigns):
		turned = exifOrientation(file)
	case bytes.HasPrefix(file, []byte(pngSign)):
		_, turned = cleanPNG(file)
	}
	if turned < 1 || turned > 8 {
		return 1
	}
	return int(turned)
}

// exifOrientation looks for the orientation in a JPEG's Exif segment. Broken
// Exif is ignored: the image may be fine without it.
func exifOrientation(jpeg []byte) orientation { return orientationOf(exifBlock(jpeg)) }

// orientationOf is what an Exif block says; upright if it says nothing.
func orientationOf(block []byte) orientation {
	block = bytes.TrimPrefix(block, []byte("Exif\x00\x00"))
	t, ok := parseTIFFHeader(block)
	if !ok || t.big {
		return 1
	}
	dir, ok := t.directory(t.first)
	if !ok {
		return 1
	}
	return orientation(dir.value(tagOrientation, 1))
}

// exifBlock is empty if there is none before the picture's data.
func exifBlock(jpeg []byte) []byte {
	for marker, payload := range segments(jpeg) {
		if marker == markerSOS {
			break
		}
		if block, ok := bytes.CutPrefix(payload, []byte("Exif\x00\x00")); ok && marker == markerAPP1 {
			return block
		}
	}
	return nil
}

// tiffHeader is the frame that TIFF and Exif share.
type tiffHeader struct {
	data  []byte
	order binary.ByteOrder
	big   bool   // with offsets of eight bytes
	first uint64 // offset of the first directory
}

func parseTIFFHeader(data []byte) (tiffHeader, bool) {
	t := tiffHeader{data: data}
	if len(data) < 8 {
		return t, false
	}
	switch string(data[:4]) {
	case "II*\x00", "II+\x00":
		t.order = binary.LittleEndian
	case "MM\x00*", "MM\x00+":
		t.order = binary.BigEndian
	default:
		return t, false
	}
	if t.big = data[2] == '+' || data[3] == '+'; !t.big {
		t.first = uint64(t.order.Uint32(data[4:]))
		return t, true
	}
	if len(data) < 16 || t.order.Uint16(data[4:]) != 8 {
		return t, false
	}
	t.first = t.order.Uint64(data[8:])
	return t, true
}

// directory is a list of tags, and the offset of the next one, 0 for none.
type directory struct {
	header  tiffHeader
	entries []byte
	next    uint64
}

// sizes are how many bytes a directory's count, an entry, and an offset take.
func (t tiffHeader) sizes() (count, entry, offset int) {
	if t.big {
		return 8, 20, 8
	}
	return 2, 12, 4
}

// offset reads one of the file's own size.
func (t tiffHeader) offset(b []byte) uint64 {
	if t.big {
		return t.order.Uint64(b)
	}
	return uint64(t.order.Uint32(b))
}

func (t tiffHeader) directory(at uint64) (directory, bool) {
	count, entry, offset := t.sizes()
	if at < 8 || at > uint64(len(t.data)) || len(t.data)-int(at) < count {
		return directory{}, false
	}
	rest := t.data[at:]
	n := uint64(t.order.Uint16(rest))
	if t.big {
		n = t.order.Uint64(rest)
	}
	rest = rest[count:]
	if n > uint64(len(rest)/entry) {
		return directory{}, false
	}
	d := directory{header: t, entries: rest[:int(n)*entry]}
	if tail := rest[len(d.entries):]; len(tail) >= offset { // Exif of some phones ends here
		d.next = t.offset(tail)
	}
	return d, true
}

// The types of a tag's values.
const (
	typeByte      = 1
	typeShort     = 3
	typeLong      = 4
	typeRational  = 5
	typeUndefined = 7
	typeIFD       = 13
	typeLong8     = 16
	typeIFD8      = 18
)

func typeSize(kind uint16) int {
	switch kind {
	case typeByte, typeUndefined:
		return 1
	case typeShort:
		return 2
	case typeLong, typeIFD:
		return 4
	case typeRational, typeLong8, typeIFD8:
		return 8
	}
	return 0
}

// raw returns a tag's values as they are stored; nil if it is absent, lies outside of
// the file, or is of a type that holds no numbers.
func (d directory) raw(tag uint16) (kind uint16, values []byte) {
	t := d.header
	_, entry, offset := t.sizes()
	for e := d.entries; len(e) >= entry; e = e[entry:] {
		if t.order.Uint16(e) != tag {
			continue
		}
		kind := t.order.Uint16(e[2:])
		count, size := t.offset(e[4:]), uint64(typeSize(kind))
		if size == 0 || count > uint64(len(t.data))/size {
			return 0, nil
		}
		size *= count
		values := e[4+offset : 4+2*offset]
		if size <= uint64(offset) {
			return kind, values[:size]
		}
		at := t.offset(values)
		if at > uint64(len(t.data)) || size > uint64(len(t.data))-at {
			return 0, nil
		}
		return kind, t.data[at : at+size]
	}
	return 0, nil
}

// numbers are a tag's whole numbers, nil if there are none.
func (d directory) numbers(tag uint16) []uint64 {
	kind, raw := d.raw(tag)
	size := typeSize(kind)
	if size == 0 || kind == typeRational {
		return nil
	}
	out := make([]uint64, 0, len(raw)/size)
	for ; len(raw) >= size; raw = raw[size:] {
		switch size {
		case 1:
			out = append(out, uint64(raw[0]))
		case 2:
			out = append(out, uint64(d.header.order.Uint16(raw)))
		case 4:
			out = append(out, uint64(d.header.order.Uint32(raw)))
		default:
			out = append(out, d.header.order.Uint64(raw))
		}
	}
	return out
}

// value returns a tag's single number, or missing if it is absent or something
// else.
func (d directory) value(tag uint16, missing uint64) uint64 {
	if n := d.numbers(tag); len(n) == 1 {
		return n[0]
	}
	return missing
}

// fraction is a tag's single fraction, 0 if there is none.
func (d directory) fraction(tag uint16) float64 {
	kind, raw := d.raw(tag)
	if kind != typeRational || len(raw) != 8 {
		return 0
	}
	up, down := d.header.order.Uint32(raw), d.header.order.Uint32(raw[4:])
	if down == 0 {
		return 0
	}
	return float64(up) / float64(down)
}
