package imagefile

import (
	"bytes"
	"encoding/binary"
)

const (
	tagSubfileType = 254 // bit 0: a thumbnail of another page
	tagOrientation = 274
)

// exifOrientation looks for the orientation in a JPEG's Exif segment. Broken
// Exif is ignored: the image may be fine without it.
func exifOrientation(jpeg []byte) orientation {
	block := exifBlock(jpeg)
	t, ok := parseTIFFHeader(block)
	if !ok {
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
	first uint32 // offset of the first directory
}

func parseTIFFHeader(data []byte) (tiffHeader, bool) {
	t := tiffHeader{data: data}
	if len(data) < 8 {
		return t, false
	}
	switch string(data[:4]) {
	case "II*\x00":
		t.order = binary.LittleEndian
	case "MM\x00*":
		t.order = binary.BigEndian
	default:
		return t, false
	}
	t.first = t.order.Uint32(data[4:])
	return t, true
}

// directory is a list of tags, and the offset of the next one, 0 for none.
type directory struct {
	entries []byte // 12 bytes each
	order   binary.ByteOrder
	next    uint32
}

func (t tiffHeader) directory(offset uint32) (directory, bool) {
	if int64(offset) < 8 || int64(offset)+2 > int64(len(t.data)) {
		return directory{}, false
	}
	rest := t.data[offset:]
	size := 12 * int(t.order.Uint16(rest))
	rest = rest[2:]
	if len(rest) < size {
		return directory{}, false
	}
	d := directory{entries: rest[:size], order: t.order}
	if tail := rest[size:]; len(tail) >= 4 { // Exif of some phones ends here
		d.next = t.order.Uint32(tail)
	}
	return d, true
}

// value returns a tag's single number, or missing if it is absent or something
// else.
func (d directory) value(tag uint16, missing uint32) uint32 {
	const short, long = 3, 4
	for e := d.entries; len(e) >= 12; e = e[12:] {
		if d.order.Uint16(e) != tag || d.order.Uint32(e[4:]) != 1 {
			continue
		}
		switch d.order.Uint16(e[2:]) {
		case short:
			return uint32(d.order.Uint16(e[8:]))
		case long:
			return d.order.Uint32(e[8:])
		}
	}
	return missing
}
