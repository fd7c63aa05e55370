package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/config"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/s3store/credentials"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// later are the flags of the commands that say something of a batch that was read.
type later struct {
	envFile string
	json    bool
}

func (l *later) add(cmd *cobra.Command) {
	envFileFlag(cmd, &l.envFile)
	cmd.Flags().BoolVar(&l.json, "json", false, "print JSON")
}

// client connects to the batch's bucket and the jobs queue.
func (l *later) client(ctx context.Context, b layout.Batch) (context.Context, *submit.Client, error) {
	for what, code := range map[string]string{"exam code": b.ExamCode, "batch id": b.BatchID} {
		if !jobs.ValidCode(code) {
			return ctx, nil, &usageError{fmt.Errorf("%s %q should match %s", what, code, jobs.CodePattern)}
		}
	}
	cfg, err := config.Load(l.envFile)
	if err != nil {
		return ctx, nil, err
	}
	if err := config.Need("AWS_REGION", "S3_BUCKET", "SQS_QUEUE_URL"); err != nil {
		return ctx, nil, err
	}
	ctx = credentials.ForExam(ctx, b.ExamCode)
	store, aws, err := connect(ctx, cfg)
	if err != nil {
		return ctx, nil, err
	}
	return ctx, &submit.Client{Store: store, Jobs: queue.NewSender(awssqs.Open(awsclient.SQS(aws), cfg.JobsURL))}, nil
}

// print says that a message is on the queue, and what that does to the batch.
func (l *later) print(out io.Writer, m jobs.Message, b layout.Batch, does string) error {
	if l.json {
		return json.NewEncoder(out).Encode(m)
	}
	_, err := fmt.Fprintf(out, "on the queue: batch %s of exam %s %s\n", b.BatchID, b.ExamCode, does)
	return err
}

// solvedAgain is what a verdict or another roster does.
const solvedAgain = "is solved again, and what changes is sent with a higher version"

// say puts a message on the queue that is of a batch as a whole.
func (l *later) say(cmd *cobra.Command, b layout.Batch, m jobs.Message, does string) error {
	ctx, client, err := l.client(cmd.Context(), b)
	if err != nil {
		return err
	}
	if _, err := jobs.Encode(m); err != nil {
		return &usageError{err}
	}
	if _, err := client.Store.Head(ctx, b.Job()); err != nil {
		return fmt.Errorf("there is no such batch: %w", err)
	}
	if err := client.Send(ctx, m); err != nil {
		return err
	}
	return l.print(cmd.OutOrStdout(), m, b, does)
}

func newResolve() *cobra.Command {
	var l later
	var page int
	in := &jobs.Resolve{}
	cmd := &cobra.Command{
		Use: "resolve EXAM_CODE BATCH_ID SHEET", Short: "Say whose sheet it is", Args: exactly(3),
		Long: `Put a person's verdict on a sheet on the queue: --student names the student, or
--verdict says that there is none. SHEET is the sheet's id, or its file: the key in
S3, or the end of it, such as the file's name.`,
		Example: `  hakbeon resolve SaS_2017_Final 2017-12-18-a 001.jpg --student 32141837
  hakbeon resolve SaS_2017_Final 2017-12-18-a 9f86d081884c7d65 --verdict undo`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if (in.StudentID == "") == (in.Verdict == "") {
				return &usageError{errors.New("give either --student or --verdict")}
			}
			return runResolve(cmd, l, in, args, page)
		},
	}
	l.add(cmd)
	cmd.Flags().StringVar(&in.StudentID, "student", "", "the `ID` of the student whose sheet it is")
	cmd.Flags().StringVar(&in.Verdict, "verdict", "", "not_on_roster, unreadable, or undo, which takes the `WORD` before back")
	cmd.Flags().StringVar(&in.By, "by", "", "the `NAME` of the person who says so, shown beside the result")
	cmd.Flags().IntVar(&page, "page", 1, "the sheet's first page in its file, where SHEET is a file")
	return cmd
}

// sheetID is how sheets are named by us.
var sheetID = regexp.MustCompile(jobs.SheetPattern)

func runResolve(cmd *cobra.Command, l later, in *jobs.Resolve, args []string, page int) error {
	b := layout.Batch{ExamCode: args[0], BatchID: args[1]}
	in.ExamCode, in.BatchID, in.Sheet = b.ExamCode, b.BatchID, args[2]
	ctx, client, err := l.client(cmd.Context(), b)
	if err != nil {
		return err
	}
	if !sheetID.MatchString(in.Sheet) {
		if in.Sheet, err = client.Sheet(ctx, b, args[2], page); err != nil {
			return err
		}
	}
	if _, err := jobs.Encode(in); err != nil {
		return &usageError{err}
	}
	if _, err := client.Store.Head(ctx, b.Result(in.Sheet)); err != nil {
		return fmt.Errorf("the batch has no result of this sheet (yet): %w", err)
	}
	if err := client.Send(ctx, in); err != nil {
		return err
	}
	return l.print(cmd.OutOrStdout(), in, b, solvedAgain)
}

func newRematch() *cobra.Command {
	var l later
	cmd := &cobra.Command{
		Use: "rematch EXAM_CODE BATCH_ID", Short: "Match a batch against the roster as it is now", Args: exactly(2),
		Long: `Have a batch's stored readings matched against the roster that lies in S3 now,
without reading an image again. What people have said of its sheets stays.`,
		Example: "  hakbeon rematch SaS_2017_Final 2017-12-18-a",
		RunE: func(cmd *cobra.Command, args []string) error {
			b := layout.Batch{ExamCode: args[0], BatchID: args[1]}
			return l.say(cmd, b, &jobs.Rematch{ExamCode: b.ExamCode, BatchID: b.BatchID}, solvedAgain)
		},
	}
	l.add(cmd)
	return cmd
}

func newClose() *cobra.Command {
	var l later
	cmd := &cobra.Command{
		Use: "close EXAM_CODE BATCH_ID", Short: "Say that an open batch has all of its sheets", Args: exactly(2),
		Long: `End an open batch: what has come is read and decided, and nothing more is waited for.
A batch that nobody closes ends by itself, BATCH_IDLE after its last sheet.`,
		Example: "  hakbeon close SaS_2017_Final scanner-3",
		RunE: func(cmd *cobra.Command, args []string) error {
			b := layout.Batch{ExamCode: args[0], BatchID: args[1]}
			return l.say(cmd, b, &jobs.Close{ExamCode: b.ExamCode, BatchID: b.BatchID}, "ends when all that has come is read")
		},
	}
	l.add(cmd)
	return cmd
}

func newCancel() *cobra.Command {
	var l later
	var by string
	cmd := &cobra.Command{
		Use: "cancel EXAM_CODE BATCH_ID", Short: "End a batch without the sheets that have not been read", Args: exactly(2),
		Long: `End a batch at once, as when the wrong files were sent: sheets that have not been
read are failed with the reason "cancelled", those that have keep their results. One
that has ended stays as it is.`,
		Example: "  hakbeon cancel SaS_2017_Final 2017-12-18-a",
		RunE: func(cmd *cobra.Command, args []string) error {
			b := layout.Batch{ExamCode: args[0], BatchID: args[1]}
			return l.say(cmd, b, &jobs.Cancel{ExamCode: b.ExamCode, BatchID: b.BatchID, By: by}, "ends without what has not been read, unless it has ended")
		},
	}
	l.add(cmd)
	cmd.Flags().StringVar(&by, "by", "", "the `NAME` of the person who wants it so, shown beside the batch's end")
	return cmd
}
