package read

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"hakbeon/internal/onnx"
)

// Sizes of our own name model, see models/README.md.
const (
	nameCropHeight  = 32
	nameWidest      = 256
	nameMultiple    = 32
	nameLeast       = 64
	pixelsOfNameCol = 4
)

// The parts of a column of our own name model: whether it says nothing, a syllable or
// a letter; a syllable's initial consonant, vowel and final consonant; the letter.
const (
	nameGates    = 3
	nameInitials = 19
	nameVowels   = 21
	nameFinals   = 28
	nameLetters  = 26
	nameClasses  = nameGates + nameInitials + nameVowels + nameFinals + nameLetters
)

// firstSyllable is the first of Unicode's syllables of Hangul.
const firstSyllable = 0xAC00

// leastNameChar is the probability below which a character isn't kept.
const leastNameChar = 1.0 / 8192

// nameNetwork is our own name model.
type nameNetwork struct {
	columnModel

	id string
}

// OpenNameModel prepares a name model of our own form, ONNX: input ink is [1, 1, 32, W]
// as the line model's, output columns is [1, W/4, 97], the probabilities of a column's
// parts. See onnx.Open for the library and the error.
func OpenNameModel(model []byte, library string) (NameModel, error) {
	net, err := onnx.Open(model, library)
	if err != nil {
		return nil, err
	}
	return &nameNetwork{columnModel{net, "name model", nameCropHeight, nameWidest, nameLeast, nameMultiple, pixelsOfNameCol}, modelID(model)}, nil
}

// modelID is the beginning of a model's SHA-256.
func modelID(model []byte) string {
	sum := sha256.Sum256(model)
	return hex.EncodeToString(sum[:4])
}

func (m *nameNetwork) ID() string { return m.id }

func (m *nameNetwork) Read(ctx context.Context, c LineImage) ([]NameColumn, error) {
	columns := make([]NameColumn, m.columns(c))
	err := m.run(ctx, c, asInk, func(out []float32, classes int) error {
		if classes != nameClasses {
			return fmt.Errorf("read: the name model has %d classes, want %d", classes, nameClasses)
		}
		for t := range columns {
			columns[t] = nameColumn(out[t*nameClasses : (t+1)*nameClasses])
		}
		return nil
	})
	return columns, err
}

// nameColumn multiplies a column's parts.
func nameColumn(p []float32) NameColumn {
	gates, rest := p[:nameGates], p[nameGates:]
	c := NameColumn{Blank: Quantise(float64(gates[0]))}
	if gates[1] > leastNameChar {
		c.Chars = appendSyllables(c.Chars, gates[1], rest)
	}
	if gates[2] > leastNameChar {
		for i, v := range rest[nameInitials+nameVowels+nameFinals:] {
			if v *= gates[2]; v > leastNameChar {
				c.Chars = append(c.Chars, NameChar{uint16('a' + i), Quantise(float64(v))})
			}
		}
	}
	c.Chars = mostOf(c.Chars)
	return c
}

// appendSyllables adds the syllables whose three parts together are likely enough.
func appendSyllables(out []NameChar, gate float32, p []float32) []NameChar {
	vowels, finals := p[nameInitials:], p[nameInitials+nameVowels:]
	for i, a := range p[:nameInitials] {
		if a *= gate; a < leastNameChar {
			continue
		}
		for j, b := range vowels[:nameVowels] {
			if b *= a; b < leastNameChar {
				continue
			}
			for k, c := range finals[:nameFinals] {
				if c *= b; c >= leastNameChar {
					char := firstSyllable + (i*nameVowels+j)*nameFinals + k
					out = append(out, NameChar{uint16(char), Quantise(float64(c))})
				}
			}
		}
	}
	return out
}
