package verdict_test

import (
	"context"
	"errors"
	"testing"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/web/verdict"
)

const sheet = "0123456789abcdef"

func TestMessage(t *testing.T) {
	for name, tt := range map[string]struct {
		verdict verdict.Verdict
		wrong   bool
	}{
		"a student":               {verdict: verdict.Verdict{Sheet: sheet, StudentID: "32141837"}},
		"of somebody":             {verdict: verdict.Verdict{Sheet: sheet, StudentID: "32141837", By: "김조교"}},
		"of no name":              {verdict: verdict.Verdict{Sheet: sheet, StudentID: "32141837", By: "김\n조교"}, wrong: true},
		"nobody's":                {verdict: verdict.Verdict{Sheet: sheet, Verdict: jobs.VerdictNotOnRoster}},
		"both":                    {verdict: verdict.Verdict{Sheet: sheet, StudentID: "1", Verdict: jobs.VerdictUndo}, wrong: true},
		"neither":                 {verdict: verdict.Verdict{Sheet: sheet}, wrong: true},
		"no sheet":                {verdict: verdict.Verdict{StudentID: "1"}, wrong: true},
		"a word that is none":     {verdict: verdict.Verdict{Sheet: sheet, Verdict: "maybe"}, wrong: true},
		"a student that can't be": {verdict: verdict.Verdict{Sheet: sheet, StudentID: "a b"}, wrong: true},
	} {
		m, err := verdict.Message(layout.Batch{ExamCode: "e", BatchID: "b"}, tt.verdict)
		if (err != nil) != tt.wrong || m.ExamCode != "e" || m.BatchID != "b" || m.By != tt.verdict.By {
			t.Errorf("%s: got %+v, %v", name, m, err)
		}
	}
}

func TestPutStopsWhereTheQueueDoes(t *testing.T) {
	var sent []jobs.Message
	door := verdict.Door{Send: func(_ context.Context, m jobs.Message) error {
		if len(sent) == 1 {
			return errors.New("no queue")
		}
		sent = append(sent, m)
		return nil
	}}
	m, err := verdict.Message(layout.Batch{ExamCode: "e", BatchID: "b"}, verdict.Verdict{Sheet: sheet, StudentID: "1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := door.Put(t.Context(), m, m, m); err == nil || len(sent) != 1 {
		t.Errorf("got %v, %d sent", err, len(sent))
	}
}
