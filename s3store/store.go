package s3store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Content types of what is written.
const (
	TypeJSON   = "application/json"
	TypeJPEG   = "image/jpeg"
	TypeBinary = "application/octet-stream"
	TypeXLSX   = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

const (
	maxRecordBytes = 256 << 20 // a plan of the largest batch
	conflictTries  = 5
	deleteBatch    = 1000
)

// Store is one bucket.
type Store struct {
	client *s3.Client
	bucket string
}

// New returns a Store over the bucket.
func New(client *s3.Client, bucket string) *Store { return &Store{client: client, bucket: bucket} }

// Bucket is the bucket's name.
func (s *Store) Bucket() string { return s.bucket }

// Object is an object's content with the ETag that it had.
type Object struct {
	Body []byte
	ETag string
}

// Stream is an object about to be read: its size is known, its bytes are not yet
// here. It must be closed.
type Stream struct {
	Size int64
	ETag string
	ctx  context.Context // of Open; it bounds the reading too
	key  string
	body io.ReadCloser
	read *bufio.Reader // of body
}

// Open begins to read an object of at most limit bytes; ErrTooLarge beyond.
func (s *Store) Open(ctx context.Context, key string, limit int64) (*Stream, error) {
	return s.OpenOther(ctx, key, limit, "")
}

// OpenOther is Open for who has the object with this ETag: [ErrUnchanged] if it is
// still that one.
func (s *Store) OpenOther(ctx context.Context, key string, limit int64, etag string) (*Stream, error) {
	in := &s3.GetObjectInput{Bucket: &s.bucket, Key: &key}
	if etag != "" {
		in.IfNoneMatch = &etag
	}
	out, err := s.client.GetObject(ctx, in)
	if err != nil {
		return nil, wrap(ctx, "get", key, err)
	}
	if out.ContentLength == nil {
		out.Body.Close()
		return nil, &Error{Op: "get", Key: key, Kind: ErrUnavailable, Err: errors.New("the answer does not say how long it is")}
	}
	size := *out.ContentLength
	if size > limit {
		out.Body.Close()
		return nil, &Error{Op: "get", Key: key, Kind: ErrTooLarge, Err: fmt.Errorf("%d bytes, at most %d are read", size, limit)}
	}
	return &Stream{Size: size, ETag: aws.ToString(out.ETag), ctx: ctx, key: key, body: out.Body, read: bufio.NewReader(out.Body)}, nil
}

// ReadAll reads the object. Bytes that are not those that were written are
// [ErrUnavailable].
func (st *Stream) ReadAll() ([]byte, error) {
	body := make([]byte, st.Size)
	if _, err := io.ReadFull(st.read, body); err != nil {
		return nil, wrap(st.ctx, "get", st.key, err)
	}
	// The SDK compares the checksum when it meets the end.
	if _, err := st.read.Read(make([]byte, 1)); err != nil && !errors.Is(err, io.EOF) {
		return nil, wrap(st.ctx, "get", st.key, err)
	}
	return body, nil
}

// Head is how the object begins: n bytes, at most 4,096, or all of it. They are still to
// be read.
func (st *Stream) Head(n int) ([]byte, error) {
	head, err := st.read.Peek(n)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, wrap(st.ctx, "get", st.key, err)
	}
	return head, nil
}

// Save writes the object into a file. Errors but s3store's are the file's.
func (st *Stream) Save(to io.Writer) error {
	n, err := io.Copy(to, readErrors{st})
	if err == nil && n != st.Size {
		err = wrap(st.ctx, "get", st.key, io.ErrUnexpectedEOF)
	}
	return err
}

// readErrors marks what goes wrong in reading, in place of in writing.
type readErrors struct{ *Stream }

func (r readErrors) Read(p []byte) (int, error) {
	n, err := r.read.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = wrap(r.ctx, "get", r.key, err)
	}
	return n, err
}

// Close gives the connection back.
func (st *Stream) Close() { st.body.Close() }

// Get reads an object of at most limit bytes; ErrTooLarge beyond.
func (s *Store) Get(ctx context.Context, key string, limit int64) (Object, error) {
	stream, err := s.Open(ctx, key, limit)
	if err != nil {
		return Object{}, err
	}
	defer stream.Close()
	body, err := stream.ReadAll()
	return Object{Body: body, ETag: stream.ETag}, err
}

// Info is what a listing or a HEAD tells of an object.
type Info struct {
	Key      string
	ETag     string
	Size     int64
	Modified time.Time // by S3's clock, in whole seconds
}

// Head tells of an object without reading it.
func (s *Store) Head(ctx context.Context, key string) (Info, error) {
	out, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		return Info{}, wrap(ctx, "head", key, err)
	}
	return Info{
		Key: key, ETag: aws.ToString(out.ETag), Size: aws.ToInt64(out.ContentLength), Modified: aws.ToTime(out.LastModified),
	}, nil
}

