package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"

	"hakbeon/recognizer"
)

// thinBy is how much smaller a thin sheet's sides are.
const thinBy = 4

// thin makes a sheet that takes as many bytes as before and next to nothing to
// decode: a small JPEG with comments, and its reading in its own pixels.
func thin(file string, reading *recognizer.Reading) (string, error) {
	page, err := decode(file)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	var small bytes.Buffer
	if err := jpeg.Encode(&small, shrunk(page), nil); err != nil {
		return "", err
	}
	shrinkReading(reading)
	thinned := file + ".thin.jpg"
	return thinned, os.WriteFile(thinned, padded(small.Bytes(), int(info.Size())), 0o600)
}

func shrunk(page image.Image) image.Image {
	size := page.Bounds().Size().Div(thinBy)
	out := image.NewGray(image.Rectangle{Max: size})
	for y := range size.Y {
		line := row(page, y*thinBy)
		for x := range size.X {
			out.Pix[out.PixOffset(x, y)] = line[x*thinBy]
		}
	}
	return out
}

func shrinkReading(r *recognizer.Reading) {
	r.Width, r.Height = r.Width/thinBy, r.Height/thinBy
	for i := range r.Lines {
		box := &r.Lines[i].Box
		box.Min, box.Max = box.Min.Div(thinBy), box.Max.Div(thinBy)
	}
}

// padded puts comments behind a JPEG's first marker until it has the size.
func padded(file []byte, size int) []byte {
	const most = 65533
	random := rand.NewChaCha8([32]byte{})
	out := append([]byte{}, file[:2]...)
	for missing := size - len(file); missing > 4; {
		n := min(missing-4, most)
		out = append(out, 0xff, 0xfe)
		out = binary.BigEndian.AppendUint16(out, uint16(n+2))
		noise := make([]byte, n)
		_, _ = random.Read(noise) // never fails
		out = append(out, noise...)
		missing -= n + 4
	}
	return append(out, file[2:]...)
}

// thinAll replaces the set's files by thin ones, with their readings.
func thinAll(ctx context.Context, s *set) error {
	for i, file := range s.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		body, err := os.ReadFile(file + readingFile)
		if err != nil {
			return err
		}
		var reading recognizer.Reading
		if err := reading.UnmarshalBinary(body); err != nil {
			return err
		}
		if s.files[i], err = thin(file, &reading); err != nil {
			return err
		}
		if body, err = reading.MarshalBinary(); err != nil {
			return err
		}
		if err := os.WriteFile(s.files[i]+readingFile, body, 0o600); err != nil {
			return err
		}
	}
	return nil
}
