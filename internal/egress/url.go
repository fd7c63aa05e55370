package egress

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Check says whether a job may name this URL: an absolute http or https URL of at most so
// many bytes, without user name and fragment, whose host is listed in a. The error never
// shows more of it than the host.
func Check(raw string, most int, a Allowed) error {
	u, port, err := Parse(raw, most)
	if err != nil {
		return err
	}
	switch {
	case u.User != nil:
		return errors.New("it must not hold a user name or password")
	case strings.Contains(raw, "#"):
		return errors.New("it must not have a fragment")
	case !a.HasHost(u.Hostname(), port):
		return fmt.Errorf("the host %q, port %d, is not in the list of allowed hosts", u.Hostname(), port)
	}
	return nil
}

// Parse returns an absolute http(s) URL of at most so many bytes and the port that it
// leads to. The error shows nothing of it.
func Parse(raw string, most int) (*url.URL, uint16, error) {
	if len(raw) > most {
		return nil, 0, fmt.Errorf("it has more than %d bytes", most)
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

// Redact keeps the scheme and host of a URL: paths and queries carry tokens.
func Redact(u *url.URL) string { return u.Scheme + "://" + u.Host }
