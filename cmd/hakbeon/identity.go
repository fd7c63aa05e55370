package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"hakbeon/internal/config"
	"hakbeon/s3store/credentials"
)

// checkOrder says which credentials serve S3, and what is set and not used.
func checkOrder(cfg config.Config, source *credentials.Source) string {
	said := "s3: " + source.String() + "; sqs: the SDK's chain"
	var idle []string
	for _, set := range []struct {
		name string
		is   bool
	}{
		{"AWS_ROLE_ARN", cfg.STSEndpoint != "" && cfg.RoleARN != "" && cfg.WebIdentityFile == ""},
		{"STS_API_TOKEN", cfg.STSEndpoint == "" && cfg.STSToken != ""},
		{"STS_API_KEY", cfg.STSEndpoint == "" && cfg.STSKey != ""},
		{"STS_API_EXAM_CODE", cfg.STSEndpoint == "" && cfg.STSByExam},
	} {
		if set.is {
			idle = append(idle, set.name)
		}
	}
	if len(idle) > 0 {
		said += "; set and not used: " + strings.Join(idle, ", ")
	}
	if strings.HasPrefix(cfg.STSEndpoint, "http://") {
		said += "; the endpoint is asked without TLS: who listens on the way has the credentials"
	}
	return said
}

// checkSource asks for the credentials that serve S3 as the worker does.
func checkSource(ctx context.Context, cfg aws.Config, source *credentials.Source) (string, error) {
	said, _, err := identify(ctx, cfg, source)
	if err != nil {
		return "", err
	}
	s := source.Status(ctx)
	if s.Err != nil {
		return "", s.Err
	}
	return said + until(s.Expires), nil
}

// checkChain asks for the credentials that serve SQS.
func checkChain(ctx context.Context, cfg aws.Config) (string, error) {
	said, creds, err := identify(ctx, cfg, cfg.Credentials)
	if err != nil {
		return "", err
	}
	if !creds.CanExpire {
		return said + until(time.Time{}), nil
	}
	return said + until(creds.Expires), nil
}

func until(expires time.Time) string {
	if expires.IsZero() {
		return ", do not expire"
	}
	return ", expire " + expires.UTC().Format(time.RFC3339)
}

// identify asks AWS STS whose credentials these are.
func identify(ctx context.Context, cfg aws.Config, provider aws.CredentialsProvider) (string, aws.Credentials, error) {
	if provider == nil {
		return "", aws.Credentials{}, errors.New("there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role")
	}
	creds, err := provider.Retrieve(ctx)
	if err != nil {
		return "", creds, fmt.Errorf("get the credentials: %w", err)
	}
	client := sts.NewFromConfig(cfg, func(o *sts.Options) { o.Credentials = provider })
	out, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", creds, fmt.Errorf("ask AWS STS who we are: check AWS_REGION and the credentials: %w", err)
	}
	kind := "permanent keys"
	if creds.SessionToken != "" {
		kind = "with a session token"
	}
	return fmt.Sprintf("%s, from %s, %s", aws.ToString(out.Arn), creds.Source, kind), creds, nil
}
