package synth_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"hakbeon/lab/synth"
)

// idx returns an IDX file with sizes of one byte each.
func idx(data []byte, sizes ...byte) []byte {
	out := []byte{0, 0, 8, byte(len(sizes))}
	for _, s := range sizes {
		out = append(out, 0, 0, 0, s)
	}
	return append(out, data...)
}

func TestReadIDX(t *testing.T) {
	tests := map[string]struct {
		file []byte
		dims []int
		data []byte
	}{
		"labels": {idx([]byte{7, 2, 1}, 3), []int{3}, []byte{7, 2, 1}},
		"table":  {idx([]byte{1, 2, 3, 4, 5, 6}, 2, 3), []int{2, 3}, []byte{1, 2, 3, 4, 5, 6}},
		"images": {idx(make([]byte, 8), 2, 2, 2), []int{2, 2, 2}, make([]byte, 8)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := synth.ReadIDX(iotest.OneByteReader(bytes.NewReader(test.file)))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Dims, test.dims) || !bytes.Equal(got.Data, test.data) {
				t.Errorf("got %v %v, want %v %v", got.Dims, got.Data, test.dims, test.data)
			}
		})
	}
}

func TestReadIDXRefuses(t *testing.T) {
	tests := map[string][]byte{
		"nothing":                nil,
		"a magic number cut":     {0, 0, 8},
		"floats":                 {0, 0, 0x0d, 1, 0, 0, 0, 0},
		"no dimensions":          {0, 0, 8, 0},
		"four dimensions":        idx(make([]byte, 1), 1, 1, 1, 1),
		"sizes cut":              {0, 0, 8, 2, 0, 0, 0, 1, 0},
		"a size of zero":         idx(nil, 0),
		"data cut":               idx([]byte{1, 2}, 3),
		"data too long":          idx([]byte{1, 2, 3, 4}, 3),
		"4 GB":                   {0, 0, 8, 1, 255, 255, 255, 255},
		"a product that is huge": {0, 0, 8, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0},
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := synth.ReadIDX(bytes.NewReader(file)); !errors.Is(err, synth.ErrIDX) {
				t.Errorf("error is %v, want %v", err, synth.ErrIDX)
			}
		})
	}
}

func TestReadIDXPassesErrorsOn(t *testing.T) {
	file := io.MultiReader(bytes.NewReader(idx([]byte{1}, 3)), iotest.ErrReader(io.ErrClosedPipe))
	if _, err := synth.ReadIDX(file); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error is %v, want %v", err, io.ErrClosedPipe)
	}
}

func FuzzReadIDX(f *testing.F) {
	f.Add(idx([]byte{1, 2, 3}, 3))
	f.Add(idx(make([]byte, 8), 2, 2, 2))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := synth.ReadIDX(bytes.NewReader(file))
		if err != nil {
			return
		}
		want := 1
		for _, size := range got.Dims {
			want *= size
		}
		if len(got.Data) != want || want >= len(file) {
			t.Errorf("%d bytes of data for %v in a file of %d", len(got.Data), got.Dims, len(file))
		}
	})
}
