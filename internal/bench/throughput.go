package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/internal/embedded"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// throughput has a worker process do the exam on the embedded servers.
func throughput(ctx context.Context, s *set, dir string) error {
	stack, err := embedded.Start(ctx, embedded.Options{})
	if err != nil {
		return err
	}
	defer stack.Stop() //nolint:errcheck // temporary
	client, err := clientOf(ctx, stack)
	if err != nil {
		return err
	}
	keys, err := upload(ctx, client, s)
	if err != nil {
		return err
	}
	worker, err := startWorker(ctx, stack, dir)
	if err != nil {
		return err
	}
	since := time.Now()
	batch, err := client.Submit(ctx, jobs.Recognize{ExamCode: s.exam.Code, Keys: keys})
	if err == nil {
		_, err = client.Wait(ctx, batch, func(submit.Progress) {})
	}
	took := time.Since(since)
	if stopErr := worker.Process.Signal(syscall.SIGTERM); stopErr != nil {
		return stopErr
	}
	if waitErr := worker.Wait(); waitErr != nil {
		return fmt.Errorf("worker: %w (see %s)", waitErr, filepath.Join(dir, "worker.log"))
	}
	if err != nil {
		return err
	}
	printThroughput(worker, len(keys), took)
	return nil
}

func printThroughput(worker *exec.Cmd, sheets int, took time.Duration) {
	state := worker.ProcessState
	cpu := (state.UserTime() + state.SystemTime()).Seconds() * 1000 / float64(sheets)
	peak := 0.0
	if u, ok := state.SysUsage().(*syscall.Rusage); ok {
		peak = float64(u.Maxrss) / 1024
	}
	fmt.Println("| worker process, from submit to the batch's end | |\n|---|---|")
	fmt.Printf("| sheets a second | %.2f |\n| whole batch | %.1f s |\n| CPU ms a sheet, all stages | %.0f |\n| peak memory | %.0f MiB |\n",
		float64(sheets)/took.Seconds(), took.Seconds(), cpu, peak)
}

func clientOf(ctx context.Context, stack *embedded.Stack) (*submit.Client, error) {
	cfg, err := stack.AWSConfig(ctx)
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = true
		o.BaseEndpoint = aws.String(stack.Env["AWS_ENDPOINT_URL_S3"])
	})
	return &submit.Client{
		Store: s3store.New(client, stack.Env["S3_BUCKET"]),
		Jobs:  queue.NewSender(sqs.NewFromConfig(cfg), stack.Env["SQS_QUEUE_URL"]),
	}, nil
}

func upload(ctx context.Context, client *submit.Client, s *set) ([]string, error) {
	files := []submit.File{{Key: s3store.RosterKey(s.exam.Code), Read: s.exam.RosterXLSX}}
	var keys []string
	for i, sheet := range s.exam.Sheets {
		key := submit.UploadKey(s.exam.Code, sheet.File)
		keys = append(keys, key)
		files = append(files, submit.File{Key: key, Read: func() ([]byte, error) { return os.ReadFile(s.files[i]) }})
	}
	return keys, client.Upload(ctx, files, func() {})
}

// startWorker runs bin/hakbeon, which lies beside this command.
func startWorker(ctx context.Context, stack *embedded.Stack, dir string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "worker.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(filepath.Dir(self), "hakbeon"), "worker", "--env-file", os.DevNull)
	cmd.Env = append(os.Environ(), "HTTP_ADDR=127.0.0.1:0")
	for name, value := range stack.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stderr = log
	return cmd, cmd.Start()
}
