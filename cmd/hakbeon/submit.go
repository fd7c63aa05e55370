package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"hakbeon/exam"
	"hakbeon/internal/awsclient"
	"hakbeon/internal/config"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

type submitFlags struct {
	envFile, roster string
	job             jobs.Recognize
	keys, wait      bool
	json            bool
}

func newSubmit() *cobra.Command {
	var f submitFlags
	cmd := &cobra.Command{
		Use: "submit EXAM_CODE PATH...", Short: "Put an exam on the queue", Args: atLeast(2),
		Long: `Upload the answer sheets (files, or folders of them) to uploads/EXAM_CODE/ and put
the job on the queue. With --keys the arguments are keys that are in S3 already.`,
		Example: `  hakbeon submit SaS_2017_Final scans/ --roster roster.xlsx --wait
  hakbeon submit SaS_2017_Final --keys uploads/SaS_2017_Final/001.jpg`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.job.ExamCode = args[0]
			return runSubmit(cmd, f, args[1:])
		},
	}
	envFileFlag(cmd, &f.envFile)
	flags := cmd.Flags()
	flags.StringVar(&f.roster, "roster", "", "upload the xlsx, xls or csv `FILE` as the exam's roster first")
	flags.StringVar(&f.job.BatchID, "batch-id", "", "name the batch; the same sheets are read again under a new `ID`")
	flags.StringVar(&f.job.CallbackURL, "callback-url", "", "send this batch's webhooks to `URL`")
	flags.Var(&f.job.PagesPerSheet, "pages-per-sheet", "pages of a file that make one sheet, or auto: as what they show says (default 1)")
	flags.BoolVar(&f.keys, "keys", false, "the arguments are keys in S3, not files")
	flags.BoolVar(&f.wait, "wait", false, "wait until the batch has ended and show its summary")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

func runSubmit(cmd *cobra.Command, f submitFlags, args []string) error {
	ctx := cmd.Context()
	cfg, err := config.Load(f.envFile)
	if err != nil {
		return err
	}
	if err := config.Need("AWS_REGION", "S3_BUCKET", "SQS_QUEUE_URL"); err != nil {
		return err
	}
	if !jobs.ValidCode(f.job.ExamCode) {
		return &usageError{fmt.Errorf("exam code %q should match %s", f.job.ExamCode, jobs.CodePattern)}
	}
	ctx = credentials.ForExam(ctx, f.job.ExamCode)
	store, aws, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	client := &submit.Client{Store: store, Jobs: queue.NewSender(awssqs.Open(awsclient.SQS(aws), cfg.JobsURL))}
	if f.job.Keys = args; !f.keys {
		if f.job.Keys, err = uploadSheets(ctx, client, f, args, cmd.ErrOrStderr()); err != nil {
			return err
		}
	}
	if err := uploadRoster(ctx, client, f); err != nil {
		return err
	}
	batch, err := client.Submit(ctx, f.job)
	if err != nil {
		return err
	}
	if !f.wait {
		return printBatch(cmd.OutOrStdout(), store, batch, f.json)
	}
	err = waitFor(ctx, client, batch, len(f.job.Keys), f.json, cmd.OutOrStdout(), cmd.ErrOrStderr())
	if err != nil || f.json {
		return err
	}
	return printPage(cmd.OutOrStdout(), cfg, batch)
}

// printPage says where people look at the exam: at a worker with these settings. Where
// it listens on all addresses it is called by this machine's.
func printPage(out io.Writer, cfg config.Config, b layout.Batch) error {
	address, err := cfg.Listen()
	if err != nil {
		return err
	}
	scheme := "http"
	if cfg.TLSCert != "" {
		scheme = "https"
	}
	if host, port, err := net.SplitHostPort(address); err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	_, err = fmt.Fprintf(out, "page      %s://%s/exams/%s (while a worker runs)\n", scheme, address, b.ExamCode)
	return err
}

func uploadSheets(ctx context.Context, client *submit.Client, f submitFlags, args []string, progress io.Writer) ([]string, error) {
	paths, passed, err := sheetFiles(args)
	if err != nil {
		return nil, err
	}
	tellPassed(progress, passed)
	var files []submit.File
	var keys []string
	for _, path := range paths {
		key := submit.UploadKey(f.job.ExamCode, path)
		if slices.Contains(keys, key) {
			return nil, &usageError{fmt.Errorf("two files are called %s: give them different names", filepath.Base(path))}
		}
		keys = append(keys, key)
		files = append(files, submit.File{Key: key, Read: func() ([]byte, error) { return os.ReadFile(path) }})
	}
	bar := newBar(progress, len(files), "upload")
	defer bar.Finish()                                            //nolint:errcheck // a progress bar
	return keys, client.Upload(ctx, files, func() { bar.Add(1) }) //nolint:errcheck // a progress bar
}

func uploadRoster(ctx context.Context, client *submit.Client, f submitFlags) error {
	if f.roster == "" {
		return nil
	}
	file := submit.File{
		Key:  layout.RosterKey(f.job.ExamCode),
		Read: func() ([]byte, error) { return os.ReadFile(f.roster) },
	}
	return client.Upload(ctx, []submit.File{file}, func() {})
}

func printBatch(out io.Writer, store *s3store.Store, b layout.Batch, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(map[string]string{
			"exam_code": b.ExamCode, "batch_id": b.BatchID, "s3_bucket": store.Bucket(), "results": b.Prefix(),
		})
	}
	_, err := fmt.Fprintf(out, "queued as batch %s; the results will be under s3://%s/%s\n", b.BatchID, store.Bucket(), b.Prefix())
	return err
}

func waitFor(ctx context.Context, client *submit.Client, b layout.Batch, total int, asJSON bool, out, progress io.Writer) error {
	bar := newBar(progress, total, "read")
	sum, err := client.Wait(ctx, b, func(p submit.Progress) { bar.Set(min(p.Sheets, total)) }) //nolint:errcheck // a progress bar
	bar.Finish()                                                                               //nolint:errcheck // a progress bar
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(out).Encode(sum)
	}
	return printSummary(out, sum)
}

func printSummary(out io.Writer, s *exam.Summary) error {
	bucket := "s3://" + s.S3Bucket + "/"
	if err := printNotes(out, s.RosterNotes); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "batch     %s\nsheets    %d: %d matched, %d to review, %d failed\nstudents  %d: %d with a sheet, %d without\nsummary   %s\nreport    %s\n",
		s.BatchID, s.Total, s.Matched, s.NeedsReview, s.Failed, s.Students, s.Present, s.Missing, bucket+s.S3Keys.Summary, bucket+s.S3Keys.Report)
	return err
}

// printNotes says what a person should know of how the roster was read.
func printNotes(out io.Writer, n *exam.RosterNotes) error {
	if n == nil {
		return nil
	}
	var lines []string
	if n.Problem != nil {
		lines = append(lines, "can't be used: "+n.Problem.EN)
	}
	if n.LeftOut > 0 {
		lines = append(lines, fmt.Sprintf("%d rows were left out", n.LeftOut))
	}
	for _, r := range n.Rows {
		lines = append(lines, fmt.Sprintf("  %s row %d %s %q: %s", r.Sheet, r.Row, r.Cell, r.Value, r.Reason))
	}
	for _, d := range n.Doubts {
		lines = append(lines, d.EN)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, "roster   ", line); err != nil {
			return err
		}
	}
	return nil
}
