package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/config"
	"hakbeon/s3store"
)

// connect makes the store over the configured bucket.
func connect(ctx context.Context, cfg config.Config) (*s3store.Store, aws.Config, error) {
	awsCfg, err := awsclient.Load(ctx)
	if err != nil {
		return nil, awsCfg, err
	}
	creds, err := s3store.Credentials(awsCfg, cfg.STSEndpoint)
	if err != nil {
		return nil, awsCfg, err
	}
	return s3store.New(awsclient.S3(awsCfg, creds), cfg.Bucket), awsCfg, nil
}
