package jobs

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
)

// Distinct returns the keys in their order, each once.
func Distinct(keys []string) []string {
	seen := make(map[string]bool, len(keys))
	out := make([]string, 0, len(keys))
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}

// DefaultBatchID names a batch whose sender gave it no name: the same exam, keys
// in any order and roster are the same batch.
func DefaultBatchID(examCode string, keys []string, rosterKey string) string {
	return "auto-" + digest(append([]string{examCode, rosterKey}, sorted(keys)...)...)
}

// SendingID names one sending of a job for a FIFO queue, which drops what comes
// with the same name within five minutes. A Recognize sent twice is one batch and
// has one name. A verdict or a rematch said again is another act, even in the same
// words (a verdict after its undo, a rematch after the next roster), so each call
// makes a name of its own: ask once and keep it for all tries of the sending.
func SendingID(m Message) string {
	in, ok := m.(*Recognize)
	if !ok {
		return rand.Text()
	}
	return digest(append([]string{
		in.ExamCode, in.BatchID, in.RosterKey, in.CallbackURL, in.ManifestKey, in.DownloadURL, in.Filename,
		strconv.Itoa(in.BatchTotal), in.PagesPerSheet.String(), strconv.FormatBool(in.Open),
	}, sorted(in.Keys)...)...)
}

// PartID names the set of keys of one message: 16 hex digits.
func PartID(keys []string) string { return digest(sorted(keys)...) }

// SheetID names a sheet: the first 16 hex digits of SHA-256 over exam, batch,
// key and page, each preceded by its length so that no two lists are alike.
func SheetID(examCode, batchID, key string, page int) string {
	return digest(examCode, batchID, key, strconv.Itoa(page))
}

// RejectionID names the refusal of a message, by the id that its queue gave it.
func RejectionID(messageID string) string { return digest("rejected", messageID) }

func sorted(keys []string) []string { return slices.Sorted(slices.Values(Distinct(keys))) }

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p))))
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
