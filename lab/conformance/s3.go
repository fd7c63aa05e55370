package conformance

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// S3Options tune the S3 suite. The zero value runs all of it that needs no STS.
type S3Options struct {
	// Prefix is put before every key. Defaults to a new random one. Whatever is
	// under it is deleted at the end.
	Prefix string
	// STS, if set, gives the session whose credentials are tried on S3.
	STS *sts.Client
	// RoleARN is the role to assume. Defaults to a made-up one.
	RoleARN string
	// Only, if not empty, names the subtests to run.
	Only []string
	// Skip names subtests that this S3 is known to fail, with the reason. They
	// are reported as skipped.
	Skip map[string]string
	// Timeout bounds each subtest. Defaults to 2 minutes.
	Timeout time.Duration
}

// S3 checks that the bucket behaves as hakbeon needs: objects and their
// metadata come back as they went in, conditional writes have one winner,
// listings are complete, wrong credentials and wrong checksums are refused.
// The client must come from the SDK's default configuration, or its checksums
// are off. Each behaviour is a subtest.
func S3(t *testing.T, c *s3.Client, bucket string, opts S3Options) {
	t.Helper()
	if opts.Prefix == "" {
		opts.Prefix = "conformance/" + randomHex(8) + "/"
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 2 * time.Minute
	}
	defer emptyPrefix(t, c, bucket, opts.Prefix)
	known := map[string]bool{}
	for _, test := range slices.Concat(objectTests(), partTests(), conditionTests(), copyTests(), listTests(), integrityTests(), accessTests()) {
		known[test.name] = true
		if len(opts.Only) > 0 && !slices.Contains(opts.Only, test.name) {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			skipKnown(t, opts.Skip[test.name])
			ctx, cancel := context.WithTimeout(t.Context(), opts.Timeout)
			defer cancel()
			test.run(t, &s3Bucket{ctx: ctx, c: c, name: bucket, prefix: opts.Prefix + test.name + "/", opts: opts})
		})
	}
	wantKnown(t, known, opts.Only)
	wantKnown(t, known, slices.Collect(maps.Keys(opts.Skip)))
}

// skipKnown skips a subtest for a reason, if there is one.
func skipKnown(t *testing.T, reason string) {
	t.Helper()
	if reason != "" {
		t.Skipf("KNOWN DIFFERENCE: %s", reason)
	}
}

// wantKnown keeps options from naming subtests that are not there (any more).
func wantKnown(t *testing.T, known map[string]bool, names []string) {
	t.Helper()
	for _, name := range names {
		if !known[name] {
			t.Errorf("the options name %q, which is no subtest", name)
		}
	}
}

// s3Test is one behaviour.
type s3Test struct {
	name string
	run  func(*testing.T, *s3Bucket)
}

// s3Bucket is the bucket as one subtest sees it: keys are relative to the
// subtest's own prefix.
type s3Bucket struct {
	ctx    context.Context
	c      *s3.Client
	name   string
	prefix string
	opts   S3Options
}

func (b *s3Bucket) key(name string) *string { return aws.String(b.prefix + name) }

// put writes an object and returns its ETag. The functions may change the
// request.
func (b *s3Bucket) put(name string, body []byte, change ...func(*s3.PutObjectInput)) (string, error) {
	in := &s3.PutObjectInput{Bucket: &b.name, Key: b.key(name), Body: bytes.NewReader(body)}
	for _, f := range change {
		f(in)
	}
	out, err := b.c.PutObject(b.ctx, in)
	if err != nil {
		return "", err
	}
	return aws.ToString(out.ETag), nil
}

func (b *s3Bucket) mustPut(t *testing.T, name string, body []byte, change ...func(*s3.PutObjectInput)) string {
	t.Helper()
	etag, err := b.put(name, body, change...)
	if err != nil {
		t.Fatalf("put %q: %v", name, err)
	}
	return etag
}

// get reads an object whole.
func (b *s3Bucket) get(name string) ([]byte, *s3.GetObjectOutput, error) {
	out, err := b.c.GetObject(b.ctx, &s3.GetObjectInput{Bucket: &b.name, Key: b.key(name)})
	if err != nil {
		return nil, nil, err
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	return body, out, err
}

// wantBody fails the test unless the object holds exactly body.
func (b *s3Bucket) wantBody(t *testing.T, name string, body []byte) *s3.GetObjectOutput {
	t.Helper()
	got, out, err := b.get(name)
	if err != nil {
		t.Fatalf("get %q: %v", name, err)
	}
	if !bytes.Equal(got, body) {
		t.Fatalf("get %q: got %d bytes %.40q, want %d bytes %.40q", name, len(got), got, len(body), body)
	}
	if n := aws.ToInt64(out.ContentLength); n != int64(len(body)) {
		t.Errorf("get %q: ContentLength %d, want %d", name, n, len(body))
	}
	return out
}

func (b *s3Bucket) head(name string) (*s3.HeadObjectOutput, error) {
	return b.c.HeadObject(b.ctx, &s3.HeadObjectInput{Bucket: &b.name, Key: b.key(name), ChecksumMode: types.ChecksumModeEnabled})
}

// wantAbsent fails the test if the object is there.
func (b *s3Bucket) wantAbsent(t *testing.T, name string) {
	t.Helper()
	if _, err := b.head(name); !isType[*types.NotFound](err) {
		t.Errorf("head %q: got error %v, want types.NotFound", name, err)
	}
}

// isType reports whether err holds an error of type E.
func isType[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// wantCode fails the test unless err is an API error with one of the codes.
func wantCode(t *testing.T, doing string, err error, codes ...string) {
	t.Helper()
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		t.Errorf("%s: got error %v, want code %v", doing, err, codes)
		return
	}
	if !slices.Contains(codes, api.ErrorCode()) {
		t.Errorf("%s: got code %q (%v), want %v", doing, api.ErrorCode(), err, codes)
	}
}

// emptyPrefix deletes what the suite left behind.
func emptyPrefix(t *testing.T, c *s3.Client, bucket, prefix string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	pages := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Errorf("clean up %s: %v", prefix, err)
			return
		}
		var ids []types.ObjectIdentifier
		for _, o := range page.Contents {
			ids = append(ids, types.ObjectIdentifier{Key: o.Key})
		}
		if len(ids) == 0 {
			continue
		}
		if _, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: ids}}); err != nil {
			t.Errorf("clean up %s: %v", prefix, err)
			return
		}
	}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func randomHex(n int) string { return hex.EncodeToString(randomBytes(n)) }
