package worker_test

import (
	"os"
	"testing"
	"time"

	"hakbeon/jobs"
	"hakbeon/lab/bombs"
)

// apart has the worker decode in a process of its own, as the product's does.
func (r *rig) apart() {
	r.t.Helper()
	if raceDetector {
		r.t.Skip("compiling PDFium takes a minute of CPU under the race detector")
	}
	program, err := os.Executable()
	must(r.t, err)
	r.options.DecoderCommand, r.options.DecoderCache = []string{program, decoderArgument}, decoderCache
}

func bomb(t *testing.T, name string) []byte {
	t.Helper()
	for _, b := range bombs.PDF() {
		if b.Name == name {
			return b.Data
		}
	}
	t.Fatalf("there is no %s", name)
	return nil
}

// Files that never end, or want too much memory, fail alone, with their reason.
func TestHostileFiles(t *testing.T) {
	r := newRig(t)
	r.apart()
	r.roster(kim, lee, park)
	keys := append(r.sheets(kim, lee), r.upload("pattern.pdf", bomb(t, "pattern.pdf")), r.upload("groups.pdf", bomb(t, "nested-groups.pdf")))
	keys = append(keys, r.upload("scan.tif", tiffPages(t, park)))
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.wants(b, map[string]string{
		"1.png": "matched " + kim, "2.png": "matched " + lee, "scan.tif": "matched " + park,
		"pattern.pdf": "failed image_unreadable", "groups.pdf": "failed image_unreadable",
	})
	if stops := r.metric("hakbeon_decoder_stops_total", map[string]string{"cause": "time"}); stops != 1 {
		t.Errorf("the decoder was stopped %v times, want once", stops)
	}
}

// A worker ends in its time while its decoder is busy with what does not end.
func TestDrainAmidABomb(t *testing.T) {
	r := newRig(t)
	r.apart()
	r.options.DrainTimeout = time.Second
	r.roster(kim)
	key := r.upload("pattern.pdf", bomb(t, "pattern.pdf"))
	stop := r.start()
	b := r.submit(jobs.Recognize{Keys: []string{key}})
	r.until("the sheet to be begun", func() bool {
		return r.metric("hakbeon_messages_held", map[string]string{"queue": "work"}) > 0
	})
	time.Sleep(500 * time.Millisecond)
	since := time.Now()
	stop()
	if took := time.Since(since); took > 5*time.Second {
		t.Errorf("the worker took %v to end", took)
	}
	r.start() // another one does it
	r.end(b, 1)
	r.wants(b, map[string]string{"pattern.pdf": "failed image_unreadable"})
}
