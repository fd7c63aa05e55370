package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"hakbeon/s3store"
)

// problem is RFC 9457's, with the member that callers of the first version look
// at.
type problem struct {
	Success bool `json:"success"`
	*huma.ErrorModel
}

// transformProblem makes every error a problem. What the caller sent is not sent
// back: it may be somebody's data, and may be long.
func transformProblem(_ huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	for _, e := range model.Errors {
		if e != nil {
			e.Value = nil
		}
	}
	return problem{ErrorModel: model}, nil
}

// describeProblem says in the OpenAPI document what transformProblem does.
func describeProblem(api huma.API) {
	schema := api.OpenAPI().Components.Schemas.Map()["ErrorModel"]
	schema.Properties["success"] = &huma.Schema{Type: huma.TypeBoolean, Enum: []any{false}, Description: "Always false."}
	schema.Required = append(schema.Required, "success")
}

// problems are the answers of an operation that its own errors don't name.
func problems() map[string]*huma.Response {
	schema := &huma.Schema{Ref: "#/components/schemas/ErrorModel"}
	return map[string]*huma.Response{
		"default": {Description: "Error", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}},
		// net/http says this itself, before it knows what is asked for.
		"431": plainResponse("The address and the headers are longer than 16 KiB"),
	}
}

func plainResponse(description string) *huma.Response {
	text := &huma.Schema{Type: huma.TypeString}
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{"text/plain": {Schema: text}}}
}

// refuse ends a request before its operation.
func (s *server) refuse(ctx huma.Context, status int, detail string) {
	if err := huma.WriteErr(s.api, ctx, status, detail); err != nil {
		s.log.Debug("could not answer", zap.Error(err))
	}
}

// writeProblem answers what is no operation.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	p := problem{ErrorModel: &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail}}
	_ = json.NewEncoder(w).Encode(p) //nolint:errchkjson // the client may be gone
}

// withProblems has the router's own refusals, 404 and 405, be problems too.
func withProblems(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		own, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := &refusal{header: w.Header()}
		own.ServeHTTP(probe, r)
		if probe.status == http.StatusMethodNotAllowed {
			writeProblem(w, probe.status, "use one of these methods: "+w.Header().Get("Allow"))
			return
		}
		writeProblem(w, http.StatusNotFound, "there is nothing here: see /openapi.json")
	})
}

// refusal takes the router's answer down without sending it.
type refusal struct {
	header http.Header
	status int
}

func (r *refusal) Header() http.Header         { return r.header }
func (r *refusal) Write(b []byte) (int, error) { return len(b), nil }
func (r *refusal) WriteHeader(status int)      { r.status = status }

const retrySeconds = 5

// later is the error of what may go better soon.
func later(detail string) error {
	return huma.ErrorWithHeaders(huma.NewError(http.StatusServiceUnavailable, detail), http.Header{"Retry-After": {strconv.Itoa(retrySeconds)}})
}

// failed turns an error from inside into an answer: the cause is logged and not
// told.
func (s *server) failed(ctx context.Context, what string, err error) error {
	_, isStatus := errors.AsType[huma.StatusError](err)
	switch {
	case isStatus:
		return err
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		return huma.NewError(http.StatusServiceUnavailable, "the request was given up")
	case errors.Is(err, s3store.ErrTooLarge):
		return huma.NewError(http.StatusRequestEntityTooLarge, "the object in S3 is too large")
	}
	s.log.Warn(what, zap.Error(err))
	return later(what + ": try again; /readyz says what is out of order")
}
