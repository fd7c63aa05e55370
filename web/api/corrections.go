package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/web/verdict"
)

// whole is a whole number as JSON Schema has it: 2.0 is one.
type whole int

// UnmarshalJSON implements json.Unmarshaler. Fractions were refused by the schema.
func (n *whole) UnmarshalJSON(raw []byte) error {
	var f float64
	if err := json.Unmarshal(raw, &f); err != nil {
		return fmt.Errorf("is no number: %w", err)
	}
	*n = whole(f)
	return nil
}

// correction is a person's word on one sheet.
type correction struct {
	File      string `json:"file,omitempty"       maxLength:"1024" doc:"The sheet's file: its name or its key. Or give sheet."`
	Page      whole  `json:"page,omitempty"       minimum:"1" maximum:"100000" doc:"The sheet's first page in its file, 1 if left out."`
	Sheet     string `json:"sheet,omitempty"      pattern:"^[0-9a-f]{16}$" maxLength:"16"`
	StudentID string `json:"student_id,omitempty" pattern:"^[0-9A-Za-z-]{1,32}$" maxLength:"32" doc:"The student. Or give verdict."`
	Verdict   string `json:"verdict,omitempty"    enum:"not_on_roster,unreadable,undo"`
	By        string `json:"by,omitempty"         maxLength:"200" doc:"The name of the person whose word it is, to be shown beside the result."`
}

type correctionsIn struct {
	BatchPath
	Body []correction `minItems:"1" maxItems:"1000" nullable:"false"`
}

type correctionsAnswer struct {
	Success  bool     `json:"success"`
	Accepted int      `json:"accepted"`
	Sheets   []string `json:"sheets" nullable:"false" doc:"The sheets, in the order of the list."`
	Message  string   `json:"message"`
}

type correctionsOut struct{ Body correctionsAnswer }

func (s *server) registerCorrections() {
	huma.Register(s.api, huma.Operation{
		OperationID: "post-corrections", Method: http.MethodPost, Path: "/exams/{exam_code}/batches/{batch_id}/corrections",
		DefaultStatus: http.StatusAccepted, Summary: "Say whose sheets they are", Tags: []string{"exams"}, Responses: problems(),
		Description: "Each is put on the queue as a resolve job. The list is taken as a whole or not at all, unless the queue fails half way: then send it again, the latest word on a sheet counts.",
		Errors:      []int{400, 401, 404, 408, 409, 413, 415, 503}, BodyReadTimeout: s.opts.BodyTimeout,
	}, s.postCorrections)
}

func (s *server) postCorrections(ctx context.Context, in *correctionsIn) (*correctionsOut, error) {
	b := in.batch()
	ctx = s.opts.Scope(ctx, b.ExamCode)
	index, err := s.sheetIndex(ctx, b)
	if err != nil {
		return nil, err
	}
	messages, err := index.resolve(b, in.Body)
	if err != nil {
		return nil, err
	}
	out := &correctionsOut{}
	if err := (verdict.Door{Send: s.opts.Enqueue}).Put(ctx, messages...); err != nil {
		return nil, s.failed(ctx, "the queue did not take all corrections", err)
	}
	for _, m := range messages {
		out.Body.Sheets = append(out.Body.Sheets, m.Sheet)
	}
	out.Body.Success, out.Body.Accepted = true, len(messages)
	out.Body.Message = "on the queue: the batch is solved again, and what changes is sent with a higher version"
	return out, nil
}

// sheetIndex finds a batch's sheets by what people call them.
type sheetIndex struct {
	keys []string
	done map[string]bool // sheets with a result
}

func (s *server) sheetIndex(ctx context.Context, b layout.Batch) (*sheetIndex, error) {
	view := s.view(b)
	if _, err := s.batchJob(ctx, view); err != nil {
		return nil, err
	}
	index := &sheetIndex{done: map[string]bool{}}
	for sheet, err := range view.Sheets(ctx) {
		if err != nil {
			return nil, s.failed(ctx, "the batch could not be read", err)
		}
		index.done[sheet.Sheet] = true
	}
	var err error
	if index.keys, err = view.Keys(ctx); err != nil {
		return nil, s.failed(ctx, "the batch could not be read", err)
	}
	return index, nil
}

// resolve makes the messages; one wrong entry and there are none.
func (x *sheetIndex) resolve(b layout.Batch, list []correction) ([]*jobs.Resolve, error) {
	var messages []*jobs.Resolve
	var details []error
	for i, c := range list {
		sheet, err := x.find(b, c)
		m, wrong := verdict.Message(b, verdict.Verdict{Sheet: sheet, StudentID: c.StudentID, Verdict: c.Verdict, By: c.By})
		if err == nil {
			err = wrong
		}
		if err != nil {
			details = append(details, &huma.ErrorDetail{Location: fmt.Sprintf("body[%d]", i), Message: err.Error()})
		}
		messages = append(messages, m)
	}
	if len(details) > 0 {
		return nil, huma.NewError(http.StatusConflict, "nothing was taken: some corrections fit no sheet of the batch", details...)
	}
	return messages, nil
}

func (x *sheetIndex) find(b layout.Batch, c correction) (string, error) {
	sheet := c.Sheet
	if (sheet == "") == (c.File == "") {
		return "", errors.New("give either file or sheet")
	}
	if c.File != "" {
		key, err := jobs.FindKey(x.keys, c.File)
		if err != nil {
			return "", err
		}
		sheet = jobs.SheetID(b.ExamCode, b.BatchID, key, max(int(c.Page), 1))
	}
	if !x.done[sheet] {
		return "", errors.New("the batch has no result of this sheet (yet)")
	}
	return sheet, nil
}
