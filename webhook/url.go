package webhook

import (
	"fmt"
	"net/url"

	"hakbeon/internal/egress"
)

const maxURL = 2048 // bytes

// CheckURL says whether a job may ask for its events at this URL: an absolute
// http or https URL of at most 2048 bytes, without user name and fragment,
// whose host is listed in a. The error never shows more of it than the host.
func CheckURL(raw string, a egress.Allowed) error {
	if err := egress.Check(raw, maxURL, a); err != nil {
		return fmt.Errorf("callback URL: %w", err)
	}
	return nil
}

// checkTarget is for every URL that is posted to, the configured one included:
// events hold personal data, so plain http is for listed hosts only.
func checkTarget(raw string, a egress.Allowed) (*url.URL, *Error) {
	u, port, err := egress.Parse(raw, maxURL)
	if err != nil {
		return nil, &Error{Reason: ReasonBadURL, detail: err.Error()}
	}
	if u.Scheme == "http" && !a.HasHost(u.Hostname(), port) {
		return nil, &Error{Reason: ReasonInsecure, target: egress.Redact(u), detail: "use https, or list the host as allowed"}
	}
	return u, nil
}
