package sqslocal

import (
	"crypto/md5" //nolint:gosec // MD5 is the digest that SQS has
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
)

// md5Of is the digest of a body, in hexadecimal.
func md5Of(body string) string {
	sum := md5.Sum([]byte(body)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// md5OfAttributes is the digest that SQS defines over message attributes:
// sorted by name, each part behind its length in four bytes. It is empty for
// no attributes.
func md5OfAttributes(attributes map[string]attribute) string {
	if len(attributes) == 0 {
		return ""
	}
	h := md5.New() //nolint:gosec // as above
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		writePart(h, name)
		writePart(h, a.DataType)
		h.Write([]byte{a.transport()})
		writePart(h, a.value())
	}
	return hex.EncodeToString(h.Sum(nil))
}

func writePart(h hash.Hash, part string) {
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
	_, _ = io.WriteString(h, part)
}

// transport is 1 for values sent as strings (numbers too), 2 for bytes.
func (a attribute) transport() byte {
	if strings.HasPrefix(a.DataType, kindBinary) {
		return 2
	}
	return 1
}

func (a attribute) value() string {
	if a.StringValue != nil {
		return *a.StringValue
	}
	return string(a.BinaryValue)
}
