package s3store

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Credentials says which credentials serve S3: those of the SDK's own chain. It
// is where those of a backend's endpoint will come in; until then naming one is
// an error, so that nobody believes it is used.
func Credentials(cfg aws.Config, endpoint string) (aws.CredentialsProvider, error) {
	if endpoint != "" {
		return nil, errors.New("STS_API_ENDPOINT is set and not supported yet: unset it and give the worker credentials by the SDK's chain (environment, profile, role)")
	}
	return cfg.Credentials, nil
}
