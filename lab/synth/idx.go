package synth

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxIDXBytes bounds the data of an IDX file; MNIST's largest has 47 MB.
const maxIDXBytes = 64 << 20

var errIDX = errors.New("not a usable IDX file")

// IDX is an array of bytes in the format of the MNIST files.
type IDX struct {
	Dims []int  // sizes, outermost first: images, rows, columns
	Data []byte // the elements, row by row
}

// ReadIDX reads an IDX file of unsigned bytes with one to three dimensions: the
// magic number 0, 0, 8, dimensions; each size as four bytes, big-endian; the data.
// Files that are cut short, too long or above 64 MiB are refused.
func ReadIDX(r io.Reader) (*IDX, error) {
	in := bufio.NewReader(r)
	var magic [4]byte
	if _, err := io.ReadFull(in, magic[:]); err != nil {
		return nil, fmt.Errorf("%w: magic number: %w", errIDX, err)
	}
	if magic[0] != 0 || magic[1] != 0 || magic[2] != 8 || magic[3] < 1 || magic[3] > 3 {
		return nil, fmt.Errorf("%w: magic number % x", errIDX, magic)
	}
	dims, total, err := readIDXSizes(in, int(magic[3]))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(in, total+1))
	if err != nil {
		return nil, fmt.Errorf("%w: data: %w", errIDX, err)
	}
	if int64(len(data)) != total {
		return nil, fmt.Errorf("%w: %d bytes of data or more, %d declared", errIDX, len(data), total)
	}
	return &IDX{dims, data}, nil
}

// readIDXSizes reads n sizes and returns them with their product.
func readIDXSizes(r io.Reader, n int) (dims []int, total int64, err error) {
	raw := make([]byte, 4*n)
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, 0, fmt.Errorf("%w: sizes: %w", errIDX, err)
	}
	total = 1
	for i := range n {
		size := int64(binary.BigEndian.Uint32(raw[4*i:]))
		if size == 0 || size > maxIDXBytes/total {
			return nil, 0, fmt.Errorf("%w: sizes % x", errIDX, raw)
		}
		dims, total = append(dims, int(size)), total*size
	}
	return dims, total, nil
}
