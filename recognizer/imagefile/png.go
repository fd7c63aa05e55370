package imagefile

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

const pngSign = "\x89PNG\r\n\x1a\n"

// cleanPNG leaves of a PNG what makes its picture, and ends it if its end was lost. A
// broken checksum of a comment is no reason to refuse a picture whose own are right.
// It returns the orientation that the file's Exif says, too.
func cleanPNG(data []byte) ([]byte, orientation) {
	out := bytes.NewBufferString(pngSign)
	upright := orientation(1)
	ended := false
	for rest := data[min(len(pngSign), len(data)):]; len(rest) >= 12 && !ended; {
		size := binary.BigEndian.Uint32(rest)
		if uint64(size)+12 > uint64(len(rest)) {
			break // cut off: its decoder says so
		}
		chunk := rest[:size+12]
		rest = rest[size+12:]
		name, body := string(chunk[4:8]), chunk[8:8+size]
		switch {
		case name == "eXIf":
			upright = orientationOf(body)
		case slices.Contains([]string{"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}, name):
			out.Write(chunk)
			ended = name == "IEND"
		case name[0]&0x20 == 0: // a part that must be understood: its decoder says that it doesn't
			out.Write(chunk)
		}
	}
	if !ended {
		out.Write(pngChunk("IEND", nil))
	}
	return out.Bytes(), upright
}

func pngChunk(name string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, name...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// webpOrientation is what the Exif block of a WebP says.
func webpOrientation(data []byte) orientation {
	for rest := data[min(12, len(data)):]; len(rest) >= 8; {
		size := binary.LittleEndian.Uint32(rest[4:])
		if uint64(size) > uint64(len(rest)-8) {
			break
		}
		if string(rest[:4]) == "EXIF" {
			return orientationOf(rest[8 : 8+size])
		}
		rest = rest[min(len(rest), 8+int(size)+int(size&1)):]
	}
	return 1
}
