package s3store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/s3store"
)

// A write whose answer is lost is tried again, finds the object changed, and is
// recognised as one's own.
func TestLostAnswers(t *testing.T) {
	direct, at := store(t)
	var lost atomic.Int32
	p := &proxy{after: func(r *http.Response) bool {
		return r.Request.Method == http.MethodPut && r.StatusCode == http.StatusOK && lost.Add(1)%2 == 1
	}}
	s := p.start(t)
	etag, err := s.Create(t.Context(), at+"x", []byte("1"), s3store.TypeJSON)
	must(t, err)
	info, err := direct.Head(t.Context(), at+"x")
	if err != nil || info.ETag != etag {
		t.Errorf("create: got %s, want %s, %v", etag, info.ETag, err)
	}
	if p.count(http.MethodPut) != 2 {
		t.Fatalf("create took %d calls, want a lost one and another", p.count(http.MethodPut))
	}
	lost.Store(0)
	if etag, err = s.Replace(t.Context(), at+"x", []byte("2"), s3store.TypeJSON, etag); err != nil {
		t.Fatal(err)
	}
	if info, err = direct.Head(t.Context(), at+"x"); err != nil || info.ETag != etag {
		t.Errorf("replace: got %s, want %s, %v", etag, info.ETag, err)
	}
}

// Between the lost answer and the second try somebody else writes.
func TestLostAnswerAndAnother(t *testing.T) {
	direct, at := store(t)
	var puts atomic.Int32
	p := &proxy{after: func(r *http.Response) bool {
		if r.Request.Method != http.MethodPut || puts.Add(1) > 1 {
			return false
		}
		must(t, direct.Put(context.Background(), at+"x", []byte("another"), s3store.TypeJSON))
		return true
	}}
	if _, err := p.start(t).Create(t.Context(), at+"x", []byte("mine"), s3store.TypeJSON); !errors.Is(err, s3store.ErrExists) {
		t.Errorf("got %v, want %v", err, s3store.ErrExists)
	}
}

// fault is an answer in S3's form.
func fault(w http.ResponseWriter, status int, code string) bool {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	if code != "" {
		_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>m</Message></Error>")
	}
	return true
}

func TestConflictIsTriedAgain(t *testing.T) {
	_, at := store(t)
	for _, test := range []struct {
		conflicts int32
		want      error
	}{{3, nil}, {100, s3store.ErrUnavailable}} {
		var left atomic.Int32
		left.Store(test.conflicts)
		p := &proxy{meddle: func(w http.ResponseWriter, r *http.Request) bool {
			return r.Method == http.MethodPut && left.Add(-1) >= 0 && fault(w, http.StatusConflict, "ConditionalRequestConflict")
		}}
		_, err := p.start(t).Create(t.Context(), at+strconv.Itoa(int(test.conflicts)), []byte("1"), s3store.TypeJSON)
		if !errors.Is(err, test.want) {
			t.Errorf("%d conflicts: got %v, want %v", test.conflicts, err, test.want)
		}
	}
}

func TestErrorsAreToldApart(t *testing.T) {
	_, at := store(t)
	for _, test := range []struct {
		status int
		code   string
		want   error
		pauses bool
	}{
		{404, "NoSuchKey", s3store.ErrNotFound, false},
		{404, "", s3store.ErrNotFound, false},
		{404, "NoSuchBucket", s3store.ErrForbidden, true},
		{403, "AccessDenied", s3store.ErrForbidden, true},
		{403, "InvalidAccessKeyId", s3store.ErrForbidden, true},
		{401, "", s3store.ErrForbidden, true},
		{400, "ExpiredToken", s3store.ErrForbidden, true},
		{403, "InvalidObjectState", s3store.ErrInvalid, false},
		{400, "InvalidRequest", s3store.ErrInvalid, false},
		{400, "RequestTimeout", s3store.ErrUnavailable, true},
		{503, "SlowDown", s3store.ErrThrottled, true},
		{503, "", s3store.ErrThrottled, true},
		{429, "", s3store.ErrThrottled, true},
		{500, "InternalError", s3store.ErrUnavailable, true},
		{502, "", s3store.ErrUnavailable, true},
		{412, "PreconditionFailed", s3store.ErrChanged, false},
		{412, "", s3store.ErrChanged, false},
	} {
		t.Run(strconv.Itoa(test.status)+test.code, func(t *testing.T) {
			p := &proxy{meddle: func(w http.ResponseWriter, _ *http.Request) bool { return fault(w, test.status, test.code) }}
			s := p.start(t)
			listing := func() error {
				for _, err := range s.List(t.Context(), at) {
					return err
				}
				return nil
			}
			_, getErr := s.Get(t.Context(), at+"x", 10)
			for op, err := range map[string]error{
				"get": getErr, "put": s.Put(t.Context(), at+"x", nil, s3store.TypeJSON), "copy": s.Copy(t.Context(), at+"x", at+"y", ""),
				"delete": s.Delete(t.Context(), at+"x"), "list": listing(),
			} {
				if !errors.Is(err, test.want) || s3store.Infrastructure(err) != test.pauses {
					t.Errorf("%s: got %v (infrastructure %v), want %v (%v)", op, err, s3store.Infrastructure(err), test.want, test.pauses)
				}
				if e, ok := errors.AsType[*s3store.Error](err); !ok || e.Op != op || e.Key == "" {
					t.Errorf("%s: got %#v, want what was tried", op, e)
				}
			}
			if _, err := s.Create(t.Context(), at+"x", []byte("1"), s3store.TypeJSON); err == nil {
				t.Error("create: no error")
			}
		})
	}
}

