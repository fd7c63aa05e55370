package s3store_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"hakbeon/s3store"
)

// An object comes in parts, by us and by address, and is there when all of them are.
func TestParts(t *testing.T) {
	const leastPart = 5 << 20 // of S3, but for the last
	store := storeAt(t, stack.Env["AWS_ENDPOINT_URL_S3"])
	key := prefix(t) + "scan.pdf"
	body := make([]byte, 2*leastPart+7)
	_, _ = rand.Read(body) // it never fails
	first, second, third := body[:leastPart], body[leastPart:2*leastPart], body[2*leastPart:]
	upload, err := store.BeginParts(t.Context(), key, "application/pdf")
	must(t, err)
	etags := make([]string, 3)
	etags[0], err = store.PutPart(t.Context(), key, upload, 1, first)
	must(t, err)
	if _, err := store.PutPart(t.Context(), key, upload, 2, first); err != nil { // by mistake
		t.Fatal(err)
	}
	address, err := store.PresignPart(t.Context(), key, upload, 2, int64(len(second)), time.Minute)
	must(t, err)
	etags[1] = putAt(t, address, second)
	etags[2], err = store.PutPart(t.Context(), key, upload, 3, third)
	must(t, err)

	if err := store.EndParts(t.Context(), key, upload, []string{etags[0], etags[0], etags[2]}); !errors.Is(err, s3store.ErrInvalid) {
		t.Errorf("with another part in the second's place: %v, want ErrInvalid", err)
	}
	if _, err := store.Head(t.Context(), key); !errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("before it is whole: %v, want ErrNotFound", err)
	}
	must(t, store.EndParts(t.Context(), key, upload, etags))
	got, err := store.Get(t.Context(), key, int64(len(body)))
	if err != nil || !bytes.Equal(got.Body, body) {
		t.Errorf("%d bytes came out of %d, %v", len(got.Body), len(body), err)
	}
	if _, err := store.PutPart(t.Context(), key, upload, 3, third); !errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("a part of what has ended: %v, want ErrNotFound", err)
	}
	if err := store.EndParts(t.Context(), key+"2", "unknown", etags); !errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("an end of nothing: %v, want ErrNotFound", err)
	}
}

// putAt puts a body to an address, as a browser does, and returns its ETag.
func putAt(t *testing.T, address string, body []byte) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, bytes.NewReader(body))
	must(t, err)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	must(t, err)
	defer answer.Body.Close()
	if said, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		t.Fatalf("got %d %s", answer.StatusCode, said)
	}
	return answer.Header.Get("ETag")
}
