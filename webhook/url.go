package webhook

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

const maxURL = 2048 // bytes

// CheckURL says whether a job may ask for its events at this URL: an absolute
// http or https URL of at most 2048 bytes, without user name and fragment,
// whose host is listed in a. The error never shows more of it than the host.
func CheckURL(raw string, a Allowed) error {
	u, port, err := parseURL(raw)
	if err != nil {
		return fmt.Errorf("callback URL: %w", err)
	}
	switch {
	case u.User != nil:
		return errors.New("callback URL: it must not hold a user name or password")
	case strings.Contains(raw, "#"):
		return errors.New("callback URL: it must not have a fragment")
	case !a.hasHost(u.Hostname(), port):
		return fmt.Errorf("callback URL: the host %q, port %d, is not in the list of allowed hosts", u.Hostname(), port)
	}
	return nil
}

// parseURL returns an absolute http(s) URL and the port that it leads to.
func parseURL(raw string) (*url.URL, uint16, error) {
	if len(raw) > maxURL {
		return nil, 0, fmt.Errorf("it has more than %d bytes", maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, 0, errors.New("it is not a URL") // err would show it
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, 0, errors.New("it must begin with https:// or http:// and a host")
	}
	port := uint64(443)
	if u.Scheme == "http" {
		port = 80
	}
	if text := u.Port(); text != "" {
		if port, err = strconv.ParseUint(text, 10, 16); err != nil || port == 0 {
			return nil, 0, errors.New("its port must be 1 to 65535")
		}
	}
	return u, uint16(port), nil
}

// checkTarget is for every URL that is posted to, the configured one included:
// events hold personal data, so plain http is for listed hosts only.
func checkTarget(raw string, a Allowed) (*url.URL, *Error) {
	u, port, err := parseURL(raw)
	if err != nil {
		return nil, &Error{Reason: ReasonBadURL, detail: err.Error()}
	}
	if u.Scheme == "http" && !a.hasHost(u.Hostname(), port) {
		return nil, &Error{Reason: ReasonInsecure, target: redact(u), detail: "use https, or list the host as allowed"}
	}
	return u, nil
}

// redact keeps the scheme and host of a URL: paths and queries carry tokens.
func redact(u *url.URL) string { return u.Scheme + "://" + u.Host }
