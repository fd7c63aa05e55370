package api

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/exam"
	"hakbeon/jobs"
)

// defaultExam is the exam of a sheet that names none.
const defaultExam = "default"

// codePattern is jobs.CodePattern without "..", in one expression.
const (
	codePattern    = `^[A-Za-z0-9]([A-Za-z0-9_-]|\.[A-Za-z0-9_-])*\.?$`
	studentPattern = jobs.StudentPattern
)

type extractForm struct {
	Image    huma.FormFile `form:"image"           required:"true"                             doc:"JPEG, PNG, WebP, HEIC, TIFF, BMP or PDF. Of a file of several pages the first is answered; the others follow as sheets of the same batch."`
	ExamCode string        `form:"exam_code"       required:"false" maxLength:"64" pattern:"^([A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?)?$"`
	Batch    string        `form:"batch_id"        required:"false" maxLength:"64" pattern:"^([A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?)?$"`
	Total    string        `form:"batch_total"     required:"false" pattern:"^([1-9][0-9]{0,4}|100000)?$"`
	Students string        `form:"student_id_list" required:"false" pattern:"^( *[0-9A-Za-z-]{1,32}( *, *[0-9A-Za-z-]{1,32})* *)?$" maxLength:"200000"`
	Images   string        `form:"return_images"   required:"false" pattern:"^(true|True|TRUE|false|False|FALSE|1|0)?$"`
}

type extractIn struct {
	QueryExam     string `query:"exam_code"       maxLength:"64" pattern:"^([A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?)?$" doc:"Looked at before the form's field and the header. Without any the exam is \"default\"."`
	HeaderExam    string `header:"X-Exam-Code"    maxLength:"64" pattern:"^([A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?)?$"`
	QueryStudents string `query:"student_id_list" maxLength:"4000" pattern:"^( *[0-9A-Za-z-]{1,32}( *, *[0-9A-Za-z-]{1,32})* *)?$" doc:"Student IDs in the place of the exam's roster, separated by commas."`
	QueryBatch    string `query:"batch_id"        maxLength:"64" pattern:"^([A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?)?$" doc:"Looked at before the form's field. The open batch that the sheet joins, begun if there is none: so a loop over an exam's sheets is one batch, with one end. Without it the sheet is a batch of its own."`
	QueryTotal    string `query:"batch_total"     pattern:"^([1-9][0-9]{0,4}|100000)?$" doc:"With batch_id: how many sheets the batch will have. It ends when that many have come, or is closed, or has been idle."`
	QueryImages   string `query:"return_images"   pattern:"^(true|True|TRUE|false|False|FALSE|1|0)?$" doc:"Whether the answer carries the images."`
	RawBody       huma.MultipartFormFiles[extractForm]
}

// extracted is the result of a sheet, as it lies in S3, with its images.
type extracted struct {
	exam.Result
	HeaderImage   *string `json:"header_image_base64"   doc:"JPEG of the part with the ID; null unless return_images is true."`
	OriginalImage *string `json:"original_image_base64" doc:"The page as it was filed; null unless return_images is true."`
}

type extractOut struct{ Body extracted }

func (s *server) registerExtract() {
	huma.Register(s.api, huma.Operation{
		OperationID: "extract-student-id", Method: http.MethodPost, Path: "/extract-student-id/",
		Summary: "Read one sheet at once", Tags: []string{"sheets"}, Responses: problems(),
		Description: "The sheet is filed in S3 and its result stored, as a batch of its own, or as one more of the open batch that batch_id names. " +
			"success is false where no student was accepted; the status is 200 then too. With batch_id the same file under the same name is the same " +
			"sheet: send it again where an answer was lost. The answer is what the sheet alone says, final is false: the batch's end has the last word.",
		Errors:      []int{400, 401, 408, 409, 413, 415, 429, 503},
		Middlewares: huma.Middlewares{s.slot, s.form(s.opts.MaxImage, "image", "exam_code", "batch_id", "batch_total", "student_id_list", "return_images")},
	}, s.extract)
	s.needsForm("/extract-student-id/")
}

// ErrNotJoined is wrapped by what Options.Extract returns for a sheet that can't join the
// batch that it names, with why.
var ErrNotJoined = errors.New("the sheet can't join this batch")

// slot refuses a sheet while as many as there are slots are being received or
// read.
func (s *server) slot(ctx huma.Context, next func(huma.Context)) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
		next(ctx)
	default:
		ctx.SetHeader("Retry-After", "1")
		ctx.SetHeader("Connection", "close") // the body was not read
		s.refuse(ctx, http.StatusTooManyRequests, "as many sheets as can be are being read: try again, or put many on the queue with POST /jobs")
	}
}

func (s *server) extract(ctx context.Context, in *extractIn) (*extractOut, error) {
	form := in.RawBody.Data()
	image, err := readFile(form.Image, form.Image.Size, s.opts.MaxImage)
	if err != nil {
		return nil, err
	}
	up := Upload{
		ExamCode: firstOf(in.QueryExam, form.ExamCode, in.HeaderExam, defaultExam), Filename: form.Image.Filename,
		Image: image, Students: studentList(firstOf(in.QueryStudents, form.Students)), BatchID: firstOf(in.QueryBatch, form.Batch),
	}
	if up.Total, _ = strconv.Atoi(firstOf(in.QueryTotal, form.Total)); up.Total > 0 && up.BatchID == "" { // its form is checked
		return nil, huma.NewError(http.StatusConflict, "batch_total: should stand beside batch_id")
	}
	bounded, cancel := context.WithTimeout(ctx, s.opts.ExtractTimeout)
	defer cancel()
	read, err := s.opts.Extract(bounded, up)
	if errors.Is(err, ErrNotJoined) {
		return nil, huma.NewError(http.StatusConflict, "batch_id: "+err.Error())
	}
	if errors.Is(bounded.Err(), context.DeadlineExceeded) && err != nil {
		return nil, later("the sheet took too long")
	}
	if err != nil {
		return nil, s.failed(ctx, "the sheet could not be read now", err)
	}
	out := &extractOut{Body: extracted{Result: read.Result}}
	if yes(in.QueryImages) || yes(form.Images) {
		out.Body.HeaderImage, out.Body.OriginalImage = base64Of(read.Header), base64Of(read.Page)
	}
	return out, nil
}

func yes(s string) bool {
	is, err := strconv.ParseBool(s)
	return err == nil && is
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// studentList is the list's IDs, each once; nil if it is empty.
func studentList(list string) []string {
	ids := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	slices.Sort(ids)
	return slices.Compact(ids)
}

func base64Of(b []byte) *string {
	if b == nil {
		return nil
	}
	text := base64.StdEncoding.EncodeToString(b)
	return &text
}
