package imagefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	pdfMemory    = 256 << 20       // bytes that a document may take in PDFium; a scan takes 60 MB
	pdfKeeps     = 96 << 20        // bytes that an instance may keep for the next document
	pdfPageTime  = 2 * time.Minute // of rendering; a scan takes 0.2 s
	pdfStartTime = 30 * time.Second
	wasmPage     = 64 << 10
)

// pdfEngine is PDFium: compiled once, when it is first needed, and one instance
// of it that serves one call at a time. An instance in which anything went
// wrong is not used again, since a document may have damaged its memory, and one
// that grew large neither, for memory of WebAssembly never gets smaller.
type pdfEngine struct {
	// ahead has run return errCold until warm was called, so that nobody's page pays
	// for the start.
	ahead bool

	mu       sync.Mutex
	closed   bool
	cache    wazero.CompilationCache
	pool     pdfium.Pool
	instance pdfium.Pdfium
	memory   *reservation // the instance's
}

var errCold = errors.New("PDFium is not started")

// run calls work with an instance. WebAssembly could be made to stop in the
// middle, but that makes every page four times slower; so a page that does not
// end is left behind with its instance, until it does.
func (e *pdfEngine) run(cacheDir string, work func(pdfium.Pdfium) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ahead && e.pool == nil && !e.closed {
		return errCold
	}
	if err := e.start(cacheDir); err != nil {
		return err
	}
	instance := e.instance
	late, err := inTime(pdfPageTime, func() error { return work(instance) })
	if late == nil {
		if err != nil || e.memory.used > pdfKeeps {
			e.instance = nil
			_ = instance.Close() // err says more than whatever follows from it
		}
		return err
	}
	e.instance = nil
	go func() {
		<-late //nolint:errcheck // it was given up
		_ = instance.Close()
	}()
	return fmt.Errorf("%w: the pdf takes longer than %v to render", ErrUnreadable, pdfPageTime)
}

// check is nil until the engine is closed.
func (e *pdfEngine) check() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	return nil
}

// warm starts PDFium ahead of the first page.
func (e *pdfEngine) warm(cacheDir string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.start(cacheDir)
}

func (e *pdfEngine) start(cacheDir string) (err error) {
	if e.closed {
		return ErrClosed
	}
	if e.pool == nil {
		if err := e.compile(cacheDir); err != nil {
			return fmt.Errorf("start PDFium: %w", err)
		}
	}
	if e.instance == nil {
		if e.memory, err = reserve(pdfMemory); err != nil {
			return err
		}
		if e.instance, err = e.pool.GetInstance(pdfStartTime); err != nil {
			return fmt.Errorf("start an instance of PDFium: %w", err)
		}
	}
	return nil
}

func (e *pdfEngine) compile(cacheDir string) error {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(pdfMemory / wasmPage)
	if cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
		if err != nil {
			return fmt.Errorf("cache in %q: %w", cacheDir, err)
		}
		e.cache = cache
		config = config.WithCompilationCache(cache)
	}
	// Reserved memory grows in its place: a Go slice would be there twice.
	memory := experimental.WithMemoryAllocator(context.Background(),
		experimental.MemoryAllocatorFunc(func(uint64, uint64) experimental.LinearMemory { return e.memory }))
	pool, err := webassembly.Init(webassembly.Config{
		Context:       memory,
		RuntimeConfig: config,
		FSConfig:      wazero.NewFSConfig(), // no files: the default is all of them
		Stdout:        io.Discard,
		Stderr:        io.Discard,
		MaxTotal:      -1, // one at a time, besides those left behind
	})
	if err != nil {
		return err
	}
	e.pool = pool
	debug.FreeOSMemory() // compiling leaves 270 MB behind, once
	return nil
}

// close can be called again.
func (e *pdfEngine) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	var errs []error
	if e.instance != nil {
		errs = append(errs, e.instance.Close())
	}
	if e.pool != nil {
		errs = append(errs, e.pool.Close())
	}
	if e.cache != nil {
		errs = append(errs, e.cache.Close(context.Background()))
	}
	e.instance, e.pool, e.cache = nil, nil, nil
	return errors.Join(errs...)
}
