package httpapi

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// formSlack is what a form may have beside its file.
const formSlack = 1 << 20

// needsForm says in the OpenAPI document that an operation has no use without its
// form: huma leaves it open.
func (s *server) needsForm(path string) {
	s.api.OpenAPI().Paths[path].Post.RequestBody.Required = true
}

// form is the middleware of operations that take a file. It reads the body into
// memory, for the disk may be read-only, within its limits of size and time; huma
// then finds the form read.
func (s *server) form(limit int64) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "multipart/form-data" {
			s.refuse(ctx, http.StatusUnsupportedMediaType, "send the file as multipart/form-data")
			return
		}
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
		next(ctx)
	}
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
	switch {
	case size > limit:
		return nil, huma.NewError(http.StatusRequestEntityTooLarge, "the file is too large")
	case size == 0:
		return nil, huma.NewError(http.StatusUnprocessableEntity, "the file is empty")
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(file, body); err != nil {
		return nil, huma.NewError(http.StatusBadRequest, "the file could not be read")
	}
	return body, nil
}
