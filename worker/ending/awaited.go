package ending

import (
	"strings"

	"hakbeon/s3store/layout"
)

// Unserved are the keys of an open batch's sheets that came by HTTP and have no result,
// though nothing more is waited for: who waited for the answer read them, or died over it,
// and no message of theirs lies on a queue. None is named before that, for then they are
// most likely being read.
func (s *State) Unserved() []string {
	if !s.Job.Open || s.Glance || !s.arrived() {
		return nil
	}
	b := layout.Batch{ExamCode: s.Job.ExamCode, BatchID: s.Job.BatchID}
	var keys []string
	for _, p := range s.Sheets {
		if p.Page == 1 && !s.Facts.Sheets[p.ID] && strings.HasPrefix(p.Key, b.ScansOf()) {
			keys = append(keys, p.Key)
		}
	}
	return keys
}
