package worker

import (
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

const (
	cachedJobs  = 256
	cachedParts = 16
	// cachedPapers are some kilobytes for a file of hundreds of pages.
	cachedPapers = 1024

	// What was just written to S3 is needed again at once, by the webhook and by
	// the batch's end. There is room for about a thousand sheets: more would only
	// keep the exams that are over.
	cachedRecordBytes  = 2 << 20
	cachedReadingBytes = 8 << 20
	cachedFileBytes    = 32 << 20
	cachedPictureBytes = 8 << 20
	cachedRosterBytes  = 32 << 20
)

// caches are what a Worker remembers of S3.
type caches struct {
	jobs    *lru.Cache[s3store.Batch, s3store.Job]
	parts   *lru.Cache[string, []string]
	papers  *lru.Cache[string, *s3store.Papers] // how files were divided, by the record's key
	rosters *rosterCache
	// snapshots are rosters as they were used, by their key.
	snapshots *cache[*roster.Roster]
	records   *cache[written]                     // by the result's key
	evidences *cache[*recognizer.Reading]         // by the evidence's key
	files     *cache[fetched]                     // files of several pages, by their key
	spent     *lru.Cache[s3store.Batch, struct{}] // batches without budget for second opinions
	pictures  *cache[[]byte]                      // header crops as the report shows them, by the crop's key
}

func newCaches(opts Options) (*caches, error) {
	var c caches
	var err error
	if c.jobs, err = lru.New[s3store.Batch, s3store.Job](cachedJobs); err != nil {
		return nil, fmt.Errorf("make the cache of jobs: %w", err)
	}
	if c.parts, err = lru.New[string, []string](cachedParts); err != nil {
		return nil, fmt.Errorf("make the cache of parts: %w", err)
	}
	if c.papers, err = lru.New[string, *s3store.Papers](cachedPapers); err != nil {
		return nil, fmt.Errorf("make the cache of papers: %w", err)
	}
	if c.rosters, err = newRosterCache(opts.Store, opts.Rosters); err != nil {
		return nil, err
	}
	if c.snapshots, err = newCache[*roster.Roster](cachedRosterBytes); err != nil {
		return nil, err
	}
	if c.records, err = newCache[written](cachedRecordBytes); err != nil {
		return nil, err
	}
	if c.evidences, err = newCache[*recognizer.Reading](cachedReadingBytes); err != nil {
		return nil, err
	}
	if c.files, err = newCache[fetched](cachedFileBytes); err != nil {
		return nil, err
	}
	if c.spent, err = lru.New[s3store.Batch, struct{}](cachedJobs); err != nil {
		return nil, fmt.Errorf("make the cache of spent budgets: %w", err)
	}
	if c.pictures, err = newCache[[]byte](cachedPictureBytes); err != nil {
		return nil, err
	}
	return &c, nil
}
