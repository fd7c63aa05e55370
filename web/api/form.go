package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"golang.org/x/sync/semaphore"
)

// formSlack is what a form may have beside its file.
const formSlack = 1 << 20

// needsForm says in the OpenAPI document that an operation has no use without its
// form, and that the form has its fields only: huma leaves that open. What huma itself has of
// a file is no part of the document.
func (s *server) needsForm(path string) {
	body := s.api.OpenAPI().Paths[path].Post.RequestBody
	body.Required = true
	body.Content["multipart/form-data"].Schema.AdditionalProperties = false
	delete(s.api.OpenAPI().Components.Schemas.Map(), "FormFile")
}

// form is the middleware of operations that take a file. It reads the body into
// memory, for the disk may be read-only, within its limits of size and time; huma
// then finds the form read. An unknown field is refused: a misspelt exam_code that
// is passed over would match the sheet against another exam's roster.
func (s *server) form(limit int64, fields ...string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "multipart/form-data" {
			s.refuse(ctx, http.StatusUnsupportedMediaType, "send the file as multipart/form-data")
			return
		}
		release, ok := s.hold(ctx, r.ContentLength, limit)
		if !ok {
			return
		}
		defer release()
		deadline := http.NewResponseController(w)
		_ = deadline.SetReadDeadline(time.Now().Add(s.opts.BodyTimeout)) // a test's recorder has none
		r.Body = http.MaxBytesReader(w, r.Body, limit+formSlack)
		if err := r.ParseMultipartForm(limit + 2*formSlack); err != nil {
			status, detail := formProblem(err)
			ctx.SetHeader("Connection", "close")
			s.refuse(ctx, status, detail)
			return
		}
		// Or the connection's end would be taken for the caller's while the sheet is read.
		_ = deadline.SetReadDeadline(time.Time{})
		if name := unknownField(r.MultipartForm, fields); name != "" {
			s.refuse(ctx, http.StatusUnprocessableEntity, fmt.Sprintf("the form has a field %.40q: it may have %s", name, strings.Join(fields, ", ")))
			return
		}
		next(ctx)
	}
}

const (
	// copies is how often an upload lies in memory at most: in the form, which grows by
	// doubling while the body comes in, and as a whole.
	copies = 4
	// roomPatience is how long an upload waits for room.
	roomPatience = 5 * time.Second
	// ownRoom is for a server whose uploads share memory with nothing.
	ownRoom = 64 << 20
)

// hold takes the upload's part of the memory before any of it is read, by the length that
// it says that it has. It has answered where there is no room.
func (s *server) hold(ctx huma.Context, length, limit int64) (release func(), ok bool) {
	if length < 0 || length > limit {
		length = limit // it is not read beyond that
	}
	bounded, cancel := context.WithTimeout(ctx.Context(), roomPatience)
	defer cancel()
	release, err := s.opts.Hold(bounded, copies*length)
	if err != nil {
		ctx.SetHeader("Retry-After", "1")
		ctx.SetHeader("Connection", "close") // the body was not read
		s.refuse(ctx, http.StatusTooManyRequests, "as many files as can be are being received: try again")
		return nil, false
	}
	return release, true
}

// holdAlone is Options.Hold by itself.
func holdAlone() func(context.Context, int64) (func(), error) {
	room := semaphore.NewWeighted(ownRoom)
	return func(ctx context.Context, bytes int64) (func(), error) {
		bytes = min(bytes, ownRoom)
		if err := room.Acquire(ctx, bytes); err != nil {
			return nil, fmt.Errorf("wait for memory: %w", err)
		}
		return func() { room.Release(bytes) }, nil
	}
}

func unknownField(form *multipart.Form, fields []string) string {
	for name := range form.Value {
		if !slices.Contains(fields, name) {
			return name
		}
	}
	for name := range form.File {
		if !slices.Contains(fields, name) {
			return name
		}
	}
	return ""
}

func formProblem(err error) (int, string) {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return http.StatusRequestEntityTooLarge, "the file is too large"
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return http.StatusRequestTimeout, "the body took too long"
	}
	return http.StatusBadRequest, "the body is no sound multipart/form-data"
}

// readFile takes a form's file out of memory.
func readFile(file multipart.File, size, limit int64) ([]byte, error) {
	defer file.Close()
	if size > limit {
		return nil, huma.NewError(http.StatusRequestEntityTooLarge, "the file is too large")
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(file, body); err != nil {
		return nil, huma.NewError(http.StatusBadRequest, "the file could not be read")
	}
	return body, nil
}
