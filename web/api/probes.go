package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// probe is plain text for people and for what restarts processes.
type probe struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func say(status int, text string) *probe {
	return &probe{Status: status, ContentType: "text/plain; charset=utf-8", Body: []byte(text + "\n")}
}

func (s *server) registerProbes() {
	register := func(path, summary string, responses map[string]*huma.Response, answer func() *probe) {
		op := huma.Operation{
			OperationID: path[1:], Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"service"},
			Metadata: map[string]any{open: true}, Security: []map[string][]string{}, Responses: responses,
		}
		huma.Register(s.api, op, func(context.Context, *struct{}) (*probe, error) { return answer(), nil })
	}
	register("/livez", "Whether the process lives", map[string]*huma.Response{"200": plainResponse("It does")},
		func() *probe { return say(http.StatusOK, "ok") })
	register("/readyz", "Whether it can work, or what is out of order",
		map[string]*huma.Response{"200": plainResponse("It can"), "503": plainResponse("What is out of order")},
		func() *probe {
			if err := s.opts.Ready(); err != nil {
				return say(http.StatusServiceUnavailable, err.Error())
			}
			return say(http.StatusOK, "ok")
		})
}
