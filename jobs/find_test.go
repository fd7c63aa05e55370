package jobs_test

import (
	"testing"

	"hakbeon/jobs"
)

func TestFindKey(t *testing.T) {
	const composed, decomposed = "\ub2f5\uc548.jpg", "\u1103\u1161\u11b8\u110b\u1161\u11ab.jpg"
	for _, tt := range []struct {
		name string
		keys []string
		want string // "" is an error
	}{
		{"a.jpg", []string{"uploads/a.jpg", "uploads/ba.jpg"}, "uploads/a.jpg"},
		{"a.jpg", []string{"a.jpg", "uploads/a.jpg"}, "a.jpg"},
		{"1/a.jpg", []string{"uploads/1/a.jpg", "uploads/2/a.jpg"}, "uploads/1/a.jpg"},
		{"a.jpg", []string{"uploads/1/a.jpg", "uploads/2/a.jpg"}, ""},
		{"b.jpg", []string{"uploads/1/a.jpg"}, ""},
		{"", []string{"uploads/1/a.jpg"}, ""},
		{composed, []string{"uploads/" + decomposed}, "uploads/" + decomposed},
		{decomposed, []string{"uploads/" + composed}, "uploads/" + composed},
		{composed, []string{"uploads/" + decomposed, "uploads/" + composed}, "uploads/" + composed},
	} {
		got, err := jobs.FindKey(tt.keys, tt.name)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%+q among %+q: got %+q, %v", tt.name, tt.keys, got, err)
		}
	}
}
