// Package stack runs stand-ins for S3, SQS and STS and a webhook sink on
// loopback ports, and tells in an env file how to reach them. For development
// and tests only: one process can hold one stack, and its working directory
// moves to the S3 data.
package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"hakbeon/lab/devstack/sink"
	"hakbeon/lab/sqslocal"
)

const (
	// Region is where everything pretends to be. AWS has none of this name: no
	// client that lost its endpoint can reach a real account, and the AWS CLI of
	// version 1 does not put SQS's old host names in place of our endpoint.
	Region = "local-1"
	// Bucket is the S3 bucket's name.
	Bucket = "hakbeon"
)

// Options say what to run. Only Dir is required.
type Options struct {
	// Dir holds the S3 data, which outlive the process. Made if missing; must be
	// on a file system with extended attributes.
	Dir string
	// EnvFile is written once everything answers, and removed by Close.
	// Defaults to "env" in Dir.
	EnvFile string
	// AccessKey, SecretKey and WebhookSecret default to random ones, new at
	// every start.
	AccessKey, SecretKey, WebhookSecret string
	// KeepQueues has the messages outlive the process too, in Dir, as far as Close is
	// called; otherwise each start has empty queues.
	KeepQueues bool
	// Port is the first of four ports: S3, SQS, STS, sink. Defaults to free ones.
	Port int
	// FIFO makes the jobs queue a FIFO queue.
	FIFO bool
	// BackendSTS puts STS_API_ENDPOINT into the env file, so that S3 is used with
	// credentials of the backend's endpoint instead of the permanent ones.
	BackendSTS bool
	// BackendLifetime is how long the credentials of the backend's endpoint live.
	// Defaults to an hour.
	BackendLifetime time.Duration
	// Visibility is the queues' visibility timeout. Defaults to 30 s.
	Visibility time.Duration
	// Faults make SQS unreliable from the start. Defaults to none.
	Faults sqslocal.Faults
	// Delay is waited before each call of S3 and SQS, as if they were far away.
	// Defaults to none.
	Delay time.Duration
}

// Stack is a running stack.
type Stack struct {
	options Options
	env     []Var
	envText string
	lock    *os.File
	s3      *s3Server
	s3URL   string
	front   *webServer // delays the calls to s3; nil without a delay
	sqs     *sqsServer
	sts     *webServer
	sink    *webServer
	failed  chan error
	closing sync.Once
	lost    error // of Close
}

// Start runs the stack until Close and returns once every server answers and
// the env file is in place. A failed start leaves nothing running.
func Start(ctx context.Context, o Options) (*Stack, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Stack{options: o, failed: make(chan error, 1)}
	if err := s.start(ctx); err != nil {
		_ = s.Close() // the first error counts
		return nil, err
	}
	return s, nil
}

// withDefaults also makes paths absolute, as the S3 gateway moves the working
// directory.
func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, errors.New("no data directory: give one with --dir")
	}
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return o, err
	}
	if o.EnvFile == "" {
		o.EnvFile = filepath.Join(o.Dir, "env")
	}
	if o.EnvFile, err = filepath.Abs(o.EnvFile); err != nil {
		return o, err
	}
	if o.AccessKey == "" {
		o.AccessKey = "AKIA" + randomText(16, upperAlphabet)
	}
	if o.SecretKey == "" {
		o.SecretKey = randomText(40, mixedAlphabet)
	}
	if o.WebhookSecret == "" {
		o.WebhookSecret = randomWebhookSecret()
	}
	if o.BackendLifetime <= 0 {
		o.BackendLifetime = time.Hour
	}
	if o.Visibility <= 0 {
		o.Visibility = 30 * time.Second
	}
	return o, nil
}

