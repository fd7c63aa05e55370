package synth

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// random is a stream of random numbers with the few distributions used here.
type random struct{ *rand.Rand }

// stream returns the random numbers for one part of a drawing. Parts have streams
// of their own, so that leaving one out does not change the others. ChaCha8 keeps
// the streams of neighbouring seeds independent.
func stream(seed uint64, part string) random { return streamOf(Version, seed, part) }

// streamOf is the stream of a given version, for what is frozen.
func streamOf(version, seed uint64, part string) random {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], hash(part))
	binary.LittleEndian.PutUint64(key[16:], version)
	return random{rand.New(rand.NewChaCha8(key))}
}

func hash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}

// between returns a number from lo up to hi.
func (r random) between(lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

// around returns a normally distributed number, cut off at two and a half deviations.
func (r random) around(mean, deviation float64) float64 {
	return mean + deviation*math.Max(-2.5, math.Min(2.5, r.NormFloat64()))
}

// chance is true with probability p.
func (r random) chance(p float64) bool { return r.Float64() < p }

// pick returns one of the choices.
func pick[T any](r random, choices []T) T { return choices[r.IntN(len(choices))] }
