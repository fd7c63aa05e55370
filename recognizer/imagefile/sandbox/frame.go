package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxHead bounds the JSON before a body; errors are the longest of it.
const maxHead = 64 << 10

// frameSizes stand before each frame: of the head and of the body, in bytes.
type frameSizes struct {
	Head uint32
	Body uint64
}

// writeFrame writes the body in the pieces that it comes in.
func writeFrame(w io.Writer, head any, body ...[]byte) error {
	text, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("encode a frame: %w", err)
	}
	if len(text) > maxHead {
		return fmt.Errorf("encode a frame: a head of %d bytes, at most %d are sent", len(text), maxHead)
	}
	sizes := frameSizes{Head: uint32(len(text))}
	for _, b := range body {
		sizes.Body += uint64(len(b))
	}
	if err := binary.Write(w, binary.LittleEndian, sizes); err != nil {
		return err
	}
	for _, b := range append([][]byte{text}, body...) {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// readHead reads a frame up to its body and returns the body's size.
func readHead(r io.Reader, head any, maxBody int64) (int64, error) {
	var sizes frameSizes
	if err := binary.Read(r, binary.LittleEndian, &sizes); err != nil {
		return 0, err
	}
	if sizes.Head > maxHead || sizes.Body > uint64(maxBody) {
		return 0, fmt.Errorf("%w: a frame of %d and %d bytes", errFrame, sizes.Head, sizes.Body)
	}
	text := make([]byte, sizes.Head)
	if _, err := io.ReadFull(r, text); err != nil {
		return 0, err
	}
	if err := json.Unmarshal(text, head); err != nil {
		return 0, fmt.Errorf("%w: %w", errFrame, err)
	}
	return int64(sizes.Body), nil
}

var errFrame = errors.New("broken frame")
