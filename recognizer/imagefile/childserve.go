package imagefile

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"hakbeon/recognizer/detail"
	"hakbeon/recognizer/imagefile/sandbox"
)

// What a child can be asked for.
const (
	doWarm = "warm"
	doOpen = "open"
	doCost = "cost"
	doPage = "page"
)

type request struct {
	Do     string
	Page   int
	Limits Limits
	Path   string // of the file to open, in place of a body
}

// answer has one of its parts, or an error.
type answer struct {
	Error    string
	Detail   detail.Detail // of the error
	TooLarge bool
	Ours     bool // the file is not to blame
	Cold     bool // PDFium has to be started first
	Pages    int
	Cost     Cost // of a page, in the child
	picture
}

// childError is an error that was made in the child.
type childError struct {
	text   string
	kind   error
	detail detail.Detail
}

func (e *childError) Error() string { return e.text }

// Unwrap gives the kind, and what to tell a person.
func (e *childError) Unwrap() []error {
	return []error{e.kind, &detail.Error{Kind: e.kind, Detail: e.detail}}
}

func (a *answer) err() error {
	switch {
	case a.Error == "":
		return nil
	case a.Ours:
		return errors.New(a.Error)
	case a.TooLarge:
		return &childError{a.Error, ErrTooLarge, a.Detail}
	}
	return &childError{a.Error, ErrUnreadable, a.Detail}
}

// Serve is the main function of the process that Decoder.Command starts: it
// decodes what comes in until in ends, and never does anything else again. args
// are what stands behind the command.
func Serve(in io.Reader, out io.Writer, args []string) error {
	if len(args) != 2 {
		return errors.New("imagefile: the decoder is started by a Decoder, not by hand")
	}
	s := &server{decoder: Decoder{CacheDir: args[0]}}
	s.decoder.pdf.ahead = true
	limits := sandbox.Limits{Memory: childMemory, MaxBody: childFile, Folder: args[0], Files: args[1]}
	return errors.Join(sandbox.Serve(in, out, limits, s.handle), s.decoder.Close())
}

// server has one file open at a time.
type server struct {
	decoder Decoder
	file    source
	allow   sandbox.Allow
	cpu     time.Duration // of a page of the file
}

func (s *server) handle(head, body []byte, allow sandbox.Allow) (any, [][]byte) {
	s.allow = allow
	var r request
	a := &answer{}
	pieces, err := s.answer(head, body, &r, a)
	if err != nil {
		// Of a fault of WebAssembly the first line is enough.
		a.Error, _, _ = strings.Cut(err.Error(), "\n")
		a.Detail = Detail(err)
		a.TooLarge = errors.Is(err, ErrTooLarge)
		a.Cold = errors.Is(err, errCold)
		a.Ours = !a.TooLarge && !errors.Is(err, ErrUnreadable)
	}
	return a, pieces
}

func (s *server) answer(head, body []byte, r *request, a *answer) (pieces [][]byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: the decoder failed: %v", ErrUnreadable, p)
		}
	}()
	if err := decodeJSON(head, r); err != nil {
		return nil, err
	}
	if r.Do == doWarm {
		return nil, errors.Join(s.allow(compiling+pdfMemory, warmTime), s.decoder.pdf.warm(s.decoder.CacheDir))
	}
	if r.Do == doOpen && r.Path != "" {
		return nil, s.openPath(r.Path, r.Limits, a)
	}
	if r.Do == doOpen {
		return nil, s.open(body, r.Limits, a)
	}
	if s.file == nil {
		return nil, errors.New("the decoder has no file")
	}
	switch r.Do {
	case doCost:
		a.Cost, err = s.cost(r.Page)
		return nil, err
	case doPage:
		if err := s.admit(r.Page); err != nil {
			return nil, err
		}
		img, err := s.file.page(r.Page)
		if err != nil {
			return nil, err
		}
		a.picture, pieces, err = describe(img)
		return pieces, err
	}
	return nil, fmt.Errorf("the decoder does not know %q", r.Do)
}

func (s *server) open(data []byte, lim Limits, a *answer) error {
	s.file = nil
	format, err := sniff(data)
	if err != nil {
		return err
	}
	s.cpu = pageCPU
	if format == formatHEIC {
		s.cpu = photoCPU
	}
	if err := s.allow(compiling+pdfMemory+2*int64(len(data)), s.cpu); err != nil {
		return err
	}
	file, err := s.decoder.source(format, data, lim)
	if err != nil {
		return err
	}
	s.file, a.Pages = file, file.count()
	return nil
}

// openPath opens a PDF on disk.
func (s *server) openPath(path string, lim Limits, a *answer) error {
	s.file, s.cpu = nil, pageCPU
	if err := s.allow(compiling+pdfMemory, s.cpu); err != nil {
		return err
	}
	file, err := openLargePDF(&s.decoder, path, lim)
	if err != nil {
		return err
	}
	s.file, a.Pages = file, file.count()
	return nil
}

const (
	// mostDecoding is for the formats that Go decodes; the others have bounds of their
	// own. A scan of 600 dpi in colour takes 280 MB.
	mostDecoding = 320 << 20
	// compiling is what PDFium's code takes to be compiled, where no folder keeps it,
	// and the structure of a document otherwise.
	compiling = 384 << 20
	// heapStep is how much more than it is asked for Go takes from the system.
	heapStep = 128 << 20
)

// cost is the page's. Of a large PDF, the page has to be taken out for it.
func (s *server) cost(page int) (Cost, error) {
	if _, large := s.file.(*largePDF); large {
		if err := s.allow(compiling+pdfMemory, s.cpu); err != nil {
			return Cost{}, err
		}
	}
	return s.file.(coster).cost(page) //nolint:forcetypeassert // every source tells its cost
}

// admit allows the page what it says that it takes.
func (s *server) admit(page int) error {
	cost, err := s.cost(page)
	if err != nil {
		return err
	}
	decoding := cost.Decoding
	switch f := s.file.(type) {
	case *pdfFile, *largePDF:
	case *heicFile:
		decoding += int64(heicMemory(len(f.data), f.config.width*f.config.height))
	default:
		if decoding > mostDecoding {
			return fmt.Errorf("%w: it takes %d MB to decode, at most %d", ErrTooLarge, decoding>>20, mostDecoding>>20)
		}
	}
	return s.allow(decoding+heapStep, s.cpu)
}
