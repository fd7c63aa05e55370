package recognizer

import (
	"context"
	"errors"
	"image"

	"hakbeon/recognizer/roster"
)

// Options say where the Reader finds its runtime.
type Options struct {
	// Library is the path of ONNX Runtime's shared library. Defaults to
	// lib/libonnxruntime.so.1 beside the executable, then
	// bin/lib/libonnxruntime.so.1 upwards from the working directory, then the
	// system's libonnxruntime.so.1.
	Library string
}

// Timings is where a Read spent its time, in milliseconds.
type Timings struct{ Prepare, Detect, Read float64 }

// Reader finds and reads lines. It is safe for concurrent use.
type Reader struct{}

var errSkeleton = errors.New("recognizer: not there yet")

func Open(Options) (*Reader, error) { return nil, errSkeleton }
func (*Reader) Close() error        { return nil }
func (*Reader) Model() string       { return "" }
func (*Reader) Read(context.Context, image.Image) (*Reading, error) {
	return nil, errSkeleton
}
func (rd *Reading) MarshalBinary() ([]byte, error)             { return nil, errSkeleton }
func (rd *Reading) UnmarshalBinary([]byte) error               { return errSkeleton }
func Decide(rd *Reading, ro *roster.Roster, p Params) Decision { return Decision{} }
func Solve(readings []*Reading, ro *roster.Roster, p Params) []Decision {
	return make([]Decision, len(readings))
}
func (rd *Reading) HeaderRect(d Decision) image.Rectangle    { return image.Rectangle{} }
func Crop(img image.Image, rect image.Rectangle) image.Image { return img }
