package main

import (
	"context"
	"errors"
	"fmt"

	"hakbeon/s3store"
)

// probeName lies where no exam can: no code begins with a line.
const probeName = "_doctor/probe"

// attempt is one thing that the role must be able to do.
type attempt struct {
	name string
	do   func() error
}

func tryAll(attempts []attempt) error {
	for _, a := range attempts {
		if err := a.do(); err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	return nil
}

// checkBucket does all that the worker does with results and copies, on keys that no exam
// can have.
func checkBucket(ctx context.Context, store *s3store.Store) (string, error) {
	const probe, original, header = "results/" + probeName, "original/" + probeName, "header/" + probeName
	attempts := []attempt{
		{"s3:ListBucket", func() error {
			for _, err := range store.List(ctx, "results/_doctor/") {
				return err
			}
			return nil
		}},
		{"s3:DeleteObject on results/_doctor/", func() error { return store.Delete(ctx, probe) }},
		{"s3:PutObject on results/", func() error {
			_, err := store.Create(ctx, probe, []byte("1"), s3store.TypeBinary)
			return err
		}},
		{"conditional writes (If-None-Match)", func() error {
			if _, err := store.Create(ctx, probe, []byte("2"), s3store.TypeBinary); !errors.Is(err, s3store.ErrExists) {
				return fmt.Errorf("a second object was written over the first: this S3 can't be used (%v)", err) //nolint:errorlint // shown as text
			}
			return nil
		}},
		{"conditional writes (If-Match)", func() error { return checkReplace(ctx, store, probe) }},
		{"s3:GetObject on results/", func() error { _, err := store.Get(ctx, probe, 10); return err }},
		{"copy inside the bucket, s3:PutObject on original/", func() error { return store.Copy(ctx, probe, original, "") }},
		{"copy inside the bucket, s3:PutObject on header/", func() error { return store.Copy(ctx, probe, header, "") }},
		{"s3:GetObject on original/", func() error { _, err := store.Get(ctx, original, 10); return err }},
		{"s3:DeleteObject on original/", func() error { return store.Delete(ctx, original) }},
		{"s3:DeleteObject on header/", func() error { return store.Delete(ctx, header) }},
		{"s3:DeleteObject on results/_doctor/", func() error { return store.Delete(ctx, probe) }},
		// Nothing is there: that S3 says so, and not that it is forbidden, is what is asked.
		{"s3:GetObject on uploads/", func() error { return missing(store.Head(ctx, "uploads/"+probeName)) }},
		{"s3:GetObject on rosters/", func() error { return missing(store.Head(ctx, "rosters/"+probeName)) }},
	}
	if err := tryAll(attempts); err != nil {
		return "", err
	}
	return store.Bucket() + ": list, read, write once, copy and delete work", nil
}

func checkReplace(ctx context.Context, store *s3store.Store, key string) error {
	info, err := store.Head(ctx, key)
	if err != nil {
		return err
	}
	if _, err := store.Replace(ctx, key, []byte("3"), s3store.TypeBinary, info.ETag); err != nil {
		return err
	}
	if _, err := store.Replace(ctx, key, []byte("4"), s3store.TypeBinary, info.ETag); !errors.Is(err, s3store.ErrChanged) {
		return fmt.Errorf("an object was overwritten that had changed: this S3 can't be used (%v)", err) //nolint:errorlint // shown as text
	}
	return nil
}

func missing(_ s3store.Info, err error) error {
	if errors.Is(err, s3store.ErrNotFound) {
		return nil
	}
	return err
}

// checkBringing tries what people and backends bring in by HTTP; invites says that people
// may be invited, too. Nothing is written, for an upload would be a job where the bucket
// tells of it: to replace an object that is not there is refused for that, or for want of
// the right.
func checkBringing(ctx context.Context, store *s3store.Store, invites bool) (string, error) {
	const noETag = `"00000000000000000000000000000000"`
	replace := func(key string) func() error {
		return func() error {
			_, err := store.Replace(ctx, key, []byte("1"), s3store.TypeBinary, noETag)
			if errors.Is(err, s3store.ErrNotFound) || errors.Is(err, s3store.ErrChanged) {
				return nil
			}
			if err == nil {
				return errors.New("an object was written that could only be replaced: this S3 can't be used")
			}
			return err
		}
	}
	attempts := []attempt{
		{"s3:PutObject on uploads/", replace("uploads/" + probeName)},
		{"s3:PutObject on rosters/", replace("rosters/" + probeName)},
		{"s3:DeleteObject on rosters/", func() error { return store.Delete(ctx, "rosters/"+probeName) }},
	}
	said := "uploads/ and rosters/ take what comes by HTTP"
	if invites {
		attempts = append(attempts, attempt{"s3:PutObject on people/", replace("people/" + probeName)})
		said += ", people/ invitations"
	}
	if err := tryAll(attempts); err != nil {
		return "", fmt.Errorf("%w; the statements of deploy/iam-policy.json that begin with HTTP are for it", err)
	}
	return said, nil
}
