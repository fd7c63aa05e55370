package imagefile

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"syscall"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// heicSandbox is an instance of libheif, for one file.
type heicSandbox struct {
	ctx    context.Context
	module api.Module
}

func newHEICSandbox(runtime wazero.Runtime, code wazero.CompiledModule, memory int) (*heicSandbox, error) {
	reserved, err := reserve(memory)
	if err != nil {
		return nil, err
	}
	ctx := experimental.WithMemoryAllocator(context.Background(),
		experimental.MemoryAllocatorFunc(func(uint64, uint64) experimental.LinearMemory { return reserved }))
	module, err := runtime.InstantiateModule(ctx, code, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		reserved.Free()
		return nil, err
	}
	return &heicSandbox{ctx: ctx, module: module}, nil
}

func (s *heicSandbox) close() error { return s.module.Close(s.ctx) }

// reservation is memory that is there from when it is first used. It grows in its
// place and goes back at once, which a Go slice would do neither.
type reservation struct {
	bytes []byte
	used  int
}

func reserve(size int) (*reservation, error) {
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_NONE, syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("reserve %d bytes of memory: %w", size, err)
	}
	return &reservation{bytes: b}, nil
}

// Reallocate says no with nil. Only what is used counts as the process's.
func (r *reservation) Reallocate(size uint64) []byte {
	if size > uint64(len(r.bytes)) {
		return nil
	}
	if n := int(size); n > r.used {
		if syscall.Mprotect(r.bytes[:n], syscall.PROT_READ|syscall.PROT_WRITE) != nil {
			return nil
		}
		r.used = n
	}
	return r.bytes[:size:size]
}

// Free can be called again.
func (r *reservation) Free() {
	if r.bytes != nil {
		_ = syscall.Munmap(r.bytes)
	}
	r.bytes = nil
}

// heicConfig is what libheif says of a picture, turned as it will come out.
type heicConfig struct {
	width, height     int
	colours, sampling uint32
	premultiplied     bool
}

// Values of libheif's heif_colorspace and heif_chroma.
const (
	heifYCbCr, heifRGB, heifGrey = 0, 1, 2
	heif420, heif422, heif444    = 1, 2, 3
)

func (s *heicSandbox) header(head []byte) (heicConfig, error) {
	return s.call(head, 0)
}

// decode copies the picture out of the sandbox, which ends with the call.
func (s *heicSandbox) decode(data []byte, want heicConfig) (image.Image, error) {
	img, planes, err := want.canvas()
	if err != nil {
		return nil, err
	}
	size := 0
	for _, p := range planes {
		size += len(p)
	}
	out, err := s.malloc(size)
	if err != nil {
		return nil, err
	}
	got, err := s.call(data, out)
	if err != nil {
		return nil, err
	}
	if got != want {
		return nil, fmt.Errorf("%w: the heic is another one than its head says", ErrUnreadable)
	}
	for _, p := range planes {
		view, ok := s.module.Memory().Read(out, uint32(len(p)))
		if !ok {
			return nil, fmt.Errorf("%w: heic: pixels outside of the memory", ErrUnreadable)
		}
		copy(p, view)
		out += uint32(len(p))
	}
	return img, nil
}

const brandAt = 8

// call is the wrapper's only function: with out at 0 it reads the head alone.
func (s *heicSandbox) call(data []byte, out uint32) (heicConfig, error) {
	in, err := s.malloc(len(data))
	if err != nil {
		return heicConfig{}, err
	}
	s.module.Memory().Write(in, data)
	s.module.Memory().WriteString(in+brandAt, "heic") // the wrapper takes no other first brand
	const numbers, size = 5, 4
	at, err := s.malloc(numbers * size)
	if err != nil {
		return heicConfig{}, err
	}
	headOnly, i := uint64(0), uint64(at)
	if out == 0 {
		headOnly = 1
	}
	ok, err := s.function("decode", uint64(in), uint64(len(data)), headOnly, i, i+4, i+8, i+12, i+16, uint64(out))
	if err == nil && ok == 0 {
		err = errors.New("broken, or of a kind that libheif does not know")
	}
	if err != nil && deepGrey(data) {
		return heicConfig{}, unsupportedKind("HEIC in grey of more than 8 bits", "8비트가 넘는 회색조 HEIC")
	}
	if err != nil {
		return heicConfig{}, fmt.Errorf("%w: decode heic: %w", ErrUnreadable, err)
	}
	v, _ := s.module.Memory().Read(at, numbers*size)
	number := func(i int) uint32 { return binary.LittleEndian.Uint32(v[i*size:]) }
	return heicConfig{int(number(0)), int(number(1)), number(2), number(3), number(4) == 1}, nil
}

func (s *heicSandbox) malloc(size int) (uint32, error) {
	at, err := s.function("malloc", uint64(size))
	if err != nil || at == 0 {
		return 0, fmt.Errorf("%w: heic: it takes too much memory", ErrUnreadable)
	}
	return uint32(at), nil
}

func (s *heicSandbox) function(name string, args ...uint64) (uint64, error) {
	result, err := s.module.ExportedFunction(name).Call(s.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result[0], nil
}

// canvas is an image for the picture and its planes in the order and with the
// strides in which libheif writes them.
func (c heicConfig) canvas() (img image.Image, planes [][]byte, err error) {
	rect := image.Rect(0, 0, c.width, c.height)
	plane := func(width, height, bytes int) ([]byte, int) {
		stride := heifStride(width, bytes)
		p := make([]byte, stride*height)
		planes = append(planes, p)
		return p, stride
	}
	switch c.colours {
	case heifGrey:
		m := &image.Gray{Rect: rect}
		m.Pix, m.Stride = plane(c.width, c.height, 1)
		return m, planes, nil
	case heifRGB:
		pix, stride := plane(c.width, c.height, 4)
		if c.premultiplied {
			return &image.RGBA{Pix: pix, Stride: stride, Rect: rect}, planes, nil
		}
		return &image.NRGBA{Pix: pix, Stride: stride, Rect: rect}, planes, nil
	}
	ratio, ok := map[uint32]image.YCbCrSubsampleRatio{
		heif420: image.YCbCrSubsampleRatio420, heif422: image.YCbCrSubsampleRatio422, heif444: image.YCbCrSubsampleRatio444,
	}[c.sampling]
	if !ok || c.colours != heifYCbCr {
		return nil, nil, fmt.Errorf("%w: heic of colours %d, sampling %d", ErrUnreadable, c.colours, c.sampling)
	}
	m := &image.YCbCr{Rect: rect, SubsampleRatio: ratio}
	chroma := chromaSize(m)
	m.Y, m.YStride = plane(c.width, c.height, 1)
	m.Cb, m.CStride = plane(chroma.X, chroma.Y, 1)
	m.Cr, m.CStride = plane(chroma.X, chroma.Y, 1)
	return m, planes, nil
}

// heifStride is how libheif lays out rows: of at least 64 pixels, in steps of
// 16 bytes.
func heifStride(width, bytes int) int {
	const fewest, step = 64, 16
	return (max((width+1)&^1, fewest)*bytes + step - 1) &^ (step - 1)
}
