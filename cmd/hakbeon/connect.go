package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/config"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
)

// connect makes the store over the configured bucket.
func connect(ctx context.Context, cfg config.Config) (*s3store.Store, aws.Config, error) {
	store, awsCfg, _, err := connectAs(ctx, cfg, nil)
	return store, awsCfg, err
}

// connectAs also returns the credentials that serve S3; each renewal of them is
// told to observe. adapt changes the clients' settings first.
func connectAs(ctx context.Context, cfg config.Config, observe func(time.Time, error), adapt ...func(*aws.Config)) (*s3store.Store, aws.Config, *credentials.Source, error) {
	awsCfg, err := awsclient.Load(ctx)
	if err != nil {
		return nil, awsCfg, nil, err
	}
	for _, change := range adapt {
		change(&awsCfg)
	}
	source, err := credentials.Open(awsCfg, credentials.Options{
		Endpoint: credentials.Endpoint{
			URL: cfg.STSEndpoint, Method: strings.ToUpper(cfg.STSMethod), Token: cfg.STSToken, Key: cfg.STSKey, ByExam: cfg.STSByExam,
		},
		RoleARN: cfg.RoleARN, RoleSession: cfg.RoleSession, WebIdentityFile: cfg.WebIdentityFile, Observe: observe,
	})
	if err != nil {
		return nil, awsCfg, nil, fmt.Errorf("credentials for s3: %w", err)
	}
	return s3store.New(awsclient.S3(awsCfg, source, source.Renewing()), cfg.Bucket), awsCfg, source, nil
}
