// Package download sends a file that is made while it is sent: it may take longer than
// any other answer, and must not look whole if it isn't.
package download

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	// patience is how long a client may take for a part of the file.
	patience = time.Minute
	// longest bounds the whole of it.
	longest = 2 * time.Hour
)

// File is what is sent.
type File struct {
	Name string // in ASCII, without quotes
	Type string // as in Content-Type
	// Write makes the file. Its context ends with the client, and after two hours.
	Write func(ctx context.Context, w io.Writer) error
}

// Send answers with the file, for as long as the client takes it: a minute for each part,
// two hours in all. An error before the first byte is returned, and nothing has been sent
// then. After that it can only be told by breaking the connection off: Send panics with
// [http.ErrAbortHandler], as a handler does for that, once failed has been told why.
func Send(w http.ResponseWriter, r *http.Request, f File, failed func(error)) error {
	control := http.NewResponseController(w)
	// The server reads on to learn that the client has left.
	if err := control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), longest)
	defer cancel()
	out := &sender{w: w, control: control, file: f}
	err := f.Write(ctx, out)
	switch {
	case err != nil && !out.begun:
		return err
	case err != nil:
		failed(err)
		panic(http.ErrAbortHandler)
	}
	out.begin() // an empty file is one, too
	return nil
}

// sender writes the head before the first byte.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
	file    File
	begun   bool
}

func (s *sender) begin() {
	if s.begun {
		return
	}
	s.begun = true
	head := s.w.Header()
	head.Set("Content-Type", s.file.Type)
	head.Set("Content-Disposition", `attachment; filename="`+s.file.Name+`"`)
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Accel-Buffering", "no") // a proxy that gathers the file would run out of room
}

// Write implements [io.Writer].
func (s *sender) Write(p []byte) (int, error) {
	s.begin()
	if err := s.control.SetWriteDeadline(time.Now().Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return s.w.Write(p)
}
