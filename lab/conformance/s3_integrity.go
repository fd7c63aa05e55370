package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// integrityTests are about bytes that must not be damaged or mixed.
func integrityTests() []s3Test {
	return []s3Test{
		{"DefaultChecksum", defaultChecksum},
		{"WrongChecksum", wrongChecksum},
		{"WrongMD5", wrongMD5},
		{"ReadWhileOverwritten", readWhileOverwritten},
		{"ReadYourWrites", readYourWrites},
	}
}

func crc32Of(body []byte) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
}

// defaultChecksum: the SDK sends a CRC32 with every put, and S3 keeps it.
func defaultChecksum(t *testing.T, b *s3Bucket) {
	body := randomBytes(5000)
	b.mustPut(t, "a", body)
	out, err := b.head("a")
	if err != nil {
		t.Fatalf("head: %v", err)
	}
	if got := aws.ToString(out.ChecksumCRC32); got != crc32Of(body) {
		t.Errorf("stored CRC32 is %q, want %q", got, crc32Of(body))
	}
}

func wrongChecksum(t *testing.T, b *s3Bucket) {
	_, err := b.put("a", []byte("what was meant"), func(in *s3.PutObjectInput) {
		in.ChecksumCRC32 = aws.String(crc32Of([]byte("what was not")))
	})
	wantCode(t, "put with a wrong CRC32", err, "BadDigest", "InvalidRequest", "XAmzContentChecksumMismatch")
	b.wantAbsent(t, "a")
}

func wrongMD5(t *testing.T, b *s3Bucket) {
	_, err := b.put("a", []byte("what was meant"), func(in *s3.PutObjectInput) {
		in.ContentMD5 = aws.String("XrY7u+Ae7tCTyyK7j1rNww==")
	})
	wantCode(t, "put with a wrong MD5", err, "BadDigest")
	b.wantAbsent(t, "a")
}

// generation is a body that says its number all over, with a length that
// differs from its neighbours'.
func generation(n int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%08d", n), 8000+(n%7)*1000)
}

// readGeneration returns the number that every part of a body says.
func readGeneration(body []byte) (int, error) {
	var n int
	if _, err := fmt.Sscanf(string(body[:min(8, len(body))]), "%08d", &n); err != nil {
		return 0, fmt.Errorf("%d bytes without a number: %w", len(body), err)
	}
	if !bytes.Equal(body, generation(n)) {
		return 0, fmt.Errorf("%d bytes starting as generation %d are not all of it", len(body), n)
	}
	return n, nil
}

// readWhileOverwritten: a read sees one write whole, and none older than what
// was acknowledged before it began.
func readWhileOverwritten(t *testing.T, b *s3Bucket) {
	const generations, readers = 60, 4
	var acknowledged atomic.Int64
	b.mustPut(t, "a", generation(0))
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				oldest := acknowledged.Load()
				if err := b.readAtLeast(oldest); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := 1; n <= generations; n++ {
		if _, err := b.put("a", generation(n)); err != nil {
			t.Errorf("put generation %d: %v", n, err)
			break
		}
		acknowledged.Store(int64(n))
	}
	close(done)
	wg.Wait()
}

func (b *s3Bucket) readAtLeast(oldest int64) error {
	body, _, err := b.get("a")
	if err != nil {
		return fmt.Errorf("get while overwritten: %w", err)
	}
	n, err := readGeneration(body)
	if err != nil {
		return fmt.Errorf("torn read: %w", err)
	}
	if int64(n) < oldest {
		return fmt.Errorf("stale read: generation %d after %d was acknowledged", n, oldest)
	}
	return nil
}

// readYourWrites holds for listings, too.
func readYourWrites(t *testing.T, b *s3Bucket) {
	for i := range 20 {
		name := fmt.Sprintf("k%02d", i)
		b.mustPut(t, name, []byte(name))
		if !b.list(t, name)[name] {
			t.Errorf("%s is not listed right after its put", name)
		}
		if _, err := b.c.DeleteObject(b.ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: b.key(name)}); err != nil {
			t.Fatalf("delete: %v", err)
		}
		if b.list(t, name)[name] {
			t.Errorf("%s is still listed right after its deletion", name)
		}
	}
}
