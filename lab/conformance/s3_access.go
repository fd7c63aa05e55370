package conformance

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// accessTests are about who may do what.
func accessTests() []s3Test {
	return []s3Test{
		{"UnknownAccessKey", unknownAccessKey},
		{"WrongSecret", wrongSecret},
		{"Unsigned", unsigned},
		{"Presigned", presigned},
		{"PresignedExpired", presignedExpired},
		{"SessionCredentials", sessionCredentials},
		{"SessionTokenTampered", sessionTokenTampered},
	}
}

// as returns the same client with other credentials, and a signer of its own:
// a signer keeps the keys that it derived by access key, so it would go on
// signing with the right secret after a wrong one was given.
func (b *s3Bucket) as(creds aws.Credentials) *s3Bucket {
	options := b.c.Options()
	options.Credentials = fixed(creds)
	options.HTTPSignerV4, options.AuthSchemes = nil, nil
	other := *b
	other.c = s3.New(options)
	return &other
}

func fixed(creds aws.Credentials) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return creds, nil })
}

func (b *s3Bucket) own(t *testing.T) aws.Credentials {
	t.Helper()
	creds, err := b.c.Options().Credentials.Retrieve(b.ctx)
	if err != nil {
		t.Fatalf("the client has no credentials: %v", err)
	}
	return creds
}

func unknownAccessKey(t *testing.T, b *s3Bucket) {
	stranger := b.as(aws.Credentials{AccessKeyID: "AKIAHAKBEONSTRANGER0", SecretAccessKey: "none"}) //nolint:gosec // it is nobody's
	_, err := stranger.put("a", []byte("x"))
	wantCode(t, "put", err, "InvalidAccessKeyId", "AccessDenied")
	b.wantAbsent(t, "a")
}

func wrongSecret(t *testing.T, b *s3Bucket) {
	creds := b.own(t)
	creds.SecretAccessKey += "x"
	stranger := b.as(creds)
	_, err := stranger.put("a", []byte("x"))
	wantCode(t, "put", err, "SignatureDoesNotMatch", "AccessDenied")
	b.wantAbsent(t, "a")
}

func unsigned(t *testing.T, b *s3Bucket) {
	b.mustPut(t, "a", []byte("x"))
	nobody := *b
	nobody.c = s3.New(b.c.Options(), func(o *s3.Options) { o.Credentials = aws.AnonymousCredentials{} })
	_, _, err := nobody.get("a")
	wantCode(t, "get", err, "AccessDenied")
}

// fetch gets a URL as a browser would.
func fetch(ctx context.Context, url string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

func presigned(t *testing.T, b *s3Bucket) {
	for _, name := range []string{"plain.jpg", "중간 +%.jpg"} {
		b.mustPut(t, name, []byte("body"))
		signed, err := s3.NewPresignClient(b.c).PresignGetObject(b.ctx, &s3.GetObjectInput{Bucket: &b.name, Key: b.key(name)})
		if err != nil {
			t.Fatalf("presign: %v", err)
		}
		status, body, err := fetch(b.ctx, signed.URL)
		if err != nil || status != http.StatusOK || body != "body" {
			t.Errorf("%s: got %d %.200q, %v; want 200", name, status, body, err)
		}
		if status, _, _ := fetch(b.ctx, signed.URL+"0"); status != http.StatusForbidden && status != http.StatusBadRequest {
			t.Errorf("%s, with another signature: got %d, want 403", name, status)
		}
	}
}

// backdated signs as if it were some time ago, so that a URL can be expired
// without waiting.
type backdated struct {
	next s3.HTTPPresignerV4
	ago  time.Duration
}

// PresignHTTP implements s3.HTTPPresignerV4.
func (p backdated) PresignHTTP(ctx context.Context, creds aws.Credentials, r *http.Request, hash, service, region string, at time.Time, f ...func(*v4.SignerOptions)) (string, http.Header, error) {
	return p.next.PresignHTTP(ctx, creds, r, hash, service, region, at.Add(-p.ago), f...)
}

func presignedExpired(t *testing.T, b *s3Bucket) {
	b.mustPut(t, "a", []byte("body"))
	tests := []struct {
		name string
		ago  time.Duration
		want int
	}{{"still valid", 30 * time.Second, http.StatusOK}, {"expired", 2 * time.Minute, http.StatusForbidden}}
	for _, test := range tests {
		c := s3.NewPresignClient(b.c, s3.WithPresignExpires(time.Minute), func(o *s3.PresignOptions) {
			o.Presigner = backdated{v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }), test.ago}
		})
		signed, err := c.PresignGetObject(b.ctx, &s3.GetObjectInput{Bucket: &b.name, Key: b.key("a")})
		if err != nil {
			t.Fatalf("presign: %v", err)
		}
		if status, body, err := fetch(b.ctx, signed.URL); err != nil || status != test.want {
			t.Errorf("%s: got %d %.200q, %v; want %d", test.name, status, body, err, test.want)
		}
	}
}

// session returns credentials of an assumed role, or skips.
func (b *s3Bucket) session(t *testing.T) aws.Credentials {
	t.Helper()
	if b.opts.STS == nil {
		t.Skip("no STS was given")
	}
	creds, err := assume(b.ctx, b.opts.STS, b.opts.RoleARN)
	if err != nil {
		t.Fatalf("assume role: %v", err)
	}
	return creds
}

func sessionCredentials(t *testing.T, b *s3Bucket) {
	session := b.as(b.session(t))
	session.mustPut(t, "a", []byte("by a session"), onlyIfAbsent)
	b.wantBody(t, "a", []byte("by a session"))
	b.mustPut(t, "b", []byte("by the owner"))
	session.wantBody(t, "b", []byte("by the owner"))
	if err := session.copy("b", "c"); err != nil {
		t.Errorf("copy by a session: %v", err)
	}
}

func sessionTokenTampered(t *testing.T, b *s3Bucket) {
	creds := b.session(t)
	for name, change := range tamperings() {
		bad := creds
		change(&bad)
		_, err := b.as(bad).put("a", []byte("x"))
		wantCode(t, name, err, "InvalidToken", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied")
	}
	b.wantAbsent(t, "a")
}
