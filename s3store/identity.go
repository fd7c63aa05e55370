package s3store

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Identity returns the credentials that the store works with now, for who shows
// until when they are valid. It must not be logged.
func (s *Store) Identity(ctx context.Context) (aws.Credentials, error) {
	provider := s.client.Options().Credentials
	if provider == nil {
		return aws.Credentials{}, fmt.Errorf("the store of bucket %q has no credentials", s.bucket)
	}
	creds, err := provider.Retrieve(ctx)
	if err != nil {
		return creds, fmt.Errorf("get the credentials for S3: %w", err)
	}
	return creds, nil
}
