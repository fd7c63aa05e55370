package conformance

import (
	"fmt"
	"maps"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// copyTests are about copies inside the bucket, by which sheets are filed.
func copyTests() []s3Test {
	return []s3Test{
		{"Copy", copyObject},
		{"CopyAwkwardKeys", copyAwkwardKeys},
		{"CopyReplacesMetadata", copyReplacesMetadata},
		{"CopyMissingKey", copyMissingKey},
		{"CopyOntoExisting", copyOntoExisting},
		{"CopyIfMatch", copyIfMatch},
	}
}

// copy copies inside the bucket. CopySource is the one key that the SDK wants
// escaped by the caller.
func (b *s3Bucket) copy(from, to string, change ...func(*s3.CopyObjectInput)) error {
	source := (&url.URL{Path: b.name + "/" + b.prefix + from}).EscapedPath()
	// A plus is legal in a path, but S3 reads the header as a form would.
	in := &s3.CopyObjectInput{Bucket: &b.name, Key: b.key(to), CopySource: aws.String(escapePlus(source))}
	for _, f := range change {
		f(in)
	}
	_, err := b.c.CopyObject(b.ctx, in)
	return err
}

func escapePlus(path string) string {
	out := make([]byte, 0, len(path))
	for i := range len(path) {
		if path[i] == '+' {
			out = append(out, "%2B"...)
			continue
		}
		out = append(out, path[i])
	}
	return string(out)
}

// What is filed must be what was read.
func copyIfMatch(t *testing.T, b *s3Bucket) {
	body := randomBytes(1000)
	b.mustPut(t, "from.jpg", body)
	read := b.wantBody(t, "from.jpg", body)
	only := func(in *s3.CopyObjectInput) { in.CopySourceIfMatch = read.ETag }
	if err := b.copy("from.jpg", "to.jpg", only); err != nil {
		t.Fatalf("copy of what was read: %v", err)
	}
	b.mustPut(t, "from.jpg", randomBytes(1000))
	if err := b.copy("from.jpg", "to.jpg", only); err == nil {
		t.Error("copied another object than was read")
	}
	b.wantBody(t, "to.jpg", body)
}

func copyObject(t *testing.T, b *s3Bucket) {
	body, meta := randomBytes(200_000), map[string]string{"sheet": "1"}
	b.mustPut(t, "from.jpg", body, func(in *s3.PutObjectInput) {
		in.ContentType, in.Metadata = aws.String("image/jpeg"), meta
	})
	if err := b.copy("from.jpg", "deep/to.jpg"); err != nil {
		t.Fatalf("copy: %v", err)
	}
	out := b.wantBody(t, "deep/to.jpg", body)
	if aws.ToString(out.ContentType) != "image/jpeg" || !maps.Equal(out.Metadata, meta) {
		t.Errorf("copy has type %s, metadata %v; want image/jpeg, %v", aws.ToString(out.ContentType), out.Metadata, meta)
	}
	b.wantBody(t, "from.jpg", body)
}

func copyAwkwardKeys(t *testing.T, b *s3Bucket) {
	for i, name := range awkward() {
		body := fmt.Appendf(nil, "body %d", i)
		b.mustPut(t, "from/"+name, body)
		if err := b.copy("from/"+name, "to/"+name); err != nil {
			t.Errorf("copy %q: %v", name, err)
			continue
		}
		b.wantBody(t, "to/"+name, body)
	}
}

func copyReplacesMetadata(t *testing.T, b *s3Bucket) {
	b.mustPut(t, "from", []byte("x"), func(in *s3.PutObjectInput) { in.Metadata = map[string]string{"old": "1"} })
	err := b.copy("from", "to", func(in *s3.CopyObjectInput) {
		in.MetadataDirective, in.Metadata = types.MetadataDirectiveReplace, map[string]string{"new": "2"}
		in.ContentType = aws.String("image/png")
	})
	if err != nil {
		t.Fatalf("copy: %v", err)
	}
	out := b.wantBody(t, "to", []byte("x"))
	if want := map[string]string{"new": "2"}; !maps.Equal(out.Metadata, want) || aws.ToString(out.ContentType) != "image/png" {
		t.Errorf("got metadata %v, type %s; want %v, image/png", out.Metadata, aws.ToString(out.ContentType), want)
	}
}

func copyMissingKey(t *testing.T, b *s3Bucket) {
	wantCode(t, "copy a missing key", b.copy("none", "to"), "NoSuchKey")
	b.wantAbsent(t, "to")
}

func copyOntoExisting(t *testing.T, b *s3Bucket) {
	b.mustPut(t, "from", []byte("new"))
	b.mustPut(t, "to", []byte("the old and longer one"))
	if err := b.copy("from", "to"); err != nil {
		t.Fatalf("copy: %v", err)
	}
	b.wantBody(t, "to", []byte("new"))
}
