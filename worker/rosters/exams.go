package rosters

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// maxExamsBytes bounds the table of exams.
const maxExamsBytes = 4 << 20

// ExamName is what people call an exam, by the table of exams; its code if there is
// no table, if it can't be used or has no name for it. Names are for people: no
// batch waits for them.
func (c *Cache) ExamName(ctx context.Context, code string) (string, error) {
	for _, key := range layout.ExamKeys() {
		obj, err := c.store.Get(ctx, key, maxExamsBytes)
		switch {
		case errors.Is(err, s3store.ErrNotFound):
			continue
		case errors.Is(err, s3store.ErrTooLarge), s3store.Denied(err):
			c.log.Warn("the table of exams can't be read: exams are called by their code", zap.String("key", key), zap.Error(err))
			return code, nil
		case err != nil:
			return "", err
		}
		exams, err := c.reader.exams(ctx, obj.Body)
		if ctx.Err() != nil {
			return "", err
		}
		if err != nil {
			c.log.Warn("the table of exams can't be used: exams are called by their code", zap.String("key", key), zap.Error(err))
			return code, nil
		}
		return exams.Name(code), nil
	}
	return code, nil
}
