package worker_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"image"
	"slices"
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/recognizer/read"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// namingReader reads a name beside every number, the one that the test gives it.
type namingReader struct {
	*fakeReader

	names map[string]string // by the page's text
}

func (r *namingReader) ReadNames(_ context.Context, page image.Image, rd *recognizer.Reading) error {
	line := read.NameLine{Box: image.Rect(0, 0, rd.Width, rd.Height), Prob: 1, Columns: []read.NameColumn{{}}}
	for _, c := range r.names[pageText(page)] {
		line.Columns = append(line.Columns, read.NameColumn{Blank: 200, Chars: []read.NameChar{{Char: uint16(c)}}}, read.NameColumn{})
	}
	rd.Names = []read.NameLine{line}
	return nil
}

// namedRoster uploads a roster of IDs and names.
func (r *rig) namedRoster(rows ...[]string) {
	r.t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	must(r.t, w.WriteAll(append([][]string{{"학번", "이름"}}, rows...)))
	must(r.t, r.store.Put(r.t.Context(), layout.RosterKey(r.exam), b.Bytes(), s3store.TypeBinary))
}

// A clear number beside another's name goes to a person, who is told why; the others'
// names fit.
func TestNameMismatch(t *testing.T) {
	r := newRig(t)
	r.namedRoster([]string{kim, "김민준"}, []string{lee, "이서연"}, []string{park, "박도윤"}, []string{choi, "최하은"})
	r.options.Reader = &namingReader{r.reader, map[string]string{kim: "김민준", lee: "이서연", park: "정예준", choi: "최하은"}}
	keys := r.sheets(kim, lee, park, choi)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee, "3.png": "needs_review name_mismatch", "4.png": "matched " + choi})
	if len(sum.Alarms) > 0 {
		t.Errorf("got alarms %q", sum.Alarms)
	}
	for i, want := range []string{"fits", "fits", "differs", "fits"} {
		if got := r.sheet(b, keys[i], 1).Result.Meta; got.Name != want || (got.Detail != nil) != (want == "differs") {
			t.Errorf("sheet %d: the name %q, detail %+v; want %q", i+1, got.Name, got.Detail, want)
		}
	}
	for _, e := range r.events(b) {
		for _, name := range []string{"김민준", "정예준", "박도윤"} {
			if strings.Contains(e.Body, name) {
				t.Error("an event has a name")
			}
		}
	}
}

// Names that are other people's throughout are left out, and told.
func TestNamesDisagree(t *testing.T) {
	r := newRig(t)
	var rows [][]string
	written, names := []string{}, map[string]string{}
	for i, name := range []string{"김민준", "이서연", "박도윤", "최하은", "정예준", "강지우", "조수아", "윤하준"} {
		id := "2017" + strings.Repeat(string(rune('1'+i)), 4)
		written, names[id] = append(written, id), name
		rows = append(rows, []string{id, []string{"한채원", "오지호", "서다은", "신유진", "권민서", "황시우", "안소율", "송건우"}[i]})
	}
	r.namedRoster(rows...)
	r.options.Reader = &namingReader{r.reader, names}
	keys := r.sheets(written...)
	r.start()
	sum := r.end(r.submit(jobs.Recognize{Keys: keys}), 1)
	if !slices.Equal(sum.Alarms, []string{exam.AlarmNamesDisagree}) || sum.Matched != len(written) {
		t.Errorf("got alarms %q, %d accepted; want names_disagree, all", sum.Alarms, sum.Matched)
	}
}
