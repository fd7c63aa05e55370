package conformance

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// objectTests are about single objects: what goes in comes out.
func objectTests() []s3Test {
	return []s3Test{
		{"PutGet", putGet},
		{"Head", headObject},
		{"EmptyObject", emptyObject},
		{"LargeObject", largeObject},
		{"RangeGet", rangeGet},
		{"Overwrite", overwrite},
		{"Delete", deleteObject},
		{"MissingKey", missingKey},
		{"MissingBucket", missingBucket},
		{"AwkwardKeys", awkwardKeys},
	}
}

// keys that a backend may send: Korean, spaces, and what URLs treat specially.
func awkward() []string {
	return []string{
		"중간고사/학번 1.jpg", "a b+c.jpg", "100%.jpg", "100%25.jpg", "a%2Fb.jpg",
		"q?x=1&y=2#z.jpg", "quo'te\"d.jpg", "semi;colon,comma@at.jpg", "(1) [2] {3}.jpg", "~tilde_under-dash.jpg", "이름\u00a0nbsp.jpg",
	}
}

func putGet(t *testing.T, b *s3Bucket) {
	body := randomBytes(3000)
	etag := b.mustPut(t, "a/b/c.jpg", body)
	out := b.wantBody(t, "a/b/c.jpg", body)
	if got := aws.ToString(out.ETag); got != etag || len(etag) < 3 || etag[0] != '"' {
		t.Errorf("ETag of get %s, of put %s; want the same, in quotes", got, etag)
	}
	if age := time.Since(aws.ToTime(out.LastModified)).Abs(); age > 5*time.Minute {
		t.Errorf("LastModified is %s off", age)
	}
}

func headObject(t *testing.T, b *s3Bucket) {
	meta := map[string]string{"sheet": "9f86d081884c7d65", "page": "1"}
	etag := b.mustPut(t, "a.json", []byte(`{"a":1}`), func(in *s3.PutObjectInput) {
		in.ContentType, in.Metadata = aws.String("application/json"), meta
	})
	out, err := b.head("a.json")
	if err != nil {
		t.Fatalf("head: %v", err)
	}
	if aws.ToInt64(out.ContentLength) != 7 || aws.ToString(out.ETag) != etag || aws.ToString(out.ContentType) != "application/json" {
		t.Errorf("head: got length %d, ETag %s, type %s", aws.ToInt64(out.ContentLength), aws.ToString(out.ETag), aws.ToString(out.ContentType))
	}
	if !maps.Equal(out.Metadata, meta) {
		t.Errorf("head: got metadata %v, want %v", out.Metadata, meta)
	}
}

func emptyObject(t *testing.T, b *s3Bucket) {
	b.mustPut(t, "empty", nil)
	b.wantBody(t, "empty", nil)
}

func largeObject(t *testing.T, b *s3Bucket) {
	body := randomBytes(16 << 20)
	b.mustPut(t, "large", body)
	b.wantBody(t, "large", body)
}

func rangeGet(t *testing.T, b *s3Bucket) {
	body := randomBytes(10_000)
	b.mustPut(t, "a", body)
	tests := []struct {
		spec     string
		from, to int
	}{{"bytes=0-0", 0, 1}, {"bytes=100-199", 100, 200}, {"bytes=9990-", 9990, 10_000}, {"bytes=-10", 9990, 10_000}, {"bytes=9000-20000", 9000, 10_000}}
	for _, test := range tests {
		out, err := b.c.GetObject(b.ctx, &s3.GetObjectInput{Bucket: &b.name, Key: b.key("a"), Range: &test.spec})
		if err != nil {
			t.Errorf("get %s: %v", test.spec, err)
			continue
		}
		got, err := io.ReadAll(out.Body)
		out.Body.Close()
		if err != nil || !bytes.Equal(got, body[test.from:test.to]) {
			t.Errorf("get %s: got %d bytes, error %v", test.spec, len(got), err)
		}
		if want := fmt.Sprintf("bytes %d-%d/10000", test.from, test.to-1); aws.ToString(out.ContentRange) != want {
			t.Errorf("get %s: ContentRange %s, want %s", test.spec, aws.ToString(out.ContentRange), want)
		}
	}
	_, err := b.c.GetObject(b.ctx, &s3.GetObjectInput{Bucket: &b.name, Key: b.key("a"), Range: aws.String("bytes=10000-")})
	wantCode(t, "get beyond the end", err, "InvalidRange")
}

// overwrite leaves nothing of the object before, neither bytes nor metadata.
func overwrite(t *testing.T, b *s3Bucket) {
	first := b.mustPut(t, "a", []byte("the longer first body"), func(in *s3.PutObjectInput) {
		in.ContentType, in.Metadata = aws.String("text/plain"), map[string]string{"old": "1"}
	})
	second := b.mustPut(t, "a", []byte("short"), func(in *s3.PutObjectInput) {
		in.ContentType, in.Metadata = aws.String("image/jpeg"), map[string]string{"new": "2"}
	})
	if first == second {
		t.Errorf("ETag %s did not change", first)
	}
	out := b.wantBody(t, "a", []byte("short"))
	if want := map[string]string{"new": "2"}; !maps.Equal(out.Metadata, want) || aws.ToString(out.ContentType) != "image/jpeg" {
		t.Errorf("got metadata %v and type %s, want %v and image/jpeg", out.Metadata, aws.ToString(out.ContentType), want)
	}
}

// deleteObject succeeds whether the key is there or not.
func deleteObject(t *testing.T, b *s3Bucket) {
	b.mustPut(t, "a", []byte("x"))
	for range 2 {
		if _, err := b.c.DeleteObject(b.ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: b.key("a")}); err != nil {
			t.Fatalf("delete: %v", err)
		}
		b.wantAbsent(t, "a")
	}
}

func missingKey(t *testing.T, b *s3Bucket) {
	if _, _, err := b.get("none"); !isType[*types.NoSuchKey](err) {
		t.Errorf("get: got error %v, want types.NoSuchKey", err)
	}
	b.wantAbsent(t, "none")
}

func missingBucket(t *testing.T, b *s3Bucket) {
	none := "hakbeon-none-" + randomHex(8)
	_, err := b.c.GetObject(b.ctx, &s3.GetObjectInput{Bucket: &none, Key: aws.String("a")})
	wantCode(t, "get from a missing bucket", err, "NoSuchBucket")
	_, err = b.c.PutObject(b.ctx, &s3.PutObjectInput{Bucket: &none, Key: aws.String("a"), Body: bytes.NewReader(nil)})
	wantCode(t, "put to a missing bucket", err, "NoSuchBucket")
}

func awkwardKeys(t *testing.T, b *s3Bucket) {
	for i, name := range awkward() {
		body := fmt.Appendf(nil, "body %d", i)
		b.mustPut(t, name, body)
		b.wantBody(t, name, body)
	}
	got := b.list(t, "")
	if len(got) != len(awkward()) {
		t.Errorf("listed %d keys, want %d: %v", len(got), len(awkward()), got)
	}
	for _, name := range awkward() {
		if !got[name] {
			t.Errorf("key %q is not in the listing as it was put", name)
		}
	}
}
