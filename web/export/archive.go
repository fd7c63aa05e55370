package export

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"io"
	"path"
	"time"
)

const (
	utf8Names  = 0x800 // a flag of an entry
	dosEpoch   = 1980
	zipVersion = 20
)

// archive writes a ZIP as it comes. What is in it is stored as it is: pictures don't get
// smaller. Sizes and checksums stand before each file, where even programs that read a
// ZIP from its beginning want them; whatever needs Zip64 has it.
type archive struct {
	zip   *zip.Writer
	at    time.Time
	taken map[string]names // by folder
}

func newArchive(w io.Writer, at time.Time) *archive {
	return &archive{zip: zip.NewWriter(w), at: at.UTC(), taken: map[string]names{}}
}

// put writes a file. One whose name is taken gets a number.
func (a *archive) put(name string, body []byte) error {
	dir, file := path.Split(name)
	if a.taken[dir] == nil {
		a.taken[dir] = names{}
	}
	h := &zip.FileHeader{
		Name: dir + a.taken[dir].take(file), Method: zip.Store, Flags: utf8Names, ReaderVersion: zipVersion, CreatorVersion: zipVersion,
		CRC32: crc32.ChecksumIEEE(body), CompressedSize64: uint64(len(body)), UncompressedSize64: uint64(len(body)),
	}
	h.Extra = unixTime(a.at)
	h.ModifiedDate, h.ModifiedTime = dosTime(a.at) //nolint:staticcheck // CreateRaw writes these as they are, and looks at no other
	w, err := a.zip.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}

// end writes the directory: without it there is no ZIP.
func (a *archive) end() error { return a.zip.Close() }

// unixTime is the field of an entry that says when in UTC: what dosTime says is of no zone.
func unixTime(t time.Time) []byte {
	field := []byte{'U', 'T', 5, 0, 1} // five bytes, a time of change
	return binary.LittleEndian.AppendUint32(field, uint32(max(t.Unix(), 0)))
}

// dosTime is a time as ZIP has it, in steps of two seconds.
func dosTime(t time.Time) (date, clock uint16) {
	if t.Year() < dosEpoch {
		return 1<<5 | 1, 0 // the first day
	}
	return uint16(t.Day() + int(t.Month())<<5 + (t.Year()-dosEpoch)<<9), uint16(t.Second()/2 + t.Minute()<<5 + t.Hour()<<11)
}
