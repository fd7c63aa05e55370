package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/internal/cache"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Copies are what sheets are filed as: their originals and the crops that show the ID,
// under their students.
type Copies struct {
	store    *s3store.Store
	sheets   *Archive
	log      *zap.Logger
	pictures cache.Cache[string, []byte]
}

// Refile copies the sheet's objects to another student, for the version after the
// record's. The old copies stay for those who were told of them: see Sweep.
func (c *Copies) Refile(ctx context.Context, b layout.Batch, rec *exam.Sheet, student string) (exam.Keys, error) {
	from := rec.Meta.S3Keys
	out := exam.Keys{Result: from.Result}
	var original, header string
	others := make([]string, len(from.Others))
	group, ctx := errgroup.WithContext(ctx)
	move := func(key string, to *string) {
		group.Go(func() (err error) {
			*to, err = c.move(ctx, b, rec, key, student)
			return err
		})
	}
	if from.Original != nil {
		move(*from.Original, &original)
	}
	if from.Header != nil {
		move(*from.Header, &header)
	}
	for i, key := range from.Others {
		move(key, &others[i])
	}
	if err := group.Wait(); err != nil {
		return out, err
	}
	if original != "" {
		out.Original = &original
	}
	if header != "" {
		out.Header = &header
	}
	for _, key := range others {
		if key != "" {
			out.Others = append(out.Others, key)
		}
	}
	return out, nil
}

// move copies one object to the student and returns its new key, "" if the
// object is gone.
func (c *Copies) move(ctx context.Context, b layout.Batch, rec *exam.Sheet, key, student string) (string, error) {
	to := movedKey(b, rec, key, student)
	err := c.store.Copy(ctx, key, to, "")
	if errors.Is(err, s3store.ErrNotFound) {
		// Somebody removed it. The batch must not hang on that for ever.
		c.log.Warn("a copy is gone: the result no longer names it", zap.String("exam_code", b.ExamCode),
			zap.String("batch_id", b.BatchID), zap.String("sheet", rec.Sheet))
		return "", nil
	}
	if small, ok := c.pictures.Get(key); ok && err == nil {
		c.pictures.Set(to, small)
	}
	return to, err
}

// versionMark ends the stem of a copy's name that says which version it was made
// for.
var versionMark = regexp.MustCompile(`-v([0-9]+)$`)

// movedKey is where a copy goes for the version after the record's. Copies may be
// removed late, by a worker that was held up for any time, so no key is used that
// somebody may take for an old one or for nobody's: the version is part of the name.
// And it depends on nothing else: two workers that carry out one plan write the same
// objects, and who is killed among them leaves none that no result names.
func movedKey(b layout.Batch, rec *exam.Sheet, key, student string) string {
	kind, _, _ := strings.Cut(key, "/")
	stem, ext := splitName(key)
	return layout.Under(kind, b.ExamCode, student, fmt.Sprintf("%s-v%d%s", stem, rec.Version+1, ext))
}

// splitName is a copy's name without the mark of its version.
func splitName(key string) (stem, ext string) {
	ext = path.Ext(key)
	return versionMark.ReplaceAllString(strings.TrimSuffix(path.Base(key), ext), ""), ext
}

// versionOf is the version in a copy's name, 0 if there is none.
func versionOf(key string) int {
	m := versionMark.FindStringSubmatch(strings.TrimSuffix(path.Base(key), path.Ext(key)))
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // digits; beyond an int it is nobody's version
	return n
}

// RemoveOrphans removes copies of these sheets that no version names: left by a
// worker that was killed after it had filed and before it had written a result.
// No version to come will name them, as their names have no mark of a version or that
// of one that is there. A sheet that was missing at the
// deadline is left alone: its copies may be of a worker that is about to write
// its late result. Two listings of the exam's copies, whatever the number of sheets,
// and one of its results where something seems to lie there.
func (c *Copies) RemoveOrphans(ctx context.Context, b layout.Batch, records []*exam.Sheet) error {
	byStart := make(map[string]*exam.Sheet, len(records))
	for _, rec := range records {
		if rec != nil && rec.Meta.Stage != exam.StageDeadline {
			byStart[rec.Sheet[:8]] = rec
		}
	}
	if len(byStart) == 0 {
		return nil
	}
	seeming := map[string][]string{} // by the start of the sheet's id
	for _, kind := range []string{"original", "header"} {
		for info, err := range c.store.List(ctx, kind+"/"+b.ExamCode+"/") {
			if err != nil {
				return err
			}
			stem, _ := splitName(info.Key)
			start := stem[strings.LastIndexByte(stem, '-')+1:]
			rec := byStart[start]
			if rec != nil && strings.HasPrefix(stem, fileStem(rec)) && !rec.Named(info.Key) && versionOf(info.Key) <= rec.Version {
				seeming[start] = append(seeming[start], info.Key)
			}
		}
	}
	return c.dropOrphans(ctx, b, seeming)
}

