package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"hakbeon/lab/embedded"
)

func newLocal() *cobra.Command {
	var envFile, dir string
	var fifo bool
	var lifetime time.Duration
	cmd := &cobra.Command{
		Use: "local --env-file FILE", Short: "Run the embedded SQS, S3, STS and a webhook sink, for trying out", Args: none(),
		Long: `Run the embedded SQS, S3, STS and a webhook sink on 127.0.0.1 until interrupted.
Once all is ready, FILE holds the environment that hakbeon's other commands, the
AWS CLI and boto3 need. For development only.`,
		Example: `  hakbeon local --env-file /tmp/hakbeon.env
  set -a; . /tmp/hakbeon.env; aws s3 ls s3://$S3_BUCKET`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts := embedded.Options{Dir: dir, EnvFile: envFile, Stderr: cmd.ErrOrStderr()}
			if dir != "" {
				opts.Args = append(opts.Args, "--keep-queues")
			}
			if fifo {
				opts.Args = append(opts.Args, "--fifo")
			}
			if lifetime > 0 {
				opts.Args = append(opts.Args, "--sts-api", "--sts-api-lifetime", lifetime.String())
			}
			return runLocal(cmd, opts)
		},
	}
	cmd.Flags().StringVar(&envFile, "env-file", "", "write the environment to `FILE` once all is ready (required)")
	cmd.Flags().StringVar(&dir, "dir", "", "keep objects and messages in `DIR` (default: a temporary one, removed at the end)")
	cmd.Flags().BoolVar(&fifo, "fifo", false, "make the jobs queue a FIFO queue")
	cmd.Flags().DurationVar(&lifetime, "sts-api", 0, "set STS_API_ENDPOINT to an endpoint whose credentials live for `TIME`, in whole seconds")
	return cmd
}

func runLocal(cmd *cobra.Command, opts embedded.Options) error {
	if opts.EnvFile == "" {
		return &usageError{errors.New("--env-file is required: name a file to write the environment to")}
	}
	stack, err := embedded.Start(cmd.Context(), opts)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "ready: the environment is in %s; next: hakbeon worker --env-file %s\n", opts.EnvFile, opts.EnvFile)
	<-cmd.Context().Done()
	return stack.Stop()
}
