// Devstack serves stand-ins for S3, SQS and STS and a webhook sink on
// loopback, for development and tests of hakbeon. It writes an env file that
// says how to reach them, and runs until SIGTERM, SIGINT or, with
// --watch-stdin, the end of its standard input.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"hakbeon/lab/devstack/stack"
)

func main() {
	// Our log may go to a parent that was killed: that must not kill us before we
	// have cleaned up.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stderr)
	stop()
	os.Exit(code)
}

// run returns the exit status: 0 after a clean stop, 1 on a failure, 2 on
// wrong flags.
func run(ctx context.Context, args []string, stdin io.Reader, stderr io.Writer) int {
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	options, watch, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if watch {
		go func() {
			_, _ = io.Copy(io.Discard, stdin) // its end is all that counts
			cancel()
		}()
	}
	s, err := stack.Start(ctx, options)
	if err != nil {
		log.Error("devstack could not start", "error", err.Error())
		return 1
	}
	log.Info("devstack is ready", "env_file", s.EnvFile(), "dir", options.Dir)
	code := 0
	select {
	case <-ctx.Done():
		log.Info("devstack stops")
	case err := <-s.Failed():
		log.Error("devstack failed", "error", err.Error())
		code = 1
	}
	if err := s.Close(); err != nil {
		log.Error("devstack did not end well", "error", err.Error())
		code = 1
	}
	return code
}

func parse(args []string, stderr io.Writer) (o stack.Options, watch bool, err error) {
	f := flag.NewFlagSet("devstack", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.Dir, "dir", "", "directory for the data; made if missing (required)")
	f.BoolVar(&o.KeepQueues, "keep-queues", false, "keep the queues' messages in the directory, too")
	f.StringVar(&o.EnvFile, "env-file", "", "file to write the environment to (default DIR/env)")
	f.StringVar(&o.AccessKey, "access-key", "", "access key (default random)")
	f.StringVar(&o.SecretKey, "secret-key", "", "secret key (default random)")
	f.StringVar(&o.WebhookSecret, "webhook-secret", "", "webhook signing secret, whsec_... (default random)")
	f.IntVar(&o.Port, "port", 0, "first of four ports: S3, SQS, STS, sink (default free ones)")
	f.BoolVar(&o.FIFO, "fifo", false, "make the jobs queue a FIFO queue")
	f.BoolVar(&o.BackendSTS, "sts-api", false, "set STS_API_ENDPOINT too, so that S3 is used with the backend's credentials")
	f.DurationVar(&o.BackendLifetime, "sts-api-lifetime", time.Hour, "how long the backend's credentials live, in whole seconds")
	f.DurationVar(&o.Visibility, "visibility", 30*time.Second, "visibility timeout of the queues")
	f.Func("faults", "faults of SQS, a JSON object with the fields of sqslocal.Faults (default none)", func(text string) (err error) {
		o.Faults, err = stack.ParseFaults(text)
		return err
	})
	f.DurationVar(&o.Delay, "delay", 0, "wait before each call of S3 and SQS, such as 30ms")
	f.BoolVar(&watch, "watch-stdin", false, "stop when standard input ends")
	return o, watch, f.Parse(args)
}