// start brings the servers up one by one; the env file comes last, so that
// its being there means that all is ready.
func (s *Stack) start(ctx context.Context) (err error) {
	o, keys := s.options, newIssuer(s.options.AccessKey, s.options.SecretKey)
	if err := checkXattr(o.Dir); err != nil {
		return err
	}
	if s.lock, err = lockDir(o.Dir); err != nil {
		return err
	}
	if err := os.Remove(o.EnvFile); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove the old env file: %w", err)
	}
	if s.s3, err = startS3(ctx, filepath.Join(o.Dir, "s3"), o.port(0), keys, s.fail("S3")); err != nil {
		return err
	}
	if err := s.frontS3(); err != nil {
		return err
	}
	if s.sqs, err = startSQS(o, keys, s.fail("SQS")); err != nil {
		return err
	}
	l, err := listen(o.port(2))
	if err != nil {
		return fmt.Errorf("start STS: %w", err)
	}
	s.sts = serve(l, stsHandler(keys, o.BackendLifetime), s.fail("STS"))
	if err := s.startSink(); err != nil {
		return err
	}
	s.env = s.variables()
	if s.envText, err = renderEnv(s.env); err != nil {
		return err
	}
	return writeEnv(o.EnvFile, s.envText)
}

// port returns the n-th of the four ports, 0 for any.
func (o Options) port(n int) int {
	if o.Port == 0 {
		return 0
	}
	return o.Port + n
}

func (s *Stack) startSink() error {
	h, err := sink.New(sink.Options{Secret: s.options.WebhookSecret, Exists: s.s3.exists})
	if err != nil {
		return err
	}
	l, err := listen(s.options.port(3))
	if err != nil {
		return fmt.Errorf("start the sink: %w", err)
	}
	s.sink = serve(l, h, s.fail("sink"))
	return nil
}

// fail returns what a server calls when it stops by itself. Only the first
// failure counts.
func (s *Stack) fail(name string) func(error) {
	return func(err error) {
		select {
		case s.failed <- fmt.Errorf("%s stopped serving: %w", name, err):
		default:
		}
	}
}

func (s *Stack) variables() []Var {
	vars := append([]Var{
		{"AWS_REGION", Region},
		{"AWS_DEFAULT_REGION", Region}, // boto3 and the AWS CLI read this one only
		{"AWS_ACCESS_KEY_ID", s.options.AccessKey},
		{"AWS_SECRET_ACCESS_KEY", s.options.SecretKey},
		{"AWS_ENDPOINT_URL_S3", s.s3URL},
		{"AWS_ENDPOINT_URL_SQS", s.sqs.url},
		{"AWS_ENDPOINT_URL_STS", s.sts.url},
		{"S3_BUCKET", Bucket},
		{"WEBHOOK_URL", s.sink.url + "/hook"},
		{"WEBHOOK_SECRET", s.options.WebhookSecret},
		{"WEBHOOK_ALLOWED_HOSTS", s.sink.addr},
		{"HAKBEON_SINK_URL", s.sink.url},
		{"HAKBEON_STS_API_ENDPOINT", s.sts.url + backendPath},
	}, s.sqs.queues...)
	if s.options.BackendSTS {
		vars = append(vars, Var{"STS_API_ENDPOINT", s.sts.url + backendPath})
	}
	return vars
}

// Env returns the variables that the env file holds.
func (s *Stack) Env() []Var { return append([]Var{}, s.env...) }

// EnvFile returns the env file's absolute path.
func (s *Stack) EnvFile() string { return s.options.EnvFile }

// Failed yields the error of a server that stopped by itself.
func (s *Stack) Failed() <-chan error { return s.failed }

// Close stops all servers, within about a second, and removes the env file. Its error
// is that messages that were to be kept are lost. It may be called more than once.
func (s *Stack) Close() error {
	s.closing.Do(func() {
		if s.envText != "" {
			_ = removeEnv(s.options.EnvFile, s.envText) // the next start replaces it
		}
		var all sync.WaitGroup
		for _, web := range []*webServer{s.sink, s.sts, s.front} {
			if web != nil {
				all.Go(web.close)
			}
		}
		if s.sqs != nil {
			all.Go(func() { s.lost = s.sqs.close() })
		}
		if s.s3 != nil {
			all.Go(s.s3.close)
		}
		all.Wait()
		if s.lock != nil {
			s.lock.Close()
		}
	})
	return s.lost
}
