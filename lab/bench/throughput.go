package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/lab/embedded"
	"hakbeon/lab/fleet"
	"hakbeon/s3store/layout"
)

// worker has a worker process do an exam on the embedded servers, once as they are
// and once as if they were far away.
func worker(ctx context.Context, o options) error {
	set, err := drawPages(o)
	if err != nil {
		return err
	}
	fmt.Printf("### Worker process, from submit to batch.completed, %d whole pages\n\n", len(set.files))
	fmt.Print("| each call of S3 and SQS waits | sheets a second | whole batch | CPU ms a sheet, all stages | peak memory |\n|---|---|---|---|---|\n")
	for _, delay := range []time.Duration{0, 30 * time.Millisecond} {
		t, err := throughput(ctx, set, delay, o.dir)
		if err != nil {
			return err
		}
		fmt.Printf("| %v | %.2f | %.1f s | %.0f | %.0f MiB |\n", delay, t.rate, t.seconds, t.cpu, t.peak)
	}
	fmt.Println()
	return nil
}

// throughput lets a worker process do the exam.
func throughput(ctx context.Context, set *pages, delay time.Duration, dir string) (speed, error) {
	stack, err := embedded.Start(ctx, embedded.Options{Delay: delay})
	if err != nil {
		return speed{}, err
	}
	defer stack.Stop() //nolint:errcheck // temporary
	client, err := fleet.Client(ctx, stack)
	if err != nil {
		return speed{}, err
	}
	keys, err := upload(ctx, client, set)
	if err != nil {
		return speed{}, err
	}
	process, err := startWorker(ctx, stack, dir)
	if err != nil {
		return speed{}, err
	}
	since := time.Now()
	_, err = client.Submit(ctx, jobs.Recognize{ExamCode: set.exam.Code, Keys: keys})
	if err == nil {
		_, err = stack.Sink().Await(ctx, 0, func(e embedded.Event) bool { return e.Type == exam.EventCompleted })
	}
	took := time.Since(since)
	peak, peakErr := peakMemory(strconv.Itoa(process.Process.Pid))
	if stopErr := process.Process.Signal(syscall.SIGTERM); stopErr != nil {
		return speed{}, stopErr
	}
	if waitErr := process.Wait(); waitErr != nil {
		return speed{}, fmt.Errorf("worker: %w (see %s)", waitErr, filepath.Join(dir, "worker.log"))
	}
	return newSpeed(process.ProcessState, len(keys), took, peak), errors.Join(err, peakErr)
}

// speed is what a worker process needed for a batch.
type speed struct {
	rate, seconds float64
	cpu           float64 // ms a sheet
	peak          float64 // MiB
}

func newSpeed(state *os.ProcessState, sheets int, took time.Duration, peak float64) speed {
	cpu := (state.UserTime() + state.SystemTime()).Seconds() * 1000 / float64(sheets)
	return speed{float64(sheets) / took.Seconds(), took.Seconds(), cpu, peak}
}

func upload(ctx context.Context, client *submit.Client, s *pages) ([]string, error) {
	files := []submit.File{{Key: layout.RosterKey(s.exam.Code), Read: s.exam.RosterXLSX}}
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
