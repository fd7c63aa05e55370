package conformance

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// STSOptions tune the STS suite. The zero value fits a stand-in.
type STSOptions struct {
	// RoleARN is the role to assume. Defaults to a made-up one.
	RoleARN string
	// Skip names subtests that this STS is known to fail, with the reason.
	Skip map[string]string
}

// STS checks GetCallerIdentity and AssumeRole: that credentials work, that
// those of a session do, and that wrong ones are refused.
func STS(t *testing.T, c *sts.Client, opts STSOptions) {
	t.Helper()
	tests := []struct {
		name string
		run  func(*testing.T, *sts.Client, STSOptions)
	}{
		{"CallerIdentity", callerIdentity},
		{"AssumeRole", assumeRole},
		{"AssumeRoleDuration", assumeRoleDuration},
		{"SessionIdentity", sessionIdentity},
		{"SessionTampered", sessionTampered},
		{"WrongCredentials", wrongCredentials},
	}
	known := map[string]bool{}
	for _, test := range tests {
		known[test.name] = true
		t.Run(test.name, func(t *testing.T) {
			skipKnown(t, opts.Skip[test.name])
			test.run(t, c, opts)
		})
	}
	wantKnown(t, known, slices.Collect(maps.Keys(opts.Skip)))
}

func callerIdentity(t *testing.T, c *sts.Client, _ STSOptions) {
	out, err := c.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatalf("get caller identity: %v", err)
	}
	if !regexp.MustCompile(`^\d{12}$`).MatchString(aws.ToString(out.Account)) {
		t.Errorf("account %q is not 12 digits", aws.ToString(out.Account))
	}
	if !strings.HasPrefix(aws.ToString(out.Arn), "arn:aws") || aws.ToString(out.UserId) == "" {
		t.Errorf("got ARN %q, user %q", aws.ToString(out.Arn), aws.ToString(out.UserId))
	}
}

// assume returns the credentials of a new session of the role.
func assume(ctx context.Context, c *sts.Client, role string) (aws.Credentials, error) {
	out, err := c.AssumeRole(ctx, assumeInput(role))
	if err != nil {
		return aws.Credentials{}, err
	}
	return aws.Credentials{
		AccessKeyID: aws.ToString(out.Credentials.AccessKeyId), SecretAccessKey: aws.ToString(out.Credentials.SecretAccessKey),
		SessionToken: aws.ToString(out.Credentials.SessionToken), CanExpire: true, Expires: aws.ToTime(out.Credentials.Expiration),
	}, nil
}

func assumeInput(role string) *sts.AssumeRoleInput {
	if role == "" {
		role = "arn:aws:iam::000000000000:role/hakbeon"
	}
	return &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("conformance")}
}

func assumeRole(t *testing.T, c *sts.Client, opts STSOptions) {
	creds, err := assume(t.Context(), c, opts.RoleARN)
	if err != nil {
		t.Fatalf("assume role: %v", err)
	}
	if !strings.HasPrefix(creds.AccessKeyID, "ASIA") || creds.SecretAccessKey == "" || creds.SessionToken == "" {
		t.Errorf("access key %q, secret of %d, token of %d characters", creds.AccessKeyID, len(creds.SecretAccessKey), len(creds.SessionToken))
	}
	if left := time.Until(creds.Expires); left < 14*time.Minute || left > 12*time.Hour {
		t.Errorf("expires in %s, want between 15 minutes and 12 hours", left)
	}
	again, err := assume(t.Context(), c, opts.RoleARN)
	if err != nil {
		t.Fatalf("assume role again: %v", err)
	}
	if again.AccessKeyID == creds.AccessKeyID || again.SecretAccessKey == creds.SecretAccessKey {
		t.Error("two sessions share a key")
	}
}

func assumeRoleDuration(t *testing.T, c *sts.Client, opts STSOptions) {
	in := assumeInput(opts.RoleARN)
	in.DurationSeconds = aws.Int32(900)
	out, err := c.AssumeRole(t.Context(), in)
	if err != nil {
		t.Fatalf("assume role for 900 s: %v", err)
	}
	if left := time.Until(aws.ToTime(out.Credentials.Expiration)); left < 13*time.Minute || left > 16*time.Minute {
		t.Errorf("expires in %s, want 15 minutes", left)
	}
	in.DurationSeconds = aws.Int32(899)
	_, err = c.AssumeRole(t.Context(), in)
	wantCode(t, "assume role for 899 s", err, "ValidationError")
}

// identify asks who these credentials are, with a signer of its own: see
// s3Bucket.as.
func identify(t *testing.T, c *sts.Client, creds aws.Credentials) error {
	t.Helper()
	options := c.Options()
	options.Credentials = fixed(creds)
	options.HTTPSignerV4, options.AuthSchemes = nil, nil
	_, err := sts.New(options).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	return err
}

func sessionIdentity(t *testing.T, c *sts.Client, opts STSOptions) {
	creds, err := assume(t.Context(), c, opts.RoleARN)
	if err != nil {
		t.Fatalf("assume role: %v", err)
	}
	if err := identify(t, c, creds); err != nil {
		t.Errorf("get caller identity as the session: %v", err)
	}
}

// tamperings are ways to damage a session's credentials.
func tamperings() map[string]func(*aws.Credentials) {
	return map[string]func(*aws.Credentials){
		"token cut":        func(c *aws.Credentials) { c.SessionToken = c.SessionToken[:len(c.SessionToken)-1] },
		"token changed":    func(c *aws.Credentials) { c.SessionToken = flip(c.SessionToken) },
		"token left out":   func(c *aws.Credentials) { c.SessionToken = "" },
		"secret changed":   func(c *aws.Credentials) { c.SecretAccessKey = flip(c.SecretAccessKey) },
		"other access key": func(c *aws.Credentials) { c.AccessKeyID = c.AccessKeyID[:len(c.AccessKeyID)-4] + "AAAA" },
	}
}

// flip changes the character in the middle.
func flip(s string) string {
	b := []byte(s)
	if b[len(b)/2] == 'A' {
		b[len(b)/2] = 'B'
	} else {
		b[len(b)/2] = 'A'
	}
	return string(b)
}

func sessionTampered(t *testing.T, c *sts.Client, opts STSOptions) {
	creds, err := assume(t.Context(), c, opts.RoleARN)
	if err != nil {
		t.Fatalf("assume role: %v", err)
	}
	for name, change := range tamperings() {
		bad := creds
		change(&bad)
		wantCode(t, name, identify(t, c, bad), "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken")
	}
}

func wrongCredentials(t *testing.T, c *sts.Client, _ STSOptions) {
	own, err := c.Options().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatalf("the client has no credentials: %v", err)
	}
	bad := own
	bad.SecretAccessKey += "x"
	wantCode(t, "wrong secret", identify(t, c, bad), "SignatureDoesNotMatch")
	bad = own
	bad.AccessKeyID = "AKIAHAKBEONSTRANGER0"
	wantCode(t, "unknown access key", identify(t, c, bad), "InvalidClientTokenId")
}
