package rosters

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// maxExamsBytes bounds the table of exams.
const maxExamsBytes = 4 << 20

// Names are what people call exams, by the table of exams; none if there is no table or
// it can't be used, and then exams are called by their codes. Names are for people: no
// batch waits for them. An error is that S3 doesn't answer, or that ctx has ended.
func (c *Cache) Names(ctx context.Context) (roster.Exams, error) {
	for _, key := range layout.ExamKeys() {
		obj, err := c.store.Get(ctx, key, maxExamsBytes)
		switch {
		case errors.Is(err, s3store.ErrNotFound):
			continue
		case errors.Is(err, s3store.ErrTooLarge), s3store.Denied(err):
			c.log.Warn("the table of exams can't be read: exams are called by their code", zap.String("key", key), zap.Error(err))
			return roster.Exams{}, nil
		case err != nil:
			return nil, err
		}
		exams, err := c.reader.exams(ctx, obj.Body)
		if ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			c.log.Warn("the table of exams can't be used: exams are called by their code", zap.String("key", key), zap.Error(err))
			return roster.Exams{}, nil
		}
		return exams, nil
	}
	return roster.Exams{}, nil
}
