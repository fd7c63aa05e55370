package vlm

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/prometheus/client_golang/prometheus"
	openai "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"
	"golang.org/x/image/draw"
	"golang.org/x/time/rate"

	"hakbeon/recognizer"
)

// Why there is no opinion, for errors.Is.
var (
	// ErrResting: the server failed again and again and is left alone for a while.
	ErrResting = errors.New("the second reader rests after failures")
	// ErrBusy: the rate limit would have made the sheet wait for too long.
	ErrBusy = errors.New("the second reader's rate limit is reached")
	// ErrAnswer: the server's answer is not one.
	ErrAnswer = errors.New("the second reader's answer can't be used")
)

// Options configure a client. Key is required.
type Options struct {
	Key string
	// BaseURL is where the protocol is spoken. Defaults to OpenAI's.
	BaseURL string
	// Model defaults to gpt-5.4-mini.
	Model string
	// Mistakes are what to expect of the model. Defaults to those of one that was
	// never measured.
	Mistakes recognizer.Mistakes
	// Timeout bounds a question, waiting and retries included. Defaults to 20 s.
	Timeout time.Duration
	// PerMinute bounds the questions. Defaults to 60.
	PerMinute int
	// Failures in a row after which the server is left alone for Rest. Default to 5
	// and a minute.
	Failures uint32
	Rest     time.Duration
	// PriceIn and PriceOut are dollars per million tokens, for the metric of costs.
	PriceIn, PriceOut float64
	// Metrics takes the client's metrics. Defaults to a registry of its own.
	Metrics prometheus.Registerer
	// Client defaults to one without a proxy of its own settings.
	Client *http.Client
}

const (
	maxParallel = 4
	// maxTokens leaves room for models that think before they answer.
	maxTokens = 2000
	// widest is how wide a picture is sent at most: more pixels cost more and show
	// no more.
	widest = 768
)

// Client asks. It is safe for concurrent use.
type Client struct {
	opts    Options
	api     *openai.Client
	breaker *gobreaker.CircuitBreaker[answer]
	limit   *rate.Limiter
	slots   chan struct{}
	metrics *metrics
}

// New returns a client; nothing is sent yet.
func New(o Options) (*Client, error) {
	if o.Key == "" {
		return nil, errors.New("vlm: no key: without OPENAI_API_KEY no second reader is asked")
	}
	o = o.withDefaults()
	if !o.Mistakes.Valid() {
		return nil, fmt.Errorf("vlm: mistakes %+v are none that a reader of use makes", o.Mistakes)
	}
	c := &Client{
		opts: o, limit: rate.NewLimiter(rate.Limit(float64(o.PerMinute)/60), maxParallel), slots: make(chan struct{}, maxParallel),
		metrics: newMetrics(o.Metrics),
	}
	config := openai.DefaultConfig(o.Key)
	config.BaseURL, config.HTTPClient = o.BaseURL, retrying(o.Client)
	c.api = openai.NewClientWithConfig(config)
	c.breaker = gobreaker.NewCircuitBreaker[answer](gobreaker.Settings{
		Name: "vlm", MaxRequests: 1, Timeout: o.Rest,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= o.Failures },
		// Who gave up waiting says nothing of the server.
		IsExcluded: func(err error) bool { return errors.Is(err, context.Canceled) },
	})
	return c, nil
}

// Waits before the one other try: what the server says, if it isn't too long.
const leastWait, mostWait = 500 * time.Millisecond, 5 * time.Second

// retrying is a client that asks once more where the server or the way to it fails.
func retrying(client *http.Client) *http.Client {
	r := retryablehttp.NewClient()
	r.HTTPClient, r.Logger, r.RetryMax = client, nil, 1
	r.RetryWaitMin, r.RetryWaitMax = leastWait, mostWait
	r.CheckRetry = func(ctx context.Context, resp *http.Response, err error) (bool, error) {
		again, err := retryablehttp.DefaultRetryPolicy(ctx, resp, err)
		return again && r.Backoff(leastWait, mostWait, 0, resp) <= mostWait, err
	}
	r.ErrorHandler = func(resp *http.Response, err error, _ int) (*http.Response, error) {
		if err != nil && resp != nil {
			return nil, errors.Join(err, resp.Body.Close())
		}
		return resp, err
	}
	return r.StandardClient()
}

