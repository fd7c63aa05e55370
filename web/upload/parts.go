package upload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// partsMost is how many parts S3 takes of an object.
const partsMost = 10_000

var (
	// ErrPart: no such part.
	ErrPart = errors.New("the file has no such part")
	// ErrGone: the upload of parts is known no longer, or its parts are not what they were.
	ErrGone = errors.New("what was sent of this file before is gone: it has to be sent from its beginning")
)

// Large is a file of sheets that comes in parts, each of [Door.PartBytes] but for the last.
// Between them nothing is kept but in S3: so a broken line costs no more than a part.
type Large struct {
	Batch layout.Batch
	Name  string
	Size  int64
	// Upload is what [Door.BeginLarge] has named it; "" before.
	Upload string
}

// key is where the file lies once it is whole.
func (d Door) key(l Large) (string, error) {
	key, ok := l.Batch.Scan(l.Name)
	if !ok {
		return "", ErrName
	}
	return key, hasSize(l.Size, min(d.limit(l.Name), partsMost*d.PartBytes))
}

// limit is how many bytes a file may have.
func (d Door) limit(name string) int64 {
	if isPDF(name) {
		return max(d.MaxFile, d.MaxPDF)
	}
	return d.MaxFile
}

// parts is how many a file has.
func (d Door) parts(l Large) int64 { return (l.Size + d.PartBytes - 1) / d.PartBytes }

// place is the key and the size of a part.
func (d Door) place(l Large, n int64) (key string, size int64, err error) {
	if key, err = d.key(l); err != nil {
		return "", 0, err
	}
	if n < 1 || n > d.parts(l) {
		return "", 0, ErrPart
	}
	return key, min(d.PartBytes, l.Size-(n-1)*d.PartBytes), nil
}

// BeginLarge begins a file that comes in parts and names its upload.
func (d Door) BeginLarge(ctx context.Context, l Large) (upload string, err error) {
	key, err := d.key(l)
	if err != nil {
		return "", err
	}
	kind := s3store.TypeBinary
	if isPDF(l.Name) {
		kind = "application/pdf"
	}
	return d.Store.BeginParts(ctx, key, kind)
}

// PutPart stores a part, counted from 1, of length bytes, whole or not at all, and returns its tag, which
// [Door.EndLarge] wants. The same part again replaces it.
func (d Door) PutPart(ctx context.Context, l Large, n, length int64, body io.Reader) (tag string, err error) {
	key, size, err := d.place(l, n)
	if err != nil {
		return "", err
	}
	if length != size {
		return "", ErrShort
	}
	data, release, err := d.receive(ctx, size, d.PartBytes, body)
	if err != nil {
		return "", err
	}
	defer release()
	tag, err = d.Store.PutPart(ctx, key, l.Upload, int32(n), data) //nolint:gosec // at most partsMost
	if errors.Is(err, s3store.ErrNotFound) {
		return "", gone(err)
	}
	return tag, err
}

// PartAddress is where a browser puts a part by itself, see [Door.Address].
func (d Door) PartAddress(ctx context.Context, l Large, n int64) (string, error) {
	key, size, err := d.place(l, n)
	if err != nil {
		return "", err
	}
	return d.PresignPart(ctx, key, l.Upload, int32(n), size) //nolint:gosec // at most partsMost
}

// EndLarge makes the file of its parts, by their tags in their order. Ending it again is no
// error.
func (d Door) EndLarge(ctx context.Context, l Large, tags []string) error {
	key, err := d.key(l)
	if err != nil {
		return err
	}
	if int64(len(tags)) != d.parts(l) || slices.Contains(tags, "") {
		return ErrPart
	}
	// An upload that is known no longer may be the one that made the file, whose answer was
	// lost.
	ended := d.Store.EndParts(ctx, key, l.Upload, tags)
	switch {
	case errors.Is(ended, s3store.ErrInvalid):
		return gone(ended)
	case ended != nil && !errors.Is(ended, s3store.ErrNotFound):
		return ended
	}
	there, err := d.Store.Head(ctx, key)
	switch {
	case errors.Is(err, s3store.ErrNotFound):
		return gone(cmp.Or(ended, err))
	case err != nil:
		return err
	case there.Size != l.Size: // another file, or parts of other sizes
		return gone(fmt.Errorf("there are %d bytes of %d", there.Size, l.Size))
	}
	return nil
}

// gone says that the file has to be begun anew, and why.
func gone(cause error) error { return fmt.Errorf("%w: %w", ErrGone, cause) }
