package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/config"
	"hakbeon/internal/deadletters"
	"hakbeon/jobs"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// sure are the flags of the commands that change something.
type sure struct{ yes, dry bool }

func (s *sure) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.dry, "dry-run", false, "only say what would be done")
	cmd.Flags().BoolVar(&s.yes, "yes", false, "don't ask")
}

// ask has a person confirm. Without a terminal nobody can be asked.
func (s *sure) ask(ctx context.Context, in io.Reader, out io.Writer, question string) error {
	if s.yes {
		return nil
	}
	if f, ok := in.(*os.File); !ok || !isatty.IsTerminal(f.Fd()) {
		return &usageError{errors.New(question + " Say so by --yes: there is no terminal to ask on")}
	}
	fmt.Fprintf(out, "%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(in).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case a := <-answer:
		if a == "y" || a == "yes" {
			return nil
		}
		return errors.New("nothing was done")
	case <-ctx.Done():
		return errors.New("nothing was done")
	}
}

func newDLQRedrive() *cobra.Command {
	var f dlqFlags
	var s sure
	var all bool
	cmd := &cobra.Command{
		Use: "redrive [ID...]", Short: "Send dead letters back to the queues they came from", Args: cobra.ArbitraryArgs,
		Long: `Send dead letters back to the queues they came from, and take them off the
dead-letter queue. Name them by ID or by flags, or say --all. First mend what
brought them there. A webhook begins its three days anew. A person's verdict
(resolve) counts as given now.`,
		Example: "  hakbeon dlq redrive --kind delivery --exam SaS_2017_Final --dry-run",
		RunE: func(cmd *cobra.Command, args []string) error {
			f.filter.IDs = args
			return runRedrive(cmd, &f, &s, all)
		},
	}
	f.add(cmd)
	s.add(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "all of them")
	return cmd
}

func runRedrive(cmd *cobra.Command, f *dlqFlags, s *sure, all bool) error {
	cfg, box, err := f.open(cmd.Context(), "SQS_QUEUE_URL", "SQS_WORK_QUEUE_URL", "SQS_CALLBACK_QUEUE_URL")
	if err != nil {
		return err
	}
	if f.filter.Narrow() == all {
		return &usageError{errors.New("name the messages by ID or by flags, or say --all, and not both")}
	}
	to := deadletters.Origins{Jobs: cfg.JobsURL, Work: cfg.WorkURL, Callbacks: cfg.CallbackURL}
	found, err := box.List(cmd.Context(), f.filter)
	if err != nil {
		return err
	}
	moves := to.Plan(found.Letters)
	if n := movable(moves); n > 0 && !s.dry {
		if err := s.ask(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), fmt.Sprintf("Send %d of %d dead letters back?", n, found.Looked)); err != nil {
			return err
		}
		// Just those that were seen: what comes meanwhile may be one of them that
		// failed again.
		moves, err = box.Redrive(cmd.Context(), deadletters.Filter{IDs: ids(moves), Limit: f.filter.Limit}, to)
	}
	printErr := printMoves(cmd.OutOrStdout(), moves, s.dry, f.json)
	remark(cmd.ErrOrStderr(), found)
	if kept := len(found.Letters) - movable(moves); err == nil && kept > 0 && !s.dry {
		err = fmt.Errorf("%d of %d were not sent back", kept, len(found.Letters))
	}
	return errors.Join(err, printErr)
}

func movable(moves []deadletters.Move) (n int) {
	for _, m := range moves {
		if m.Kept == "" {
			n++
		}
	}
	return n
}

func ids(moves []deadletters.Move) []string {
	list := make([]string, len(moves))
	for i, m := range moves {
		list[i] = m.ID
	}
	return list
}

func printMoves(out io.Writer, moves []deadletters.Move, dry, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(map[string]any{"dry_run": dry, "count": movable(moves), "letters": moves})
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, m := range moves {
		fate := "sent back to " + m.To
		switch {
		case m.Kept != "":
			fate = "kept: " + m.Kept
		case dry:
			fate = "would go back to " + m.To
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", m.ID, m.Kind, dash(m.ExamCode), fate)
	}
	return table.Flush()
}

func newDLQReplay() *cobra.Command {
	var envFile, since, until string
	var which deadletters.Results
	var s sure
	var asJSON, toQueue bool
	cmd := &cobra.Command{
		Use: "replay [EXAM_CODE]", Short: "Send the webhooks of stored results again", Args: usage(cobra.MaximumNArgs(1)),
		Long: `Queue the webhooks of an exam's results again, whether they are in the dead-letter
queue or not: for a receiver that lost what it had. Each webhook has the id and
the body that it always had, so a receiver that has it already can tell. Only
current versions are sent. With --queue they go to RESULT_QUEUE_URL instead.`,
		Example: "  hakbeon dlq replay SaS_2017_Final --batch 2017-12-18-a\n  hakbeon dlq replay --since 48h",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			which.ExamCode = strings.Join(args, "")
			if toQueue {
				which.To = jobs.ToQueue
			}
			if which.Since, which.Until, err = period(since, until); err != nil {
				return err
			}
			return runReplay(cmd, envFile, which, &s, asJSON)
		},
	}
	envFileFlag(cmd, &envFile)
	s.add(cmd)
	cmd.Flags().StringVar(&which.BatchID, "batch", "", "only those of the batch `ID`")
	timeFlags(cmd, &since, &until, "whose result was written")
	cmd.Flags().BoolVar(&toQueue, "queue", false, "to the result queue in place of receivers")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func runReplay(cmd *cobra.Command, envFile string, which deadletters.Results, s *sure, asJSON bool) error {
	ctx := cmd.Context()
	if err := which.Check(); err != nil {
		return &usageError{err}
	}
	cfg, err := config.Load(envFile)
	if err != nil {
		return err
	}
	need := []string{"AWS_REGION", "S3_BUCKET", "SQS_CALLBACK_QUEUE_URL"}
	if which.To == jobs.ToQueue {
		need = append(need, "RESULT_QUEUE_URL")
	}
	if err := config.Need(need...); err != nil {
		return err
	}
	store, aws, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	deliveries, err := which.Deliveries(ctx, store)
	if err != nil {
		return err
	}
	if len(deliveries) > 0 && !s.dry {
		if err := s.ask(ctx, cmd.InOrStdin(), cmd.ErrOrStderr(), fmt.Sprintf("Send %d webhooks again?", len(deliveries))); err != nil {
			return err
		}
		if err := deadletters.Queue(ctx, queue.NewSender(awssqs.Open(awsclient.SQS(aws), cfg.CallbackURL)), deliveries); err != nil {
			return fmt.Errorf("some may be queued, and may be queued again: %w", err)
		}
	}
	return printReplay(cmd.OutOrStdout(), deliveries, s.dry, asJSON)
}

func printReplay(out io.Writer, deliveries []jobs.Delivery, dry, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(map[string]any{"dry_run": dry, "count": len(deliveries), "deliveries": replayed(deliveries)})
	}
	done := "queued"
	if dry {
		done = "would be queued"
	}
	_, err := fmt.Fprintf(out, "%d webhooks %s\n", len(deliveries), done)
	return err
}

// replayed are the deliveries' ids.
func replayed(deliveries []jobs.Delivery) []map[string]any {
	list := make([]map[string]any, len(deliveries))
	for i, d := range deliveries {
		list[i] = map[string]any{"exam_code": d.ExamCode, "batch_id": d.BatchID, "sheet": d.Sheet, "version": d.Version}
		if d.Rejected != "" {
			list[i]["rejected"] = d.Rejected
		}
	}
	return list
}