// What is refused may be one object, which the key and the token say nothing of.
func TestDenied(t *testing.T) {
	_, at := store(t)
	for _, test := range []struct {
		status int
		code   string
		want   bool
	}{
		{403, "AccessDenied", true},
		{400, "KMS.DisabledException", true},
		{403, "InvalidAccessKeyId", false},
		{403, "SignatureDoesNotMatch", false},
		{400, "ExpiredToken", false},
		{404, "NoSuchKey", false},
		{503, "SlowDown", false},
	} {
		p := &proxy{meddle: func(w http.ResponseWriter, _ *http.Request) bool { return fault(w, test.status, test.code) }}
		if _, err := p.start(t).Get(t.Context(), at+"x", 10); s3store.Denied(err) != test.want {
			t.Errorf("%s: got %v, want %v: %v", test.code, !test.want, test.want, err)
		}
	}
}

func TestWrongCredentials(t *testing.T) {
	right, at := store(t)
	must(t, right.Put(t.Context(), at+"x", []byte("1"), s3store.TypeJSON))
	wrong := storeAt(t, stack.Env["AWS_ENDPOINT_URL_S3"], func(o *s3.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider(stack.Env["AWS_ACCESS_KEY_ID"], "wrong", "")
	})
	if _, err := wrong.Get(t.Context(), at+"x", 10); !errors.Is(err, s3store.ErrForbidden) {
		t.Errorf("get: got %v, want %v", err, s3store.ErrForbidden)
	}
	if _, err := wrong.Head(t.Context(), at+"x"); !errors.Is(err, s3store.ErrForbidden) {
		t.Errorf("head: got %v, want %v", err, s3store.ErrForbidden)
	}
}

func TestNobodyThere(t *testing.T) {
	s := storeAt(t, "http://127.0.0.1:1")
	if _, err := s.Head(t.Context(), "x"); !errors.Is(err, s3store.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, s3store.ErrUnavailable)
	}
}

// A large object is refused before its bytes are read.
func TestTooLarge(t *testing.T) {
	direct, at := store(t)
	must(t, direct.Put(t.Context(), at+"x", make([]byte, 1<<20), s3store.TypeBinary))
	_, err := direct.Get(t.Context(), at+"x", 1<<20-1)
	if !errors.Is(err, s3store.ErrTooLarge) || s3store.Infrastructure(err) {
		t.Errorf("got %v, want %v", err, s3store.ErrTooLarge)
	}
	stream, err := direct.Open(t.Context(), at+"x", 1<<20)
	must(t, err)
	defer stream.Close()
	if stream.Size != 1<<20 {
		t.Errorf("got size %d", stream.Size)
	}
}

// Bytes that are cut off, changed on the way or of an unknown number are an
// error and not a shorter object.
func TestDamagedBody(t *testing.T) {
	direct, at := store(t)
	must(t, direct.Put(t.Context(), at+"x", bytes.Repeat([]byte("a"), 1000), s3store.TypeBinary))
	for name, damage := range map[string]func(*http.Response) bool{
		"cut": func(r *http.Response) bool {
			r.Body = io.NopCloser(io.LimitReader(r.Body, 500))
			return false
		},
		"changed": func(r *http.Response) bool {
			r.Body = io.NopCloser(bytes.NewReader(bytes.Repeat([]byte("b"), 1000)))
			return false
		},
		"no length": func(r *http.Response) bool {
			r.Header.Del("Content-Length")
			r.ContentLength = -1
			return false
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := &proxy{after: damage}
			if got, err := p.start(t).Get(t.Context(), at+"x", 1000); !errors.Is(err, s3store.ErrUnavailable) {
				t.Errorf("got %d bytes, %v; want %v", len(got.Body), err, s3store.ErrUnavailable)
			}
		})
	}
}

// The end of the caller's context is neither S3's fault nor the object's.
func TestContextEnd(t *testing.T) {
	_, at := store(t)
	p := &proxy{meddle: func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	}}
	s := p.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	for range 2 { // during a call, and before one
		if _, err := s.Get(ctx, at+"x", 10); !errors.Is(err, context.DeadlineExceeded) || s3store.Infrastructure(err) {
			t.Errorf("got %v, want %v and no fault of S3", err, context.DeadlineExceeded)
		}
	}
	conflict := &proxy{meddle: func(w http.ResponseWriter, _ *http.Request) bool { return fault(w, 409, "ConditionalRequestConflict") }}
	ended, end := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer end()
	if _, err := conflict.start(t).Create(ended, at+"y", nil, s3store.TypeJSON); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while waiting to try again: got %v, want %v", err, context.DeadlineExceeded)
	}
}

// A delete that S3 refuses for one of many objects is not passed over.
func TestDeleteReadsEveryAnswer(t *testing.T) {
	p := &proxy{meddle: func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = io.WriteString(w, `<DeleteResult><Error><Key>b</Key><Code>InternalError</Code></Error></DeleteResult>`)
		return true
	}}
	err := p.start(t).Delete(t.Context(), "a", "b")
	if e, ok := errors.AsType[*s3store.Error](err); !ok || e.Key != "b" {
		t.Errorf("got %v, want an error of b", err)
	}
}
