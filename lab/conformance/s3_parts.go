package conformance

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// partTests are about objects that come in parts.
func partTests() []s3Test {
	return []s3Test{
		{"Parts", parts},
		{"PartsByAddress", partsByAddress},
		{"OtherParts", otherParts},
	}
}

// leastPart is how many bytes each part has at least, but for the last.
const leastPart = 5 << 20

// inParts is an object that comes in parts.
type inParts struct {
	*s3Bucket
	name   string
	upload *string
	done   []types.CompletedPart
}

// plain has no checksum asked for, which browsers don't send.
func plain(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired }

func (b *s3Bucket) begin(t *testing.T, name string) *inParts {
	t.Helper()
	out, err := b.c.CreateMultipartUpload(b.ctx, &s3.CreateMultipartUploadInput{Bucket: &b.name, Key: b.key(name)}, plain)
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	return &inParts{s3Bucket: b, name: name, upload: out.UploadId}
}

func (p *inParts) part(n int32, body []byte) (etag *string, err error) {
	out, err := p.c.UploadPart(p.ctx, &s3.UploadPartInput{
		Bucket: &p.s3Bucket.name, Key: p.key(p.name), UploadId: p.upload, PartNumber: &n, Body: bytes.NewReader(body),
	}, plain)
	if err != nil {
		return nil, err
	}
	return out.ETag, nil
}

func (p *inParts) mustPart(t *testing.T, n int32, body []byte) {
	t.Helper()
	etag, err := p.part(n, body)
	if err != nil {
		t.Fatalf("part %d: %v", n, err)
	}
	p.done = append(p.done, types.CompletedPart{ETag: etag, PartNumber: &n})
}

func (p *inParts) end() error {
	_, err := p.c.CompleteMultipartUpload(p.ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &p.s3Bucket.name, Key: p.key(p.name), UploadId: p.upload, MultipartUpload: &types.CompletedMultipartUpload{Parts: p.done},
	}, plain)
	return err
}

// parts: the same part again replaces it, and there is no object before its end.
func parts(t *testing.T, b *s3Bucket) {
	body := randomBytes(leastPart + 7)
	p := b.begin(t, "중간 +%.pdf")
	if _, err := p.part(1, randomBytes(leastPart)); err != nil {
		t.Fatalf("a part that is replaced: %v", err)
	}
	p.mustPart(t, 1, body[:leastPart])
	p.mustPart(t, 2, body[leastPart:])
	b.wantAbsent(t, p.name)
	if err := p.end(); err != nil {
		t.Fatalf("end: %v", err)
	}
	b.wantBody(t, p.name, body)
}

// partsByAddress: whoever has an address puts the part, and nothing but so many bytes.
func partsByAddress(t *testing.T, b *s3Bucket) {
	body := randomBytes(1000)
	p := b.begin(t, "a.pdf")
	signed, err := s3.NewPresignClient(b.c, s3.WithPresignClientFromClientOptions(plain)).PresignUploadPart(b.ctx, &s3.UploadPartInput{
		Bucket: &b.name, Key: b.key(p.name), UploadId: p.upload, PartNumber: aws.Int32(1), ContentLength: aws.Int64(1000),
	})
	if err != nil {
		t.Fatalf("presign: %v", err)
	}
	put := func(body []byte) (status int, etag string) {
		t.Helper()
		req, err := http.NewRequestWithContext(b.ctx, http.MethodPut, signed.URL, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("ETag")
	}
	if status, _ := put(randomBytes(1001)); status != http.StatusForbidden {
		t.Errorf("a longer part than is signed: got %d, want 403", status)
	}
	status, etag := put(body)
	if status != http.StatusOK || etag == "" {
		t.Fatalf("got %d with ETag %q, want 200 with one", status, etag)
	}
	p.done = []types.CompletedPart{{ETag: &etag, PartNumber: aws.Int32(1)}}
	if err := p.end(); err != nil {
		t.Fatalf("end: %v", err)
	}
	b.wantBody(t, p.name, body)
}

// otherParts: by parts that are not there nothing ends, and what has ended takes none.
func otherParts(t *testing.T, b *s3Bucket) {
	body := randomBytes(100)
	p := b.begin(t, "a.pdf")
	p.mustPart(t, 1, body)
	right := p.done
	p.done = []types.CompletedPart{{ETag: aws.String(`"00000000000000000000000000000000"`), PartNumber: aws.Int32(1)}}
	wantCode(t, "end by another part", p.end(), "InvalidPart")
	p.done = right
	if err := p.end(); err != nil {
		t.Fatalf("end: %v", err)
	}
	_, err := p.part(2, body)
	wantCode(t, "put a part after the end", err, "NoSuchUpload")
	b.wantBody(t, p.name, body)
}
