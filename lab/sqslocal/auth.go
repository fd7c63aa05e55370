package sqslocal

import (
	"errors"
	"net/http"
	"time"

	"hakbeon/lab/sigv4"
)

// authenticate checks who signed the request and, if the server knows the
// secret, that the signature is right.
func (s *Server) authenticate(r *http.Request, body []byte) error {
	if s.options.AccessKey == "" {
		return nil
	}
	signature, err := sigv4.Parse(r)
	switch {
	case err != nil:
		return coralError(http.StatusForbidden, "MissingAuthenticationTokenException", "MissingAuthenticationToken",
			"Request is missing Authentication Token")
	case signature.Access != s.options.AccessKey:
		return coralError(http.StatusForbidden, "UnrecognizedClientException", "InvalidClientTokenId",
			"The security token included in the request is invalid.")
	case s.options.SecretKey == "":
		return nil
	}
	switch err := signature.Check(r, body, s.options.SecretKey, time.Now()); {
	case errors.Is(err, sigv4.ErrSkew):
		return badSignature("Signature expired or not yet current: " + r.Header.Get("X-Amz-Date"))
	case err != nil:
		return badSignature("The request signature we calculated does not match the signature you provided. " +
			"Check your AWS Secret Access Key and signing method.")
	}
	return nil
}

func badSignature(reason string) error {
	return coralError(http.StatusForbidden, "InvalidSignatureException", "SignatureDoesNotMatch", "%s", reason)
}
