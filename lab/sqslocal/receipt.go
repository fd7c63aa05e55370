package sqslocal

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
)

// receipt is what a receipt handle says: which copy of a message, and the
// number of the delivery that issued it. The queue is named by its serial,
// so a queue created again under the same name refuses old handles.
type receipt struct {
	queue    uint64
	message  uint64
	delivery uint64
}

// receiptPrefix makes handles look like SQS's own, which begin "AQEB".
const receiptPrefix = "\x01\x01\x01"

// encode writes the handle; a checksum lets decode refuse made-up ones.
func (r receipt) encode() string {
	b := []byte(receiptPrefix)
	b = binary.BigEndian.AppendUint64(b, r.queue)
	b = binary.BigEndian.AppendUint64(b, r.message)
	b = binary.BigEndian.AppendUint64(b, r.delivery)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.StdEncoding.EncodeToString(b)
}

// decodeReceipt reads a handle and reports whether it was ever a handle.
func decodeReceipt(handle string) (receipt, bool) {
	b, err := base64.StdEncoding.DecodeString(handle)
	n := len(receiptPrefix)
	if err != nil || len(b) != n+28 || string(b[:n]) != receiptPrefix {
		return receipt{}, false
	}
	if binary.BigEndian.Uint32(b[n+24:]) != crc32.ChecksumIEEE(b[:n+24]) {
		return receipt{}, false
	}
	return receipt{
		queue:    binary.BigEndian.Uint64(b[n:]),
		message:  binary.BigEndian.Uint64(b[n+8:]),
		delivery: binary.BigEndian.Uint64(b[n+16:]),
	}, true
}
