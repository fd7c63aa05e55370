package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"

	"hakbeon/lab/bombs"
)

const (
	// uploaders send at once, each several times.
	uploaders, uploadsEach = 4, 2
	// largestUpload is a little less than what the worker takes.
	largestUpload = 31 << 20
)

// uploads send the largest sheets, and ask for them back, and the largest rosters, by HTTP
// until all were answered; it returns how many got an answer that is none of ours.
func (s *site) uploads(ctx context.Context) (wrong int, err error) {
	roster, err := bombs.Roster()
	if err != nil {
		return 0, err
	}
	// What stands behind a JPEG's end is no part of its picture.
	sheet := append(append([]byte{}, s.sheets[0]...), make([]byte, largestUpload-len(s.sheets[0]))...)
	var all sync.WaitGroup
	var bad atomic.Int64
	for i := range uploaders {
		for _, form := range []struct {
			path, field string
			data        []byte
		}{
			{"/extract-student-id/?return_images=true&exam_code=", "image", sheet},
			{"/upload-roster/?exam_code=", "file", roster},
		} {
			all.Go(func() {
				for n := range uploadsEach {
					path := fmt.Sprintf("%sUP-%d-%d", form.path, i, n)
					if err := s.uploadOne(ctx, path, form.field, form.data); err != nil {
						bad.Add(1)
						fmt.Fprintf(os.Stderr, "upload to %s: %v\n", path, err)
					}
				}
			})
		}
	}
	all.Wait()
	return int(bad.Load()), ctx.Err()
}

// uploadOne is nil for an answer that the API has for such a file: read, refused, or to be
// sent again.
func (s *site) uploadOne(ctx context.Context, path, field string, data []byte) error {
	r, err := formOf(ctx, "http://"+s.address+path, field, data)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	switch resp.StatusCode {
	case http.StatusOK, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusRequestTimeout:
		return err
	}
	return errors.Join(err, fmt.Errorf("answered by %s", resp.Status))
}