func (o Options) withDefaults() Options {
	if o.BaseURL == "" {
		o.BaseURL = "https://api.openai.com/v1/"
	}
	if o.Model == "" {
		o.Model = "gpt-5.4-mini"
	}
	if o.Mistakes == (recognizer.Mistakes{}) {
		o.Mistakes = recognizer.DefaultMistakes()
	}
	if o.Timeout <= 0 {
		o.Timeout = 20 * time.Second
	}
	if o.PerMinute <= 0 {
		o.PerMinute = 60
	}
	if o.Failures == 0 {
		o.Failures = 5
	}
	if o.Rest <= 0 {
		o.Rest = time.Minute
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	if o.Client == nil {
		// Of its own: idle connections are closed when the server fails.
		o.Client = cleanhttp.DefaultPooledClient()
	}
	return o
}

// Ask asks what ID the picture shows. An opinion with an empty text says that the
// model can make nothing of it.
func (c *Client) Ask(ctx context.Context, picture image.Image) (*recognizer.Opinion, error) {
	since := time.Now()
	a, err := c.ask(ctx, picture)
	c.metrics.note(err, time.Since(since), a, c.opts)
	if err != nil {
		return nil, err
	}
	return &recognizer.Opinion{Text: a.text, Model: c.opts.Model[:min(len(c.opts.Model), maxName)], Mistakes: c.opts.Mistakes}, nil
}

// maxName bounds a model's name in the evidence.
const maxName = 64

func (c *Client) ask(ctx context.Context, picture image.Image) (answer, error) {
	body, err := encode(picture)
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	if c.breaker.State() == gobreaker.StateOpen {
		return answer{}, ErrResting
	}
	if err := c.limit.Wait(ctx); err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrBusy, err)
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return answer{}, fmt.Errorf("%w: %w", ErrBusy, ctx.Err())
	}
	a, err := c.breaker.Execute(func() (answer, error) { return c.complete(ctx, body) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return a, ErrResting
	}
	return a, err
}

// answer is what came back.
type answer struct {
	text    string
	in, out int // tokens
}

const question = `The picture shows a handwritten student number and nothing else. ` +
	`Read it sign by sign, from left to right. Answer with its digits (and letters, if there are any), without spaces and hyphens. ` +
	`Write ? for each sign that you cannot read with confidence. Never guess a number that is plausible. ` +
	`If there is no number, answer with an empty string.`

// format makes the server answer with one string.
const format = `{"type": "object", "additionalProperties": false, "required": ["student_number"],
 "properties": {"student_number": {"type": "string"}}}`

func (c *Client) complete(ctx context.Context, picture []byte) (answer, error) {
	image := "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture)
	got, err := c.api.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
		Model: c.opts.Model, MaxCompletionTokens: maxTokens,
		Messages: []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleUser, MultiContent: []openai.ChatMessagePart{
			{Type: openai.ChatMessagePartTypeText, Text: question},
			{Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{URL: image, Detail: openai.ImageURLDetailHigh}},
		}}},
		ResponseFormat: &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "student_number", Strict: true, Schema: json.RawMessage(format)},
		},
	})
	if err != nil {
		return answer{}, failure(err)
	}
	// A counter takes no less than nothing, whatever a service says.
	a := answer{in: max(0, got.Usage.PromptTokens), out: max(0, got.Usage.CompletionTokens)}
	if len(got.Choices) == 0 {
		return a, fmt.Errorf("%w: it is empty", ErrAnswer)
	}
	var said struct {
		Number *string `json:"student_number"`
	}
	if json.Unmarshal([]byte(got.Choices[0].Message.Content), &said) != nil || said.Number == nil {
		return a, fmt.Errorf("%w: it is not the JSON that was asked for", ErrAnswer)
	}
	text, ok := recognizer.CleanAnswer(*said.Number)
	if !ok {
		return a, fmt.Errorf("%w: it is no student number", ErrAnswer)
	}
	a.text = text
	return a, nil
}

// failure is an error of the library without the server's words and the request:
// either may hold what was sent.
func failure(err error) error {
	status := 0
	if api, ok := errors.AsType[*openai.APIError](err); ok {
		status = api.HTTPStatusCode
	} else if raw, ok := errors.AsType[*openai.RequestError](err); ok {
		status = raw.HTTPStatusCode
	}
	if status > 0 {
		return fmt.Errorf("ask the second reader: the server answers %d", status)
	}
	for _, end := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, end) {
			return fmt.Errorf("ask the second reader: %w", end)
		}
	}
	return errors.New("ask the second reader: the server can't be reached")
}

// encode makes a PNG of at most widest pixels.
func encode(picture image.Image) ([]byte, error) {
	if b := picture.Bounds(); b.Dx() > widest {
		small := image.NewRGBA(image.Rect(0, 0, widest, max(1, b.Dy()*widest/b.Dx())))
		draw.CatmullRom.Scale(small, small.Rect, picture, b, draw.Src, nil)
		picture = small
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("encode what the second reader sees: %w", err)
	}
	return out.Bytes(), nil
}
