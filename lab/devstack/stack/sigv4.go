package stack

import (
	"errors"
	"net/http"

	"hakbeon/lab/sigv4"
)

// verify checks the request's signature against the issuer's keys. body is the whole
// body, which the caller has read.
func (i *issuer) verify(r *http.Request, body []byte) error {
	signature, err := sigv4.Parse(r)
	if err != nil {
		return err
	}
	secret, err := i.secretOf(signature.Access, r.Header.Get("X-Amz-Security-Token"))
	if err != nil {
		return err
	}
	return signature.Check(r, body, secret, i.now())
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
	case errors.Is(err, sigv4.ErrUnsigned):
		return awsError{"MissingAuthenticationToken", "Request is missing Authentication Token.", http.StatusForbidden}
	default:
		return awsError{"SignatureDoesNotMatch", "The request signature we calculated does not match: " + err.Error() + ".", http.StatusForbidden}
	}
}
