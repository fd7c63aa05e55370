package worker_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

var errKilled = errors.New("the process was killed")

// mortal is an HTTP client whose process dies after a number of calls that
// change something, counted from the first that names "since".
type mortal struct {
	since string
	left  int
	kill  func()

	mu      sync.Mutex
	counted int
	dead    bool
}

// Do implements aws.HTTPClient.
func (m *mortal) Do(q *http.Request) (*http.Response, error) {
	if m.dies(q) {
		m.kill()
		return nil, errKilled
	}
	return baseConfig.HTTPClient.Do(q)
}

func (m *mortal) dies(q *http.Request) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	target := q.Header.Get("X-Amz-Target")
	changes := q.Method == http.MethodPut || strings.HasSuffix(target, ".SendMessageBatch") || strings.HasSuffix(target, ".DeleteMessageBatch")
	if m.dead || !changes {
		return m.dead
	}
	if m.counted == 0 && !strings.Contains(q.URL.Path, m.since) {
		return false
	}
	m.counted++
	m.dead = m.left >= 0 && m.counted > m.left
	return m.dead
}

// dyingRun does a batch with a worker that dies after so many changes, and another
// that comes after it, and returns how many changes the first one made.
func dyingRun(t *testing.T, since string, left int) (changes int, died bool) {
	r := newRig(t)
	r.roster(kim, lee, park)
	keys := r.sheets(kim, "2017000?", lee)
	b := r.submit(jobs.Recognize{Keys: keys, BatchID: "b"})
	dying, kill := context.WithCancel(context.Background())
	defer kill()
	m := &mortal{since: since, left: left, kill: kill}
	o := r.over(m)
	o.Visibility, o.DrainTimeout = 2*time.Second, time.Nanosecond
	w := r.worker(o)
	var first sync.WaitGroup
	first.Go(func() { w.Run(dying) })
	defer first.Wait()
	defer kill()
	r.until("death or the end", func() bool {
		_, err := r.store.Head(t.Context(), b.Done(1))
		return dying.Err() != nil || err == nil && r.quiet()
	})
	m.mu.Lock()
	changes, died = m.counted, m.dead
	m.mu.Unlock()
	r.start()
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "needs_review duplicate_student", "3.png": "matched " + lee})
	r.hasVersions(b, keys)
	return changes, died
}

// hasVersions: the end made one more version of each sheet and no more.
func (r *rig) hasVersions(b layout.Batch, keys []string) {
	r.t.Helper()
	for _, key := range keys {
		if rec := r.sheet(b, key, 1); rec.Version != 2 || len(rec.Earlier) != 1 {
			r.t.Errorf("%s: got version %d and %d earlier ones, want 2 and 1", key, rec.Version, len(rec.Earlier))
		}
	}
	if plans := r.list(b.Prefix() + "plans/"); len(plans) != 1 {
		r.t.Errorf("got plans %v, want 1", plans)
	}
}

// A worker that dies between any two changes of the batch's end, and at some
// before it, leaves what another one finishes, with the same outcome.
func TestDeathAnywhere(t *testing.T) {
	t.Parallel()
	t.Run("from the job", func(t *testing.T) {
		t.Parallel()
		for _, left := range []int{0, 1, 2, 3, 6, 10, 14, 18} {
			t.Run(itoa(left), func(t *testing.T) { dyingRun(t, "/", left) })
		}
	})
	t.Run("from the plan", func(t *testing.T) {
		t.Parallel()
		const most = 16
		for left := range most {
			t.Run(itoa(left), func(t *testing.T) {
				if changes, died := dyingRun(t, "/plans/", left); !died {
					t.Logf("the end was done after %d changes", changes)
				}
			})
		}
	})
}

// A worker that is killed with everything half done, twice, beside one that
// lives, in an exam that has some of everything.
func TestKilledInTheMiddle(t *testing.T) {
	r := newRig(t)
	r.options.Visibility = 2 * time.Second
	r.roster(kim, lee, park, choi)
	keys := append(r.sheets(kim, lee, park, "", "!", kim), "uploads/"+r.exam+"/none.png", r.upload("two.tif", tiffPages(t, choi, "20164321")))
	b := r.submit(jobs.Recognize{Keys: keys})
	for left := 6; left <= 18; left += 12 {
		dying, kill := context.WithCancel(context.Background())
		m := &mortal{since: "/", left: left, kill: kill}
		o := r.over(m)
		o.DrainTimeout = time.Nanosecond
		w := r.worker(o)
		var running sync.WaitGroup
		running.Go(func() { w.Run(dying) })
		<-dying.Done()
		t.Cleanup(running.Wait)
	}
	r.start()
	r.start()
	r.end(b, 1)
	r.wants(b, map[string]string{
		"1.png": "needs_review duplicate_student", "2.png": "matched " + lee, "3.png": "matched " + park,
		"4.png": "needs_review no_id_found", "5.png": "failed internal_error", "6.png": "needs_review duplicate_student",
		"none.png": "failed image_missing", "two.tif": "matched " + choi, "two.tif#2": "needs_review not_on_roster",
	})
}
