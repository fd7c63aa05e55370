package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/config"
	"hakbeon/internal/submit"
	"hakbeon/lab/demo"
	"hakbeon/lab/embedded"
	"hakbeon/lab/synth"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

func newDemo() *cobra.Command {
	var dir, assets string
	cmd := &cobra.Command{
		Use: "demo", Short: "Run an exam from end to end on embedded servers", Args: none(),
		Long: `Start the embedded SQS, S3 and a webhook receiver, draw 24 answer sheets of an
exam with 30 students, put them before a worker and show what comes of it. Exits
with 0 only if every sheet has its result, no sheet was accepted for a wrong
student, and the summary adds up.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd, dir, assets) },
	}
	cmd.Flags().StringVar(&dir, "dir", "demo", "keep the data, the log and the environment file in `DIR`")
	cmd.Flags().StringVar(&assets, "assets", "", "node_modules `DIR` with fonts and digits (default: found upwards)")
	return cmd
}

func runDemo(cmd *cobra.Command, dir, assetDir string) error {
	ctx := cmd.Context()
	assets, err := synth.LoadAssets(assetDir)
	if err != nil {
		return err
	}
	envFile := filepath.Join(dir, "env")
	stack, err := embedded.Start(ctx, embedded.Options{Dir: filepath.Join(dir, "data"), EnvFile: envFile, Stderr: cmd.ErrOrStderr()})
	if err != nil {
		return err
	}
	defer stack.Stop() //nolint:errcheck // the demo's own outcome counts
	cfg, log, err := demoSettings(dir, stack.Env)
	if err != nil {
		return err
	}
	defer log.Sync() //nolint:errcheck // a log
	p, closeAll, err := buildWorker(ctx, cfg, true, prometheus.NewRegistry(), noop.NewTracerProvider(), log)
	if err != nil {
		return err
	}
	defer closeAll()
	store, aws, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	working, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { _ = p.worker.Run(working) }) // the demo ends by its own time limit
	defer running.Wait()
	defer stop()
	bars := &bars{out: cmd.ErrOrStderr()}
	d := &demo.Demo{
		Client: &submit.Client{Store: store, Jobs: queue.NewSender(awssqs.Open(awsclient.SQS(aws), cfg.JobsURL))},
		Sink:   stack.Sink(), Assets: assets, Out: cmd.OutOrStdout(), Dir: dir, Progress: bars.show,
	}
	if err := d.Run(ctx); err != nil {
		return fmt.Errorf("%w (the worker's log is %s)", err, filepath.Join(dir, "worker.log"))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "files     %s (log: %s)\ntry       %s and %s by hand: see README.md, \"Use it\"\ndemo passed\n",
		filepath.Join(dir, "data"), filepath.Join(dir, "worker.log"), filepath.Join(dir, "sheets"), filepath.Join(dir, "roster.xlsx"))
	return nil
}

// demoSettings puts the stack's environment in place of ours.
func demoSettings(dir string, env map[string]string) (config.Config, *zap.Logger, error) {
	for name, value := range env {
		if err := os.Setenv(name, value); err != nil {
			return config.Config{}, nil, fmt.Errorf("set %s: %w", name, err)
		}
	}
	for _, name := range []string{"AWS_SESSION_TOKEN", "AWS_PROFILE", "STS_API_ENDPOINT", "AWS_ROLE_ARN", "AWS_CA_BUNDLE", "OPENAI_API_KEY"} {
		if err := os.Unsetenv(name); err != nil {
			return config.Config{}, nil, fmt.Errorf("unset %s: %w", name, err)
		}
	}
	cfg, err := config.Load(os.DevNull)
	if err != nil {
		return cfg, nil, err
	}
	logCfg := zap.NewProductionConfig()
	logCfg.Sampling = nil
	logCfg.OutputPaths = []string{filepath.Join(dir, "worker.log")}
	log, err := logCfg.Build()
	if err != nil {
		return cfg, nil, fmt.Errorf("open the worker's log: %w", err)
	}
	return cfg, log, nil
}
