package s3store

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// plainParts has parts sent as S3 took them first, with MD5 sums: where an upload is begun
// with a checksum's kind, every part must come with one, and browsers send none.
func plainParts(o *s3.Options) {
	o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
}

// BeginParts begins an object that comes in parts, and returns what its upload is called.
// There is no object until [Store.EndParts]. What is never ended costs room until the
// bucket's lifecycle removes it.
func (s *Store) BeginParts(ctx context.Context, key, contentType string) (upload string, err error) {
	out, err := s.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &s.bucket, Key: &key, ContentType: &contentType}, plainParts)
	if err != nil {
		return "", wrap(ctx, "begin parts of", key, err)
	}
	return aws.ToString(out.UploadId), nil
}

// PutPart puts a part, counted from 1, and returns its ETag. The same part again replaces
// it. [ErrNotFound] if there is no such upload, or no longer.
func (s *Store) PutPart(ctx context.Context, key, upload string, part int32, body []byte) (etag string, err error) {
	sum := md5.Sum(body) //nolint:gosec // S3's own sum, against a line's mistakes alone
	out, err := s.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &s.bucket, Key: &key, UploadId: &upload, PartNumber: &part, Body: bytes.NewReader(body),
		ContentMD5: aws.String(base64.StdEncoding.EncodeToString(sum[:])),
	}, plainParts)
	if err != nil {
		return "", wrap(ctx, "put part of", key, err)
	}
	return aws.ToString(out.ETag), nil
}

// PresignPart is an address to which anybody can put this part of just so many bytes, see
// [Store.PresignPut].
func (s *Store) PresignPart(ctx context.Context, key, upload string, part int32, size int64, holds time.Duration) (string, error) {
	if size < 1 {
		return "", errNoSize
	}
	signer := s3.NewPresignClient(s.client, s3.WithPresignExpires(holds), s3.WithPresignClientFromClientOptions(plainParts))
	signed, err := signer.PresignUploadPart(ctx, &s3.UploadPartInput{
		Bucket: &s.bucket, Key: &key, UploadId: &upload, PartNumber: &part, ContentLength: &size,
	})
	if err != nil {
		return "", wrap(ctx, "presign", key, err)
	}
	return signed.URL, nil
}

// EndParts makes the object of its parts, by their ETags in their order. [ErrNotFound] if
// there is no such upload, or no longer: it may have been ended already. [ErrInvalid] if a
// part is another one, or of less than 5 MiB and not the last.
func (s *Store) EndParts(ctx context.Context, key, upload string, etags []string) error {
	parts := make([]types.CompletedPart, len(etags))
	for i := range etags {
		parts[i] = types.CompletedPart{ETag: &etags[i], PartNumber: aws.Int32(int32(i + 1))} //nolint:gosec // at most 10,000
	}
	_, err := s.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &s.bucket, Key: &key, UploadId: &upload, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	}, plainParts)
	return wrap(ctx, "end parts of", key, err)
}
