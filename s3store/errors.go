package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"hakbeon/s3store/layout"
)

// What an error of this package is, for errors.Is.
var (
	// ErrNotFound: there is no object under the key.
	ErrNotFound = errors.New("no such object")
	// ErrExists: another object was created under the key first.
	ErrExists = errors.New("object exists already")
	// ErrChanged: the object is no longer the one that was read.
	ErrChanged = errors.New("object was changed meanwhile")
	// ErrUnchanged: the object is still the one that the caller has.
	ErrUnchanged = errors.New("object was not changed")
	// ErrTooLarge: the object has more bytes than the caller takes.
	ErrTooLarge = errors.New("object is too large")
	// ErrInvalid: S3 can't do this with this object and never will, such as
	// copying more than 5 GB at once or reading what is archived.
	ErrInvalid = errors.New("s3 can't do this with the object")
	// ErrForbidden: S3 refuses us: policy, key or token.
	ErrForbidden = errors.New("s3 refuses access: check the credentials and the policy with 'hakbeon doctor'")
	// ErrThrottled: S3 asks us to slow down.
	ErrThrottled = errors.New("s3 asks to slow down")
	// ErrUnavailable: S3 could not be asked, or failed.
	ErrUnavailable = errors.New("s3 is not available")
)

// Error is a failed operation on one key. Its text can be logged: it holds no name of
// a sheet's file and no student's ID.
type Error struct {
	Op   string // "get", "put", ...
	Key  string
	Kind error // one of the errors above
	Err  error // what the SDK said; nil if S3 answered as expected
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s %q: %v", e.Op, anonymous(e.Key), e.Kind)
	}
	return fmt.Sprintf("%s %q: %v: %s", e.Op, anonymous(e.Key), e.Kind, e.said())
}

// said is the SDK's error without the key, which it holds in the address that was
// called.
func (e *Error) said() string {
	text := e.Err.Error()
	if at, ok := errors.AsType[*url.Error](e.Err); ok {
		text = strings.ReplaceAll(text, strconv.Quote(at.URL), "…")
	}
	if hidden := anonymous(e.Key); hidden != e.Key {
		text = strings.NewReplacer(e.Key, hidden, escapePath(e.Key), hidden).Replace(text)
	}
	return text
}

// anonymous is what may be said of a key: errors end up in logs, and the name of a
// sheet's file, or of the folder that it is filed in, may be a student's. What is
// named by us or by the exam alone is whole. It is the one place that decides this.
func anonymous(key string) string {
	kind, rest, _ := strings.Cut(key, "/")
	exam, _, filed := strings.Cut(rest, "/")
	switch {
	case kind == "results", kind == "rosters", slices.Contains(layout.ExamKeys(), key):
		return key
	case filed && (kind == "original" || kind == "header"):
		return kind + "/" + exam + "/…"
	case kind == "uploads":
		return "uploads/…"
	}
	return "…"
}

// Unwrap makes both the kind and the SDK's error visible to errors.Is and As.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// Infrastructure reports whether S3, the network or the credentials are at
// fault rather than what was asked for: work should pause and go on later.
func Infrastructure(err error) bool {
	return errors.Is(err, ErrForbidden) || errors.Is(err, ErrThrottled) || errors.Is(err, ErrUnavailable)
}

// Denied reports whether S3 refused access to what was asked for, rather than us:
// the key and the token are good. It may be one object that is out of bounds, or
// all of them.
func Denied(err error) bool {
	if !errors.Is(err, ErrForbidden) {
		return false
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		// The answer to HEAD has no body and so no code but its status.
		return api.ErrorCode() == "AccessDenied" || api.ErrorCode() == "Forbidden" || strings.HasPrefix(api.ErrorCode(), "KMS.")
	}
	return false
}

// wrap classifies an error of the SDK. The end of the caller's context stays
// visible as such; a timeout of the network, which looks alike, is S3's.
func wrap(ctx context.Context, op, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s %q: %w", op, anonymous(key), ctx.Err())
	}
	return &Error{Op: op, Key: key, Kind: kindOf(err), Err: err}
}

func kindOf(err error) error {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "NoSuchKey", "NotFound", "NoSuchUpload":
			return ErrNotFound
		case "NoSuchBucket", "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "AuthorizationHeaderMalformed":
			return ErrForbidden
		case "InvalidObjectState", "InvalidRequest", "InvalidArgument", "EntityTooLarge", "KeyTooLongError", "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML":
			return ErrInvalid
		case "RequestTimeout":
			return ErrUnavailable
		case "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequests", "ServiceUnavailable":
			return ErrThrottled
		case "PreconditionFailed":
			return ErrChanged
		}
	}
	resp, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok {
		return ErrUnavailable
	}
	switch resp.HTTPStatusCode() {
	case http.StatusNotModified:
		return ErrUnchanged
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusForbidden, http.StatusUnauthorized, http.StatusBadRequest:
		return ErrForbidden
	case http.StatusPreconditionFailed:
		return ErrChanged
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return ErrThrottled
	}
	return ErrUnavailable
}
