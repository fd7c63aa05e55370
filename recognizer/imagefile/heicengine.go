package imagefile

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// heicTime is for one picture; 12 megapixels take 1.2 s.
const heicTime = time.Minute

//go:embed libheif/heif.wasm.gz
var libheif []byte

// heicEngine is libheif: compiled once, when it is first needed. Every file has
// an instance of its own, with as much memory as it may take; one at a time, so
// that the bound is the process's.
type heicEngine struct {
	mu      sync.Mutex
	closed  bool
	left    bool // an instance was left behind: its memory must stay
	cache   wazero.CompilationCache
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

// run calls work with an instance that has so many bytes of memory.
// WebAssembly could be made to stop in the middle, but that makes it five times
// slower; so a picture that does not end is left behind until it does.
func (e *heicEngine) run(cacheDir string, memory int, work func(*heicSandbox) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.start(cacheDir); err != nil {
		return err
	}
	box, err := newHEICSandbox(e.runtime, e.module, memory)
	if err != nil {
		return fmt.Errorf("start an instance of libheif: %w", err)
	}
	late, err := inTime(heicTime, func() error { return work(box) })
	if late == nil {
		return errors.Join(err, box.close())
	}
	e.left = true
	go func() {
		<-late //nolint:errcheck // it was given up
		_ = box.close()
	}()
	return fmt.Errorf("%w: the heic takes longer than %v to decode", ErrUnreadable, heicTime)
}

// warm compiles libheif ahead of the first file.
func (e *heicEngine) warm(cacheDir string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.start(cacheDir)
}

func (e *heicEngine) start(cacheDir string) error {
	switch {
	case e.closed:
		return ErrClosed
	case e.module != nil:
		return nil
	}
	if err := e.compile(cacheDir); err != nil {
		return errors.Join(fmt.Errorf("start libheif: %w", err), e.free())
	}
	debug.FreeOSMemory() // compiling leaves 40 MB behind, once
	return nil
}

func (e *heicEngine) compile(cacheDir string) (err error) {
	config := wazero.NewRuntimeConfig()
	if cacheDir != "" {
		if e.cache, err = wazero.NewCompilationCacheWithDir(cacheDir); err != nil {
			return fmt.Errorf("cache in %q: %w", cacheDir, err)
		}
		config = config.WithCompilationCache(e.cache)
	}
	packed, err := gzip.NewReader(bytes.NewReader(libheif))
	if err != nil {
		return err
	}
	code, err := io.ReadAll(packed)
	if err != nil {
		return err
	}
	ctx := context.Background()
	e.runtime = wazero.NewRuntimeWithConfig(ctx, config)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, e.runtime); err != nil {
		return err
	}
	e.module, err = e.runtime.CompileModule(ctx, code)
	return err
}

// close can be called again.
func (e *heicEngine) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	return e.free()
}

func (e *heicEngine) free() error {
	var errs []error
	if e.runtime != nil && !e.left {
		errs = append(errs, e.runtime.Close(context.Background()))
	}
	if e.cache != nil && !e.left {
		errs = append(errs, e.cache.Close(context.Background()))
	}
	e.runtime, e.module, e.cache = nil, nil, nil
	return errors.Join(errs...)
}

// inTime runs work, which may panic. If work takes longer than the limit, late
// is not nil, and receives what comes of it in the end.
func inTime(limit time.Duration, work func() error) (late <-chan error, err error) {
	done := make(chan error, 1)
	go func() { done <- guarded(work) }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case err := <-done:
		return nil, err
	case <-timer.C:
		return done, nil
	}
}
