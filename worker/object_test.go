package worker_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/jobs"
)

// One object that S3 refuses us holds up nobody, and counts as missing when its
// time is over. A roster likewise.
func TestForbiddenObject(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, object string
		want         map[string]string
	}{
		{"a sheet", "/2.png", map[string]string{"1.png": "matched " + kim, "2.png": "failed image_missing"}},
		{"the roster", "/rosters/", map[string]string{"1.png": "needs_review roster_missing", "2.png": "needs_review roster_missing"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.options.RosterPatience = 3 * time.Second
			r.roster(kim, lee)
			keys := r.sheets(kim, lee)
			var refused, paused atomic.Int32
			client := roundTrip(func(q *http.Request) (*http.Response, error) {
				named := strings.HasSuffix(q.URL.Path, test.object) || strings.Contains(q.Header.Get("X-Amz-Copy-Source"), test.object) ||
					strings.HasPrefix(q.URL.Path, "/"+r.store.Bucket()+test.object)
				if named {
					refused.Add(1)
					return answer(q, http.StatusForbidden, "<Error><Code>AccessDenied</Code></Error>"), nil
				}
				return baseConfig.HTTPClient.Do(q)
			})
			w := r.worker(r.over(client))
			r.run(w)
			b := r.submit(jobs.Recognize{Keys: keys})
			r.until("the end", func() bool {
				if w.Ready() != nil {
					paused.Add(1)
				}
				_, err := r.store.Head(t.Context(), b.Done(1))
				return err == nil
			})
			r.end(b, 1)
			r.wants(b, test.want)
			if paused.Load() > 0 || refused.Load() < 2 {
				t.Errorf("paused %d times after %d refusals, want none after several", paused.Load(), refused.Load())
			}
		})
	}
}

// A manifest that S3 refuses us holds up nobody, and is a dead letter when its
// time is over; one that we may read again in time is taken.
func TestForbiddenManifest(t *testing.T) {
	r := newRig(t)
	r.options.RosterPatience = 4 * time.Second
	r.roster(kim)
	keys := r.sheets(kim)
	manifest := []byte(`{"keys": ["` + keys[0] + `"]}`)
	never, late := r.upload("never.json", manifest), r.upload("late.json", manifest)
	var refused, paused, lateRefused atomic.Int32
	client := roundTrip(func(q *http.Request) (*http.Response, error) {
		if strings.HasSuffix(q.URL.Path, never) || strings.HasSuffix(q.URL.Path, late) && lateRefused.Add(1) == 1 {
			refused.Add(1)
			return answer(q, http.StatusForbidden, "<Error><Code>AccessDenied</Code></Error>"), nil
		}
		return baseConfig.HTTPClient.Do(q)
	})
	w := r.worker(r.over(client))
	r.run(w)
	r.submit(jobs.Recognize{ManifestKey: never})
	b := r.submit(jobs.Recognize{ManifestKey: late, BatchID: "late"})
	r.until("the late manifest's end", func() bool {
		if w.Ready() != nil {
			paused.Add(1)
		}
		_, err := r.store.Head(t.Context(), b.Done(1))
		return err == nil
	})
	if got := reasonOf(r.deadLetter()); !strings.Contains(got, "manifest_key") || !strings.Contains(got, "refuses") {
		t.Errorf("got reason %q", got)
	}
	r.wants(b, map[string]string{"1.png": "matched " + kim})
	if paused.Load() > 0 || w.Ready() != nil || refused.Load() < 3 {
		t.Errorf("paused %d times after %d refusals, want none after several", paused.Load(), refused.Load())
	}
}

// Where all of S3 refuses us, a manifest is waited for like everything else.
func TestForbiddenEverything(t *testing.T) {
	r := newRig(t)
	r.options.RosterPatience = time.Nanosecond
	r.roster(kim)
	keys := r.sheets(kim)
	key := r.upload("m.json", []byte(`{"keys": ["`+keys[0]+`"]}`))
	var away atomic.Bool
	away.Store(true)
	client := roundTrip(func(q *http.Request) (*http.Response, error) {
		if away.Load() && !strings.HasPrefix(q.Header.Get("X-Amz-Target"), "AmazonSQS") {
			return answer(q, http.StatusForbidden, "<Error><Code>AccessDenied</Code></Error>"), nil
		}
		return baseConfig.HTTPClient.Do(q)
	})
	w := r.worker(r.over(client))
	r.run(w)
	b := r.submit(jobs.Recognize{ManifestKey: key, BatchID: "m"})
	r.until("a pause", func() bool { return w.Ready() != nil })
	away.Store(false)
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim})
}

// The upload is replaced between its reading and its filing: what is filed is
// what was read.
func TestUploadReplaced(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.sheets(kim)
	read, err := r.store.Get(t.Context(), keys[0], 1<<20)
	must(t, err)
	var once atomic.Bool
	client := roundTrip(func(q *http.Request) (*http.Response, error) {
		if q.Method == http.MethodPut && strings.Contains(q.URL.Path, "/evidence/") && once.CompareAndSwap(false, true) {
			r.upload("1.png", pngPage(t, lee))
		}
		return baseConfig.HTTPClient.Do(q)
	})
	r.startWith(r.over(client))
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim})
	filed, err := r.store.Get(t.Context(), *r.sheet(b, keys[0], 1).Meta.S3Keys.Original, 1<<20)
	must(t, err)
	if !bytes.Equal(filed.Body, read.Body) {
		t.Error("another image was filed than was read")
	}
}

// A page with a side that no JPEG can hold fails at once.
func TestWidePage(t *testing.T) {
	for _, size := range []image.Point{{X: 65536, Y: 8}, {X: 8, Y: 65536}} {
		t.Run(size.String(), func(t *testing.T) {
			r := newRig(t)
			r.roster(kim)
			var wide bytes.Buffer
			must(t, png.Encode(&wide, image.NewGray(image.Rectangle{Max: size})))
			key := r.upload("wide.png", wide.Bytes())
			r.start()
			b := r.submit(jobs.Recognize{Keys: []string{key}})
			r.end(b, 1)
			r.wants(b, map[string]string{"wide.png": "failed image_too_large"})
		})
	}
}

// A file of several pages is downloaded once by a worker, and looked at each
// time.
func TestPagesOfOneFile(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park)
	key := r.upload("three.tif", tiffPages(t, kim, lee, park))
	var whole, unchanged atomic.Int32
	client := roundTrip(func(q *http.Request) (*http.Response, error) {
		resp, err := baseConfig.HTTPClient.Do(q)
		if q.Method == http.MethodGet && strings.HasSuffix(q.URL.Path, "three.tif") && err == nil {
			if resp.StatusCode == http.StatusNotModified {
				unchanged.Add(1)
			} else {
				whole.Add(1)
			}
		}
		return resp, err
	})
	r.startWith(r.over(client))
	b := r.submit(jobs.Recognize{Keys: []string{key}})
	r.end(b, 1)
	r.wants(b, map[string]string{"three.tif": "matched " + kim, "three.tif#2": "matched " + lee, "three.tif#3": "matched " + park})
	if whole.Load() != 1 || unchanged.Load() != 2 {
		t.Errorf("got %d downloads and %d looks, want 1 and 2", whole.Load(), unchanged.Load())
	}
}
