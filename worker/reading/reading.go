// Package reading brings one sheet from its key to its result: download, decode, read,
// match, file, result. Work that our own code crashes on or that never ends is given up
// after a few tries, alone, so that no innocent sheet is blamed.
package reading

import (
	"context"
	"errors"
	"image"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"

	"hakbeon/internal/cache"
	"hakbeon/internal/clock"
	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/outbox"
	"hakbeon/worker/outcome"
	"hakbeon/worker/rosters"
	"hakbeon/worker/telemetry"
)

// Reader finds and reads the fields of a page; it is safe for concurrent use.
type Reader interface {
	Read(ctx context.Context, page image.Image) (*recognizer.Reading, error)
	Model() string
}

// NameReader is a Reader that reads the name beside the number as well, into what Read
// made of the same page.
type NameReader interface {
	ReadNames(ctx context.Context, page image.Image, reading *recognizer.Reading) error
}

// LetterReader is a Reader that tells the letters of IDs apart as well, in what Read made
// of the same page.
type LetterReader interface {
	ReadLetters(ctx context.Context, page image.Image, reading *recognizer.Reading) error
}

// Second gives a second opinion on the ID that a picture shows alone.
type Second interface {
	Ask(ctx context.Context, picture image.Image) (*recognizer.Opinion, error)
}

// Options configure a Pipeline; worker.Options says what each means.
type Options struct {
	Reader       Reader
	NoNames      bool
	Second       Second
	SecondBudget int
	Params       recognizer.Params
	Images       imagefile.Limits

	Concurrency    int
	DecodeBudget   int64
	DecoderCommand []string
	DecoderCache   string
	// Spool is where large PDFs lie; nil has none read.
	Spool *Spool

	MaxAttempts                   int
	ReadTimeout, DrainTimeout     time.Duration
	ImagePatience, RosterPatience time.Duration
	FinishDelay                   time.Duration

	// Batches are the open batches that a sheet whose sender waits may join.
	Batches Batches
	// Ready says what keeps a sheet that somebody waits for from being begun.
	Ready func() error
	// Hold notes that a sheet of the batch is begun; done that it is over, with its
	// error and the number of the batch's files, 0 if that isn't known.
	Hold func(ctx context.Context, b layout.Batch) (done func(err error, total int))
}

// Parts are what a Pipeline shares with the worker's other parts.
type Parts struct {
	Store   *s3store.Store
	Archive *archive.Archive
	Outbox  *outbox.Outbox
	Rosters *rosters.Cache
	Scorers *outcome.Scorers
	Memory  *Memory
	Open    *telemetry.OpenBatches
	Metrics *telemetry.Metrics
	Tracer  trace.Tracer
	Clock   *clock.Clock
	Log     *zap.Logger
}

// Pipeline reads sheets, as many at once as there is room for. It is safe for
// concurrent use.
type Pipeline struct {
	*Parts
	opts      *Options
	opener    *opener
	examiner  *examiner
	adviser   *adviser
	filer     *filer
	visits    *visits // sheets whose senders wait
	fetcher   *fetcher
	divider   *divider
	reception *reception
}

const (
	keptFileBytes = 32 << 20
	keptSpent     = 256
)

// New returns a pipeline at work.
func New(opts Options, parts Parts) *Pipeline {
	open := newOpener(&opts, &parts)
	p := &Pipeline{
		Parts: &parts, opts: &opts, opener: open,
		examiner: &examiner{Parts: &parts, opts: &opts, opener: open, cpu: semaphore.NewWeighted(int64(opts.Concurrency))},
		adviser: &adviser{
			Parts: &parts, opts: &opts, spent: cache.BySize[layout.Batch, struct{}](keptSpent),
		},
		filer:  &filer{Parts: &parts, model: opts.Reader.Model()},
		visits: newVisits(opts.DrainTimeout),
		fetcher: &fetcher{
			Parts: &parts, limits: opts.Images, spool: opts.Spool,
			files: cache.ByWeight[string](keptFileBytes, func(f fetched) int { return len(f.data) }),
		},
		reception: &reception{Parts: &parts, batches: opts.Batches},
	}
	p.divider = &divider{Parts: &parts, params: opts.Params, match: p.match}
	return p
}

// held notes that a sheet is begun; the function it returns that it is over.
func (p *Pipeline) held(ctx context.Context, t *task) func(*error) {
	done := p.opts.Hold(ctx, t.batch)
	return func(err *error) { done(*err, t.job.Total) }
}

// LargeFiles reports whether there is a place for them.
func (p *Pipeline) LargeFiles() bool { return p.fetcher.spool != nil }

// Hung is how many readings do not end; each holds a slot.
func (p *Pipeline) Hung() int64 { return p.examiner.hung.Load() }

// Alive returns unless a lock that every file goes through is stuck.
func (p *Pipeline) Alive() { p.fetcher.files.Get("") }

// CloseVisits takes no more sheets whose senders wait, and waits for those under way.
func (p *Pipeline) CloseVisits() { p.visits.close() }

// Warm starts the decoder's process ahead of the first file that needs it.
func (p *Pipeline) Warm() { p.opener.warm() }

// Close ends the decoder's process, and its warming, and removes large files.
func (p *Pipeline) Close() error {
	return errors.Join(p.opener.decoder.Close(), p.fetcher.spool.Close())
}
