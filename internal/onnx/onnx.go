// Package onnx runs neural networks with ONNX Runtime: sessions of one thread that
// any number of goroutines may use at once. The runtime's shared library is loaded
// with the first network and freed with the last.
package onnx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// libraryName is what ONNX Runtime's shared library is called.
const libraryName = "libonnxruntime.so.1"

// ErrLibrary says that ONNX Runtime's shared library could not be loaded.
var ErrLibrary = errors.New("ONNX Runtime is not usable")

// runtime counts the users of ONNX Runtime's environment, of which a process
// can have one only: the binding keeps it in variables of its own, so counting
// can't be done anywhere but beside them.
var runtime struct {
	sync.Mutex
	users int
}

// acquireRuntime loads the library, unless it is loaded already. Each call that
// succeeds must be followed by one releaseRuntime.
func acquireRuntime(library string) error {
	runtime.Lock()
	defer runtime.Unlock()
	if runtime.users == 0 && !ort.IsInitialized() {
		path := findLibrary(library)
		ort.SetSharedLibraryPath(path)
		if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
			return fmt.Errorf("%w: loading %s: %w; run `make setup`, or name the file by ONNXRUNTIME_LIB", ErrLibrary, path, err)
		}
	}
	runtime.users++
	return nil
}

func releaseRuntime() error {
	runtime.Lock()
	defer runtime.Unlock()
	runtime.users--
	if runtime.users > 0 {
		return nil
	}
	return ort.DestroyEnvironment()
}

// findLibrary returns the first library that is there, see Open.
func findLibrary(given string) string {
	if given != "" {
		return given
	}
	if exe, err := os.Executable(); err == nil {
		if path := filepath.Join(filepath.Dir(exe), "lib", libraryName); isFile(path) {
			return path
		}
	}
	dir, err := os.Getwd()
	for err == nil {
		if path := filepath.Join(dir, "bin", "lib", libraryName); isFile(path) {
			return path
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return libraryName
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// Network is a model with one input and one output. It is safe for concurrent
// use.
type Network struct{ session *ort.DynamicAdvancedSession }

// Open prepares a model for one thread a run: several runs at once serve a small
// machine better than one run with many threads. Library is the path of ONNX
// Runtime's shared library; "" means lib/libonnxruntime.so.1 beside the executable,
// then bin/lib/libonnxruntime.so.1 upwards from the working directory, then the
// system's libonnxruntime.so.1. The error is ErrLibrary if it can't be loaded.
func Open(model []byte, library string) (*Network, error) {
	if err := acquireRuntime(library); err != nil {
		return nil, err
	}
	n, err := newNetwork(model)
	if err != nil {
		return nil, errors.Join(err, releaseRuntime())
	}
	return n, nil
}

func newNetwork(model []byte) (*Network, error) {
	inputs, outputs, err := ort.GetInputOutputInfoWithONNXData(model)
	if err != nil {
		return nil, fmt.Errorf("reading a model: %w", err)
	}
	if len(inputs) != 1 || len(outputs) != 1 {
		return nil, fmt.Errorf("a model has %d inputs and %d outputs, want one of each", len(inputs), len(outputs))
	}
	options, err := sessionOptions()
	if err != nil {
		return nil, fmt.Errorf("preparing ONNX Runtime: %w", err)
	}
	defer func() { _ = options.Destroy() }()
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(model,
		[]string{inputs[0].Name}, []string{outputs[0].Name}, options)
	if err != nil {
		return nil, fmt.Errorf("loading a model: %w", err)
	}
	return &Network{session}, nil
}

func sessionOptions() (*ort.SessionOptions, error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		o.SetIntraOpNumThreads(1),
		o.SetInterOpNumThreads(1),
		o.SetMemPattern(false), // shapes vary
		o.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
	)
	if err != nil {
		return nil, errors.Join(err, o.Destroy())
	}
	return o, nil
}

// Run feeds data of a shape through the model and hands the output, which is gone
// afterwards, to use.
func (n *Network) Run(data []float32, shape []int64, use func(out []float32, shape []int64) error) error {
	in, err := ort.NewTensor(ort.NewShape(shape...), data)
	if err != nil {
		return fmt.Errorf("making an input: %w", err)
	}
	defer func() { _ = in.Destroy() }()
	outputs := []ort.Value{nil}
	if err := n.session.Run([]ort.Value{in}, outputs); err != nil {
		return fmt.Errorf("running a model: %w", err)
	}
	defer func() { _ = outputs[0].Destroy() }()
	out, ok := outputs[0].(*ort.Tensor[float32])
	if !ok {
		return errors.New("a model's output is not float32")
	}
	return use(out.GetData(), out.GetShape())
}

// Close frees the model; no run may be under way.
func (n *Network) Close() error { return errors.Join(n.session.Destroy(), releaseRuntime()) }