// dropOrphans removes what seems to be nobody's but for the copies that may be of
// another sheet: a name has but the start of its sheet's id, and one in 4 billion
// pairs share it.
func (c *Copies) dropOrphans(ctx context.Context, b layout.Batch, seeming map[string][]string) error {
	if len(seeming) == 0 {
		return nil
	}
	owners := map[string]string{}
	for info, err := range c.store.List(ctx, "results/"+b.ExamCode+"/") {
		if err != nil {
			return err
		}
		// Evidence is there before a sheet's copies are, and its result after.
		id, ok := sheetOf(info.Key)
		if !ok || seeming[id[:8]] == nil {
			continue
		}
		if owner := owners[id[:8]]; owner != "" && owner != id {
			delete(seeming, id[:8])
		}
		owners[id[:8]] = id
	}
	orphans := slices.Concat(slices.Collect(maps.Values(seeming))...)
	if len(orphans) > 0 {
		c.log.Info("removing copies that no result names", zap.String("batch_id", b.BatchID), zap.Int("copies", len(orphans)))
	}
	return c.store.Delete(ctx, orphans...)
}

// sheetOf is the sheet whose result or evidence lies under the key.
func sheetOf(key string) (id string, ok bool) {
	dir, name := path.Split(key)
	kind := path.Base(dir)
	id, _, _ = strings.Cut(name, ".")
	return id, (kind == "sheets" || kind == "evidence") && len(id) >= 8
}

// fileStem is how the names of all the sheet's copies begin.
func fileStem(rec *exam.Sheet) string {
	name := layout.FileName(rec.SheetKey, 1, 1, rec.Sheet)
	return name[:len(name)-len("-12345678")]
}

// Sweep removes the copies that only earlier versions of the sheet name. No later
// version will name them again: see movedKey.
func (c *Copies) Sweep(ctx context.Context, b layout.Batch, sheet string) error {
	rec, _, err := c.sheets.Sheet(ctx, b, sheet, Current)
	if err != nil || rec == nil {
		return err
	}
	return c.Remove(ctx, b, sheet, rec.Outdated())
}

// Remove removes copies that the sheet no longer names, but for those that
// another sheet of the batch does: where ids begin alike and the files are called
// alike, so are the copies.
func (c *Copies) Remove(ctx context.Context, b layout.Batch, sheet string, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	for info, err := range c.store.List(ctx, b.Prefix()+"sheets/"+sheet[:8]) {
		if err != nil {
			return err
		}
		id, _ := sheetOf(info.Key)
		if id == sheet {
			continue
		}
		other, _, err := c.sheets.Sheet(ctx, b, id, Current)
		if err != nil {
			return err
		}
		keys = slices.DeleteFunc(keys, func(key string) bool { return other != nil && other.Named(key) })
	}
	return c.store.Delete(ctx, keys...)
}

// maxPictureBytes bounds a header crop: it is a strip of one page.
const maxPictureBytes = 16 << 20

// Picture returns a header crop as reports show it, by the crop's key. It makes it of
// the crop by shrink, unless this process has made it before.
func (c *Copies) Picture(ctx context.Context, crop string, shrink func([]byte) ([]byte, error)) ([]byte, error) {
	if small, ok := c.pictures.Get(crop); ok {
		return small, nil
	}
	obj, err := c.store.Get(ctx, crop, maxPictureBytes)
	if err != nil {
		return nil, err
	}
	small, err := shrink(obj.Body)
	if err != nil {
		return nil, nil //nolint:nilerr // not a picture: somebody wrote over it
	}
	c.pictures.Set(crop, small)
	return small, nil
}

// KeepPicture remembers a header crop as reports show it.
func (c *Copies) KeepPicture(crop string, small []byte) { c.pictures.Set(crop, small) }
