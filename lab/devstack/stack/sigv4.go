package stack

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Errors of a signature, beside those of the credential itself.
var (
	errNoSignature  = errors.New("request is not signed")
	errBadSignature = errors.New("signature does not match")
	errClockSkew    = errors.New("request is signed for another time")
)

// maxSkew is how far a request's clock may be off, as AWS has it.
const maxSkew = 15 * time.Minute

var authorization = regexp.MustCompile(
	`^AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]{64}$`)

// verify checks the request's SigV4 signature against the issuer's keys, by
// signing it again with the SDK's own signer and comparing. body is the whole
// body, which the caller has read.
func (i *issuer) verify(r *http.Request, body []byte) error {
	got := r.Header.Get("Authorization")
	m := authorization.FindStringSubmatch(got)
	if m == nil {
		return errNoSignature
	}
	access, region, service, signed := m[1], m[2], m[3], strings.Split(m[4], ";")
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || i.now().Sub(at).Abs() > maxSkew {
		return errClockSkew
	}
	token := r.Header.Get("X-Amz-Security-Token")
	secret, err := i.secretOf(access, token)
	if err != nil {
		return err
	}
	again := signedPart(r, signed)
	hash := sha256.Sum256(body)
	creds := aws.Credentials{AccessKeyID: access, SecretAccessKey: secret, SessionToken: token}
	err = v4.NewSigner().SignHTTP(r.Context(), creds, again, hex.EncodeToString(hash[:]), service, region, at)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(again.Header.Get("Authorization")), []byte(got)) != 1 {
		return errBadSignature
	}
	return nil
}

// signedPart copies of a request only what its signature covers: the signer
// would sign every other header too.
func signedPart(r *http.Request, headers []string) *http.Request {
	u := *r.URL
	u.Scheme, u.Host = "http", r.Host
	part := &http.Request{Method: r.Method, URL: &u, Host: r.Host, Header: http.Header{}}
	for _, name := range headers {
		if values := r.Header.Values(name); len(values) > 0 {
			part.Header[http.CanonicalHeaderKey(name)] = values
		}
		if name == "content-length" {
			part.ContentLength = r.ContentLength
		}
	}
	return part
}

// awsError is how AWS names an error of a credential or signature: its code,
// its status, and a message that helps.
type awsError struct {
	code, message string
	status        int
}

// describe maps an error of verify.
func describe(err error) awsError {
	switch {
	case errors.Is(err, errUnknownKey), errors.Is(err, errBadToken):
		return awsError{"InvalidClientTokenId", "The security token included in the request is invalid.", http.StatusForbidden}
	case errors.Is(err, errExpiredToken):
		return awsError{"ExpiredToken", "The security token included in the request is expired.", http.StatusForbidden}
	case errors.Is(err, errNoSignature):
		return awsError{"MissingAuthenticationToken", "Request is missing Authentication Token.", http.StatusForbidden}
	default:
		return awsError{"SignatureDoesNotMatch", "The request signature we calculated does not match: " + err.Error() + ".", http.StatusForbidden}
	}
}
