package jobs_test

import (
	"testing"

	"hakbeon/jobs"
)

// What senders get wrong without noticing is taken where it is plain what they mean,
// and refused by its name where it is not.
func TestOdditiesOfSenders(t *testing.T) {
	const sound = `{"exam_code": "E", "keys": ["a.jpg"]}`
	for _, body := range []string{sound, "\ufeff" + sound, " \r\n" + sound} {
		if _, err := jobs.ParseJob(body); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
	if keys, err := jobs.ParseManifest([]byte("\ufeff" + `{"keys": ["a.jpg"]}`)); err != nil || len(keys) != 1 {
		t.Errorf("a manifest with a mark: got %q, %v", keys, err)
	}
	for _, tt := range []struct{ body, field, words string }{
		{`{"exam_code": "E", "keys": ["a.jpg"], "exam_code": "F"}`, "exam_code", "stands there twice"},
		{`{"exam_code": "E", "keys": ["a.jpg"], "keys": ["b.jpg"]}`, "keys", "stands there twice"},
		{`{"exam_code": "E", "keys": ["a.jpg"], "\u006beys": ["b.jpg"]}`, "keys", "stands there twice"},
		{`{"exam_code": "E", "keys": ["s3://bucket/a.jpg"]}`, "keys[0]", "is an address"},
		{`{"exam_code": "E", "keys": ["a.jpg", "https://bucket.s3.amazonaws.com/a.jpg"]}`, "keys[1]", "is an address"},
		{`{"exam_code": "E", "keys": ["a.jpg"], "roster_key": "S3://bucket/r.xlsx"}`, "roster_key", "is an address"},
		{`{"exam_code": "E", "manifest_key": "s3://bucket/keys.json"}`, "manifest_key", "is an address"},
	} {
		_, err := jobs.ParseJob(tt.body)
		wantField(t, err, tt.field, tt.words)
	}
}
