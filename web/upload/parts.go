package upload

import (
	"context"
	"errors"
	"io"

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
	return key, fits(l.Size, min(d.limit(l.Name), partsMost*d.PartBytes))
}

// limit is how many bytes a file may have.
func (d Door) limit(name string) int64 {
	if isPDF(name) {
		return max(d.MaxFile, d.MaxPDF)
	}
	return d.MaxFile
}

// parts is how many a file has.
func (d Door) parts(l Large) int64 { return max(1, (l.Size+d.PartBytes-1)/d.PartBytes) }

// part is how many bytes a part has, counted from 1.
func (d Door) part(l Large, n int64) (int64, error) {
	if n < 1 || n > d.parts(l) {
		return 0, ErrPart
	}
	return min(d.PartBytes, l.Size-(n-1)*d.PartBytes), nil
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

// PutPart stores a part, whole or not at all, and returns its tag, which [Door.EndLarge]
// wants. The same part again replaces it.
func (d Door) PutPart(ctx context.Context, l Large, n int64, body io.Reader) (tag string, err error) {
	key, err := d.key(l)
	if err != nil {
		return "", err
	}
	size, err := d.part(l, n)
	if err != nil {
		return "", err
	}
	data, release, err := d.receive(ctx, size, d.PartBytes, body)
	if err != nil {
		return "", err
	}
	defer release()
	tag, err = d.Store.PutPart(ctx, key, l.Upload, int32(n), data) //nolint:gosec // at most partsMost
	return tag, gone(err)
}

// PartAddress is where a browser puts a part by itself, see [Door.Address].
func (d Door) PartAddress(ctx context.Context, l Large, n int64) (string, error) {
	key, err := d.key(l)
	if err != nil {
		return "", err
	}
	size, err := d.part(l, n)
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
	if int64(len(tags)) != d.parts(l) {
		return ErrPart
	}
	err = gone(d.Store.EndParts(ctx, key, l.Upload, tags))
	if errors.Is(err, ErrGone) { // by us, whose answer was lost?
		if there, head := d.Store.Head(ctx, key); head == nil && there.Size == l.Size {
			return nil
		}
	}
	return err
}

// gone tells that a file has to be begun anew from other errors of S3.
func gone(err error) error {
	if errors.Is(err, s3store.ErrNotFound) || errors.Is(err, s3store.ErrInvalid) {
		return ErrGone
	}
	return err
}
