package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
)

// shelf keeps readings in files, one an exam, so that a later run with the same
// model only has to decide again.
type shelf struct{ dir string }

// newShelf is where the readings of a model's collection are kept.
func newShelf(dir, model string, c collection) shelf {
	return shelf{filepath.Join(dir, "readings", model, fmt.Sprintf("%s-%d", c.name, synth.Version))}
}

func (s shelf) path(exam int) string { return filepath.Join(s.dir, strconv.Itoa(exam)+".bin") }

// load returns an exam's readings, nil if they aren't kept or are of no use.
func (s shelf) load(exam int) ([]*recognizer.Reading, error) {
	readings, err := s.loadAny(exam)
	if err != nil || len(readings) != sheetsOfExam {
		return nil, err
	}
	return readings, nil
}

// loadAny is load, of any number of sheets.
func (s shelf) loadAny(index int) ([]*recognizer.Reading, error) {
	data, err := os.ReadFile(s.path(index))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	readings, err := unpack(data)
	if err != nil {
		return nil, nil //nolint:nilerr // another version's: it is read again
	}
	return readings, nil
}

// save puts the file in place in one step: a run that is interrupted leaves whole
// files only.
func (s shelf) save(exam int, readings []*recognizer.Reading) error {
	data, err := pack(readings)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o750); err != nil {
		return err
	}
	part := s.path(exam) + ".part"
	if err := os.WriteFile(part, data, 0o600); err != nil {
		return err
	}
	return os.Rename(part, s.path(exam))
}

// pack joins the evidences, each after its length.
func pack(readings []*recognizer.Reading) ([]byte, error) {
	var out []byte
	for _, rd := range readings {
		evidence, err := rd.MarshalBinary()
		if err != nil {
			return nil, err
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(len(evidence)))
		out = append(out, evidence...)
	}
	return out, nil
}

func unpack(data []byte) ([]*recognizer.Reading, error) {
	var out []*recognizer.Reading
	for len(data) > 0 {
		if len(data) < 4 {
			return nil, recognizer.ErrEvidence
		}
		n := int(binary.LittleEndian.Uint32(data))
		data = data[4:]
		if n > len(data) {
			return nil, recognizer.ErrEvidence
		}
		rd := new(recognizer.Reading)
		if err := rd.UnmarshalBinary(data[:n]); err != nil {
			return nil, err
		}
		out, data = append(out, rd), data[n:]
	}
	return out, nil
}

// readings are those of an exam's sheets, kept from an earlier run or new.
func (s shelf) readings(ctx context.Context, reader *recognizer.Reader, d *drawing) (_ []*recognizer.Reading, kept bool, err error) {
	out, err := s.load(d.index)
	if err != nil || out != nil {
		return out, true, err
	}
	out, err = readAll(ctx, reader, d)
	if err != nil {
		return nil, false, err
	}
	return out, false, s.save(d.index, out)
}

// readAll draws and reads an exam's sheets, one after the other.
func readAll(ctx context.Context, reader *recognizer.Reader, d *drawing) ([]*recognizer.Reading, error) {
	out := make([]*recognizer.Reading, len(d.Sheets))
	for i := range d.Sheets {
		sheet, err := d.sheet(i)
		if err != nil {
			return nil, err
		}
		page := grey(sheet.Image)
		if out[i], err = reader.Read(ctx, page); err == nil && d.letters {
			err = reader.ReadLetters(ctx, page, out[i])
		}
		if err != nil {
			return nil, fmt.Errorf("read sheet %d of %s: %w", i, d.Code, err)
		}
	}
	return out, nil
}