// Put writes an object whatever was there.
func (s *Store) Put(ctx context.Context, key string, body []byte, contentType string) error {
	_, err := s.put(ctx, "put", &s3.PutObjectInput{Key: &key, ContentType: &contentType}, body)
	return err
}

// PutFile is Put of a file on disk, from its beginning.
func (s *Store) PutFile(ctx context.Context, key string, body *os.File, contentType string) error {
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: &key, ContentType: &contentType, Body: body})
	return wrap(ctx, "put", key, err)
}

// Create writes an object that is not there yet and returns its ETag;
// [ErrExists] if another one is.
func (s *Store) Create(ctx context.Context, key string, body []byte, contentType string) (string, error) {
	etag, err := s.put(ctx, "create", &s3.PutObjectInput{Key: &key, ContentType: &contentType, IfNoneMatch: aws.String("*")}, body)
	return s.settle(ctx, "create", key, body, etag, err, ErrExists)
}

// Replace writes an object if it still has the ETag, and returns its new one;
// [ErrChanged] if it has another.
func (s *Store) Replace(ctx context.Context, key string, body []byte, contentType, etag string) (string, error) {
	next, err := s.put(ctx, "replace", &s3.PutObjectInput{Key: &key, ContentType: &contentType, IfMatch: &etag}, body)
	return s.settle(ctx, "replace", key, body, next, err, ErrChanged)
}

// put tries again after 409: two conditional writes met, and neither was
// necessarily done.
func (s *Store) put(ctx context.Context, op string, in *s3.PutObjectInput, body []byte) (string, error) {
	in.Bucket = &s.bucket
	for try := 1; ; try++ {
		in.Body = bytes.NewReader(body)
		out, err := s.client.PutObject(ctx, in)
		if err == nil {
			return aws.ToString(out.ETag), nil
		}
		resp, ok := errors.AsType[*smithyhttp.ResponseError](err)
		if !ok || resp.HTTPStatusCode() != http.StatusConflict || try == conflictTries {
			return "", wrap(ctx, op, *in.Key, err)
		}
		if err := pause(ctx, time.Duration(try)*50*time.Millisecond); err != nil {
			return "", wrap(ctx, op, *in.Key, err)
		}
	}
}

// settle looks behind a failed precondition: the object may be our own, written
// by a try whose answer was lost.
func (s *Store) settle(ctx context.Context, op, key string, body []byte, etag string, err, refused error) (string, error) {
	if !errors.Is(err, ErrChanged) {
		return etag, err
	}
	there, readErr := s.Get(ctx, key, int64(len(body)))
	switch {
	case readErr == nil && bytes.Equal(there.Body, body):
		return there.ETag, nil
	case readErr != nil && !errors.Is(readErr, ErrTooLarge) && !errors.Is(readErr, ErrNotFound):
		return "", readErr
	}
	return "", &Error{Op: op, Key: key, Kind: refused}
}

// Copy copies an object inside the bucket, without its bytes passing through us.
// With an ETag only the object that had it is copied; [ErrChanged] if it is
// another by now.
func (s *Store) Copy(ctx context.Context, from, to, etag string) error {
	source := s.bucket + "/" + escapePath(from)
	in := &s3.CopyObjectInput{
		Bucket: &s.bucket, Key: &to, CopySource: &source,
		// A backend's tags are its own: to take them along we would need more rights.
		TaggingDirective: types.TaggingDirectiveReplace,
	}
	if etag != "" {
		in.CopySourceIfMatch = &etag
	}
	_, err := s.client.CopyObject(ctx, in)
	return wrap(ctx, "copy", from, err)
}

func escapePath(key string) string {
	parts := strings.Split(key, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.ReplaceAll(strings.Join(parts, "/"), "+", "%2B")
}

// Delete removes objects; ones that are not there count as removed.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for start := 0; start < len(keys); start += deleteBatch {
		chunk := keys[start:min(start+deleteBatch, len(keys))]
		in := &types.Delete{Quiet: aws.Bool(true)}
		for _, k := range chunk {
			in.Objects = append(in.Objects, types.ObjectIdentifier{Key: aws.String(k)})
		}
		out, err := s.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &s.bucket, Delete: in})
		if err != nil {
			return wrap(ctx, "delete", chunk[0], err)
		}
		for _, e := range out.Errors {
			return &Error{Op: "delete", Key: aws.ToString(e.Key), Kind: ErrUnavailable, Err: errors.New(aws.ToString(e.Code))}
		}
	}
	return nil
}

// List walks the objects under a prefix in the order of their keys: one call for
// 1,000 of them. It ends after an error.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Info{}, wrap(ctx, "list", prefix, err))
				return
			}
			for _, o := range page.Contents {
				if !yield(Info{aws.ToString(o.Key), aws.ToString(o.ETag), aws.ToInt64(o.Size), aws.ToTime(o.LastModified)}, nil) {
					return
				}
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
