package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

const timestampLayout = "2006-01-02T15:04:05.000Z"

// Body returns {"type":eventType,"timestamp":ts,"data":data} without white
// space. Equal arguments give equal bytes: data keeps its order, ts is UTC to
// the millisecond. It fails if eventType is empty or data is not valid JSON.
func Body(eventType string, ts time.Time, data json.RawMessage) ([]byte, error) {
	if eventType == "" {
		return nil, errors.New("webhook body: the event has no type")
	}
	name, err := json.Marshal(eventType)
	if err != nil {
		return nil, fmt.Errorf("webhook body: type: %w", err)
	}
	var b bytes.Buffer
	b.WriteString(`{"type":`)
	b.Write(name)
	b.WriteString(`,"timestamp":"` + ts.UTC().Format(timestampLayout) + `","data":`)
	if err := json.Compact(&b, data); err != nil {
		return nil, fmt.Errorf("webhook body: data of %s: %w", eventType, err)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// EventID names what happened: "evt_" and 32 hex digits of SHA-256 over the
// parts, each with its length before it. The same parts give the same id, so a
// repeated delivery can be told from a new event.
func EventID(parts ...string) string {
	h := sha256.New()
	var size [8]byte
	for _, part := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	return "evt_" + hex.EncodeToString(h.Sum(nil)[:16])
}
