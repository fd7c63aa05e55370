package jobs_test

import (
	"encoding/json"
	"testing"

	"hakbeon/jobs"
)

func TestPageCount(t *testing.T) {
	for _, test := range []struct {
		said string
		want jobs.PageCount
		bad  bool
	}{
		{said: "1", want: 1}, {said: "64", want: 64}, {said: "auto", want: jobs.AutoPages},
		{said: "0", bad: true}, {said: "65", bad: true}, {said: "-1", bad: true}, {said: "Auto", bad: true}, {said: "", bad: true}, {said: "2.0", bad: true},
	} {
		var n jobs.PageCount
		if err := n.Set(test.said); (err != nil) != test.bad || n != test.want {
			t.Errorf("%q gives %v and %v", test.said, n, err)
		}
		if test.bad {
			continue
		}
		if n.String() != test.said {
			t.Errorf("%q comes back as %q", test.said, n)
		}
		body, err := json.Marshal(n)
		var back jobs.PageCount
		if err != nil || json.Unmarshal(body, &back) != nil || back != n {
			t.Errorf("%v is %s in JSON, which gives %v", n, body, back)
		}
	}
}
