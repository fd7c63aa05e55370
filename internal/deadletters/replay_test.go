package deadletters_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/deadletters"
	"hakbeon/jobs"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

func results() bucket {
	at := func(hour int) time.Time { return time.Now().Add(time.Duration(hour) * time.Hour) }
	rec := func(version, hour int) any {
		return exam.Sheet{Result: exam.Result{Version: version, UpdatedAt: at(hour)}}
	}
	return bucket{
		"results/A/b1/job.json":                     exam.Job{},
		"results/A/b1/sheets/" + sheet + ".json":    rec(3, -2),
		"results/A/b1/sheets/0000000000000000.json": rec(1, -30),
		"results/A/b1/sheets/note.json":             rec(1, -2),
		"results/A/b1/evidence/" + sheet + ".bin":   rec(9, -2),
		"results/A/b1/summary.json":                 exam.Summary{Version: 2, CreatedAt: at(-2)},
		"results/A/b2/sheets/" + sheet + ".json":    rec(1, -2),
		"results/AB/b1/sheets/" + sheet + ".json":   rec(1, -2),
		"results/A/_rejected/" + sheet + ".json":    exam.Rejection{ExamCode: "A", BatchID: "b9", RejectedAt: at(-2)},
		"results/_rejected/" + sheet + ".json":      exam.Rejection{RejectedAt: at(-2)},
		"results/_rejected/note.json":               exam.Rejection{RejectedAt: at(-2)},
	}
}

func TestReplay(t *testing.T) {
	first := jobs.Delivery{ExamCode: "A", BatchID: "b1", Sheet: "0000000000000000", Version: 1}
	second := jobs.Delivery{ExamCode: "A", BatchID: "b1", Sheet: sheet, Version: 3}
	end := jobs.Delivery{ExamCode: "A", BatchID: "b1", Version: 2}
	other := jobs.Delivery{ExamCode: "A", BatchID: "b2", Sheet: sheet, Version: 1}
	alien := jobs.Delivery{ExamCode: "AB", BatchID: "b1", Sheet: sheet, Version: 1}
	refused := jobs.Delivery{ExamCode: "A", BatchID: "b9", Rejected: sheet, Version: 1}
	nameless := jobs.Delivery{Rejected: sheet, Version: 1}
	for _, test := range []struct {
		name  string
		which deadletters.Results
		want  []jobs.Delivery
	}{
		{"exam", deadletters.Results{ExamCode: "A"}, []jobs.Delivery{first, second, end, other, refused}},
		{"batch", deadletters.Results{ExamCode: "A", BatchID: "b1"}, []jobs.Delivery{first, second, end}},
		{"since", deadletters.Results{Since: time.Now().Add(-3 * time.Hour)}, []jobs.Delivery{nameless, second, end, other, refused, alien}},
		{"until", deadletters.Results{ExamCode: "A", Until: time.Now().Add(-3 * time.Hour)}, []jobs.Delivery{first}},
		{"to the result queue", deadletters.Results{ExamCode: "A", BatchID: "b2", To: jobs.ToQueue},
			[]jobs.Delivery{{ExamCode: "A", BatchID: "b2", Sheet: sheet, To: jobs.ToQueue, Version: 1}}},
		{"none", deadletters.Results{ExamCode: "C"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.which.Deliveries(t.Context(), results())
			must(t, err)
			if len(got) != len(test.want) {
				t.Fatalf("got %+v, want %+v", got, test.want)
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Errorf("got %+v, want %+v", got[i], test.want[i])
				}
			}
		})
	}
}

func TestReplayRefuses(t *testing.T) {
	broken := results()
	broken["results/A/b1/summary.json"] = errors.New("s3 is down")
	for _, test := range []struct {
		name, says string
		which      deadletters.Results
		store      bucket
	}{
		{"everything", "name an exam", deadletters.Results{}, nil},
		{"batch alone", "needs its exam", deadletters.Results{BatchID: "b", Since: time.Now()}, nil},
		{"bad code", "should match", deadletters.Results{ExamCode: "../../original"}, nil},
		{"times", "before", deadletters.Results{ExamCode: "A", Since: time.Now(), Until: time.Now().Add(-time.Hour)}, nil},
		{"too many", "more than 2", deadletters.Results{ExamCode: "A", Limit: 2}, results()},
		{"s3", "s3 is down", deadletters.Results{ExamCode: "A"}, broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := test.which.Deliveries(t.Context(), test.store); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %d deliveries, %v; want %q", len(got), err, test.says)
			}
		})
	}
}

func TestQueue(t *testing.T) {
	r := newRig(t)
	sent := []jobs.Delivery{{ExamCode: "A", BatchID: "b1", Sheet: sheet, Version: 3}, {ExamCode: "A", BatchID: "b1", Version: 2}}
	must(t, deadletters.Queue(t.Context(), queue.NewSender(awssqs.Open(r.client, r.origins.Callbacks)), sent))
	got := r.take(r.origins.Callbacks)
	if len(got) != len(sent) {
		t.Fatalf("got %d messages, want %d", len(got), len(sent))
	}
	for _, m := range got {
		if _, err := jobs.ParseDelivery(*m.Body); err != nil || m.Attributes["MessageGroupId"] != "A" {
			t.Errorf("got %s in group %q: %v", *m.Body, m.Attributes["MessageGroupId"], err)
		}
	}
}
