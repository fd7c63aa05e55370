package s3store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Encode writes a record as JSON, the same bytes for the same record.
func Encode(record any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(record); err != nil {
		return nil, fmt.Errorf("encode a record: %w", err)
	}
	return buf.Bytes(), nil
}

// Load reads a JSON record and returns the ETag that it had.
func (s *Store) Load(ctx context.Context, key string, record any) (string, error) {
	obj, err := s.Get(ctx, key, maxRecordBytes)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(obj.Body, record); err != nil {
		return "", fmt.Errorf("%q is no record of ours: %w", anonymous(key), inJSON(err))
	}
	return obj.ETag, nil
}

// inJSON says what is wrong with a record in the words of its JSON, not in Go's.
func inJSON(err error) error {
	kind, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case ok && kind.Field == "":
		return fmt.Errorf("it is JSON of another kind, %s", kind.Value)
	case ok:
		return fmt.Errorf("its field %s is of another kind, %s", kind.Field, kind.Value)
	}
	return err // of the syntax, with its place
}

// CreateRecord writes a JSON record that is not there yet; [ErrExists] if
// another one is.
func (s *Store) CreateRecord(ctx context.Context, key string, record any) error {
	body, err := Encode(record)
	if err != nil {
		return err
	}
	_, err = s.Create(ctx, key, body, TypeJSON)
	return err
}

// ReplaceRecord writes a JSON record over the one with the ETag.
func (s *Store) ReplaceRecord(ctx context.Context, key string, record any, etag string) error {
	body, err := Encode(record)
	if err != nil {
		return err
	}
	_, err = s.Replace(ctx, key, body, TypeJSON, etag)
	return err
}
