package page

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"path"
	"regexp"
	"time"

	"go.uber.org/zap"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

// Graders who work at one batch should get different sheets. So each window says which
// sheet it shows, and the others put that one last. A claim keeps nobody from answering:
// it is a courtesy, may come late, and runs out. It lies in S3, one small object a
// window, for graders may be at different processes.

const (
	// claimTime is how long a claim holds that is not renewed; windows renew it at a
	// third of that.
	claimTime = 45 * time.Second
	// staleClaim is how old one may be by its own time, whose clock may differ from ours.
	staleClaim = 2 * time.Minute
	// maxClaims bounds the windows that are read of a batch.
	maxClaims     = 64
	maxClaimBytes = 1 << 10
)

var windowRE = regexp.MustCompile(`^[0-9a-z]{8,32}$`)

// claim is what a window shows.
type claim struct {
	Sheet string `json:"sheet"` // "" for none

	etag  string
	until time.Time
}

// claims are a batch's, by window.
type claims map[string]claim

// held are the windows that show each sheet.
func (c claims) held(now time.Time) map[string][]string {
	held := map[string][]string{}
	for window, one := range c {
		if one.Sheet != "" && now.Before(one.until) {
			held[one.Sheet] = append(held[one.Sheet], window)
		}
	}
	return held
}

// readClaims looks at the batch's claims; those that have not changed are those of
// before. What can't be read is left out.
func readClaims(ctx context.Context, view batch.View, before claims) (claims, error) {
	now, found := time.Now(), claims{}
	for info, err := range view.Store.List(ctx, view.Claim("")) {
		if err != nil {
			return nil, err
		}
		window := path.Base(info.Key)
		if now.Sub(info.Modified) > staleClaim && !info.Modified.IsZero() || !windowRE.MatchString(window) || len(found) == maxClaims {
			continue
		}
		one := before[window]
		if one.etag != info.ETag {
			one = claim{etag: info.ETag, until: now.Add(claimTime)}
			if _, err := view.Store.Load(ctx, info.Key, &one); err != nil {
				continue
			}
		}
		found[window] = one
	}
	return found, nil
}

// lookAtClaims takes in what other windows show; true if that has changed. With no lock.
func (w *watch) lookAtClaims(ctx context.Context) (bool, error) {
	w.mu.Lock()
	before := maps.Clone(w.claims)
	w.mu.Unlock()
	found, err := readClaims(ctx, w.view, before)
	if err != nil {
		return false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.claims = found
	held := found.held(time.Now())
	if maps.EqualFunc(held, w.held, sameWindows) {
		return false, nil
	}
	w.held = held
	return true, nil
}

func sameWindows(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	have := map[string]bool{}
	for _, window := range a {
		have[window] = true
	}
	for _, window := range b {
		if !have[window] {
			return false
		}
	}
	return true
}

// claim notes which sheet a window shows.
func (h *Handler) claim(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	var in struct {
		Window string `json:"window"`
		Sheet  string `json:"sheet"`
	}
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxClaimBytes))
	body.DisallowUnknownFields()
	if err := body.Decode(&in); err != nil || !windowRE.MatchString(in.Window) || in.Sheet != "" && !jobs.ValidSheet(in.Sheet) {
		http.Error(w, "send window and sheet as JSON", http.StatusBadRequest)
		return
	}
	err := h.keepClaim(r.Context(), b, in.Window, in.Sheet)
	if errors.Is(err, s3store.ErrNotFound) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		h.opts.Log.Debug("a window's claim was not kept", zap.String("exam_code", b.ExamCode), zap.Error(err))
		http.Error(w, "the claim was not kept", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// keepClaim writes a claim, but not of an exam that was deleted: it would be all that
// there is of it.
func (h *Handler) keepClaim(ctx context.Context, b layout.Batch, window, sheet string) error {
	if _, err := (batch.View{Batch: b, Store: h.opts.Store}).Job(ctx); err != nil {
		return err
	}
	// The time makes each renewal another object.
	record, err := json.Marshal(map[string]any{"sheet": sheet, "at": time.Now().UTC()})
	if err != nil {
		return err
	}
	return h.opts.Store.Put(ctx, b.Claim(window), record, s3store.TypeJSON)
}
