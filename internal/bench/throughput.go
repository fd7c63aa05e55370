package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/internal/embedded"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/worker"
	"hakbeon/worker/queue"
)

// throughput has a worker process do the exam on the embedded servers.
func throughput(ctx context.Context, s *set, o options) error {
	stack, err := embedded.Start(ctx, embedded.Options{Delay: o.delay})
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
	process, err := startWorker(ctx, stack, o)
	if err != nil {
		return err
	}
	servers := cpuOf(stack.Pid())
	took, err := exam(ctx, stack, client, jobs.Recognize{ExamCode: s.exam.Code, Keys: keys})
	servers = cpuOf(stack.Pid()) - servers
	peak := peakOf(process.Process.Pid)
	if stopErr := process.Process.Signal(syscall.SIGTERM); stopErr != nil {
		return stopErr
	}
	if waitErr := process.Wait(); waitErr != nil {
		return fmt.Errorf("worker: %w (see %s)", waitErr, filepath.Join(o.dir, "worker.log"))
	}
	if err != nil {
		return err
	}
	printThroughput(process, len(keys), took, peak)
	fmt.Printf("| CPU ms a sheet of the embedded servers | %.0f |\n", servers.Seconds()*1000/float64(len(keys)))
	if !o.stub {
		return nil
	}
	report, err := readReport(o.dir)
	if err == nil {
		printCalls(report.Calls, len(keys))
	}
	return err
}

// exam submits the job and waits for its last event.
func exam(ctx context.Context, stack *embedded.Stack, client *submit.Client, job jobs.Recognize) (time.Duration, error) {
	since := time.Now()
	if _, err := client.Submit(ctx, job); err != nil {
		return 0, err
	}
	end, err := stack.Sink().Await(ctx, 0, func(e embedded.Event) bool { return e.Type == worker.EventCompleted })
	return end.ReceivedAt.Sub(since), err
}

func printThroughput(process *exec.Cmd, sheets int, took time.Duration, peak float64) {
	state := process.ProcessState
	cpu := (state.UserTime() + state.SystemTime()).Seconds() * 1000 / float64(sheets)
	fmt.Println("| worker process, from submit to the batch's end | |\n|---|---|")
	fmt.Printf("| sheets a second | %.2f |\n| whole batch | %.1f s |\n| CPU ms a sheet, all stages | %.0f |\n| peak memory | %.0f MiB |\n",
		float64(sheets)/took.Seconds(), took.Seconds(), cpu, peak)
}

// peakOf is the most memory that a process had so far, in MiB; 0 where there is
// no /proc. What the kernel says at its end counts our own memory too, which a
// child shares for a moment.
func peakOf(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseFloat(fields[0], 64)
	return kib / 1024
}

// cpuOf is the CPU time that a process has taken so far, in the kernel's ticks of
// 10 ms; 0 where there is no /proc.
func cpuOf(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The second field is a name in brackets; user and system time are the 14th
	// and 15th.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] {
		n, _ := strconv.ParseInt(f, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
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

// startWorker runs bin/hakbeon, which lies beside this command, or ourselves as
// a worker with a stub.
func startWorker(ctx context.Context, stack *embedded.Stack, o options) (*exec.Cmd, error) {
	env := append(os.Environ(), "HTTP_ADDR=127.0.0.1:0")
	for name, value := range stack.Env {
		env = append(env, name+"="+value)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(o.dir, "worker.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(filepath.Dir(self), "hakbeon"), "worker", "--env-file", os.DevNull)
	if o.stub {
		cmd = exec.CommandContext(ctx, self, "-as-worker", "-dir", o.dir, "-burn", o.burn.String(), "-profile="+strconv.FormatBool(o.profile))
	}
	cmd.Env, cmd.Stderr = env, log
	return cmd, cmd.Start()
}
