package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// PresignPut is an address to which anybody can put an object of just so many bytes, as
// this key, for as long as the time says and the credentials hold. Nothing is asked of S3.
func (s *Store) PresignPut(ctx context.Context, key string, size int64, holds time.Duration) (string, error) {
	if size < 1 {
		return "", errNoSize
	}
	return s.presignPut(ctx, key, size, holds)
}

// errNoSize: a length of 0 is not signed, so an address for it would take any.
var errNoSize = errors.New("an address is for one byte or more")

func (s *Store) presignPut(ctx context.Context, key string, size int64, holds time.Duration, with ...func(*s3.Options)) (string, error) {
	// Or the address would want the checksum of a body that isn't known yet.
	with = append(with, plainParts)
	signer := s3.NewPresignClient(s.client, s3.WithPresignExpires(holds), s3.WithPresignClientFromClientOptions(with...))
	signed, err := signer.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: &key, ContentLength: &size})
	if err != nil {
		return "", wrap(ctx, "presign", key, err)
	}
	return signed.URL, nil
}

// Origin is where the bucket is, as browsers name it: scheme, host and port. It asks
// nobody, for credentials neither.
func (s *Store) Origin(ctx context.Context) (string, error) {
	address, err := s.presignPut(ctx, "origin", 0, time.Minute, func(o *s3.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider("nobody", "nobody", "")
	})
	if err != nil {
		return "", err
	}
	at, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("read the bucket's address: %w", err)
	}
	return at.Scheme + "://" + at.Host, nil
}
