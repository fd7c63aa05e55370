package deadletters_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/internal/deadletters"
	"hakbeon/jobs"
	"hakbeon/lab/sqslocal"
)

const sheet = "9f86d081884c7d65"

// letters puts one of each sort on the queue.
func (r *rig) letters() {
	r.t.Helper()
	r.die("jobs", "not JSON", `{"keys": ["uploads/kim-minji.jpg"`)
	r.die("jobs", "keys\u009b2J: is empty", `{"exam_code": "A", "batch_id": "b1", "keys": []}`)
	r.die("jobs", "no such sheet", encode(r.t, &jobs.Resolve{Type: "resolve", ExamCode: "B", BatchID: "b2", Sheet: sheet, Verdict: "unreadable"}))
	r.die("work", "record is gone", encode(r.t, &jobs.Sheet{Type: "sheet", ExamCode: "A", BatchID: "b1", Key: "uploads/kim-minji.jpg", Page: 2}))
	r.die("callbacks", "three days", encode(r.t, &jobs.Delivery{
		Type: "delivery", ExamCode: "A", BatchID: "b1", Sheet: sheet, Version: 3, Attempt: 30, FirstTry: time.Now().Add(-73 * time.Hour),
	}))
}

func TestList(t *testing.T) {
	r := newRig(t)
	r.letters()
	sheetID := jobs.SheetID("A", "b1", "uploads/kim-minji.jpg", 2)
	all := []string{"unknown///", "recognize/A/b1/", "resolve/B/b2/" + sheet, "sheet/A/b1/" + sheetID, "delivery/A/b1/" + sheet}
	for _, test := range []struct {
		name   string
		filter deadletters.Filter
		want   []string
	}{
		{"all", deadletters.Filter{}, all},
		{"exam", deadletters.Filter{ExamCode: "B"}, all[2:3]},
		{"batch", deadletters.Filter{BatchID: "b1"}, []string{all[1], all[3], all[4]}},
		{"kind", deadletters.Filter{Kind: "delivery"}, all[4:]},
		{"unknown", deadletters.Filter{Kind: "unknown"}, all[:1]},
		{"since", deadletters.Filter{Since: time.Now().Add(-time.Minute)}, all},
		{"since later", deadletters.Filter{Since: time.Now().Add(time.Minute)}, nil},
		{"until", deadletters.Filter{Until: time.Now().Add(-time.Minute)}, nil},
		{"no such id", deadletters.Filter{IDs: []string{"x"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := r.box.List(t.Context(), test.filter)
			must(t, err)
			got := map[string]bool{}
			for _, l := range found.Letters {
				got[l.Kind+"/"+l.ExamCode+"/"+l.BatchID+"/"+l.Sheet] = true
			}
			for _, want := range test.want {
				if !got[want] {
					t.Errorf("missing %s in %v", want, got)
				}
			}
			if len(found.Letters) != len(test.want) || found.Looked != 5 || found.Queued != 5 || found.Cut {
				t.Errorf("got %+v, want %d letters of 5", found, len(test.want))
			}
			if got := r.visible(r.dead); got != "5 visible, 0 hidden" {
				t.Errorf("after the look %s", got)
			}
		})
	}
}

// Nothing of a body is told unless it is asked for, and nothing that would take
// a terminal over.
func TestNothingPersonal(t *testing.T) {
	r := newRig(t)
	r.letters()
	found, err := r.box.List(t.Context(), deadletters.Filter{})
	must(t, err)
	told, err := json.Marshal(found)
	must(t, err)
	if strings.Contains(string(told), "minji") || strings.ContainsRune(fmt.Sprint(found), '\u009b') {
		t.Errorf("told %s", told)
	}
	found, err = r.box.List(t.Context(), deadletters.Filter{Bodies: true, Kind: "sheet"})
	must(t, err)
	if len(found.Letters) != 1 || !strings.Contains(found.Letters[0].Body, "minji") {
		t.Errorf("got %+v, want the body", found.Letters)
	}
}

// A look is bounded, and gives back what it has even if it is broken off.
func TestBounded(t *testing.T) {
	r := newRig(t)
	for i := range 25 {
		r.die("jobs", "bad", fmt.Sprintf(`{"exam_code": "E%d"}`, i))
	}
	found, err := r.box.List(t.Context(), deadletters.Filter{Limit: 12})
	must(t, err)
	if len(found.Letters) != 12 || !found.Cut || found.Queued != 25 {
		t.Errorf("got %d letters, cut %v of %d", len(found.Letters), found.Cut, found.Queued)
	}
	id := found.Letters[3].ID
	one, err := r.box.List(t.Context(), deadletters.Filter{IDs: []string{id}})
	if err != nil || len(one.Letters) != 1 || one.Letters[0].ID != id {
		t.Errorf("got %+v, %v, want %s", one, err, id)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := deadletters.New(endAfter{r.client, cancel}, r.dead).List(ctx, deadletters.Filter{}); err == nil {
		t.Error("a look that was broken off is no error")
	}
	if got := r.visible(r.dead); got != "25 visible, 0 hidden" {
		t.Errorf("after the looks %s", got)
	}
	for _, f := range []deadletters.Filter{{Kind: "x"}, {Limit: -1}, {Limit: 1 << 30}, {Since: time.Now(), Until: time.Now().Add(-time.Hour)}} {
		if _, err := r.box.List(t.Context(), f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
}

// endAfter ends the caller's context with the first messages.
type endAfter struct {
	*sqs.Client
	end func()
}

func (e endAfter) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, o ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	out, err := e.Client.ReceiveMessage(ctx, in, o...)
	e.end()
	return out, err
}

// An unkind SQS: half-filled answers, out of order, messages twice.
func TestUnkind(t *testing.T) {
	r := newRig(t)
	for i := range 60 {
		r.die("jobs", "bad", fmt.Sprintf(`{"exam_code": "E%d"}`, i))
	}
	r.server.SetFaults(sqslocal.Faults{Reorder: 0.5, Duplicate: 0.3, Underfill: 0.7})
	found, err := r.box.List(t.Context(), deadletters.Filter{})
	must(t, err)
	exams := map[string]bool{}
	for _, l := range found.Letters {
		exams[l.ExamCode] = true
	}
	if len(found.Letters) != 60 || len(exams) != 60 {
		t.Errorf("got %d letters of %d exams, want 60", len(found.Letters), len(exams))
	}
}
