package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/config"
	"hakbeon/internal/deadletters"
)

func newDLQ() *cobra.Command {
	cmd := &cobra.Command{
		Use: "dlq", Short: "Look at what ended in the dead-letter queue, and bring it back", Args: none(),
		Long: `Look at the dead-letter queue and bring back what lies there. Bodies are printed
only if asked for. While a command looks, the messages are hidden from others;
at its end all of them are visible again.`,
		RunE: func(*cobra.Command, []string) error {
			return &usageError{errors.New("say what to do: list, show, redrive or replay")}
		},
	}
	cmd.AddCommand(newDLQList(), newDLQShow(), newDLQRedrive(), newDLQReplay())
	return cmd
}

// dlqFlags are those of the commands that look at the queue.
type dlqFlags struct {
	envFile      string
	filter       deadletters.Filter
	since, until string
	json         bool
}

func (f *dlqFlags) add(cmd *cobra.Command) {
	envFileFlag(cmd, &f.envFile)
	flags := cmd.Flags()
	flags.StringVar(&f.filter.ExamCode, "exam", "", "only those of the exam `CODE`")
	flags.StringVar(&f.filter.BatchID, "batch", "", "only those of the batch `ID`")
	flags.StringVar(&f.filter.Kind, "kind", "", "only those of a `KIND`: "+strings.Join(deadletters.Kinds(), ", "))
	timeFlags(cmd, &f.since, &f.until, "that came")
	flags.IntVar(&f.filter.Limit, "limit", deadletters.DefaultLimit, "look at `N` messages at most")
	flags.BoolVar(&f.json, "json", false, "print JSON")
}

func timeFlags(cmd *cobra.Command, since, until *string, what string) {
	cmd.Flags().StringVar(since, "since", "", "only those "+what+" at or after `TIME`: 2h (ago), 2017-12-18 or 2017-12-18T09:00:00+09:00")
	cmd.Flags().StringVar(until, "until", "", "only those "+what+" before `TIME`")
}

// open reads the settings and the flags.
func (f *dlqFlags) open(ctx context.Context, need ...string) (config.Config, *deadletters.Box, error) {
	var err error
	if f.filter.Since, f.filter.Until, err = period(f.since, f.until); err != nil {
		return config.Config{}, nil, err
	}
	if err := f.filter.Check(); err != nil {
		return config.Config{}, nil, &usageError{err}
	}
	cfg, err := config.Load(f.envFile)
	if err != nil {
		return cfg, nil, err
	}
	if err := config.Need(append([]string{"AWS_REGION", "SQS_DLQ_URL"}, need...)...); err != nil {
		return cfg, nil, err
	}
	aws, err := awsclient.Load(ctx)
	if err != nil {
		return cfg, nil, err
	}
	return cfg, deadletters.New(awsclient.SQS(aws), cfg.DeadURL), nil
}

// period reads two times, "" being none.
func period(since, until string) (from, to time.Time, err error) {
	if from, err = moment("since", since); err != nil {
		return from, to, err
	}
	to, err = moment("until", until)
	return from, to, err
}

func moment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return time.Now().Add(-ago), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, &usageError{fmt.Errorf("--%s is %q: it should be a time ago such as 90m or 48h, a day (UTC) such as 2017-12-18, or 2017-12-18T09:00:00+09:00", flag, text)}
}

func newDLQList() *cobra.Command {
	var f dlqFlags
	cmd := &cobra.Command{
		Use: "list", Short: "List dead letters", Args: none(),
		Example: "  hakbeon dlq list --exam SaS_2017_Final --since 24h",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, box, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			found, err := box.List(cmd.Context(), f.filter)
			if found == nil {
				return err
			}
			printErr := printLetters(cmd.OutOrStdout(), found.Letters, f.json)
			remark(cmd.ErrOrStderr(), found)
			return errors.Join(err, printErr)
		},
	}
	f.add(cmd)
	return cmd
}

func printLetters(out io.Writer, letters []deadletters.Letter, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(out)
		for _, l := range letters {
			if err := enc.Encode(l); err != nil {
				return err
			}
		}
		return nil
	}
	if len(letters) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tTIME\tKIND\tEXAM\tBATCH\tSHEET\tFROM\tREASON")
	for _, l := range letters {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, l.At.Format(time.RFC3339), l.Kind,
			dash(l.ExamCode), dash(l.BatchID), dash(l.Sheet), dash(l.Source), dash(short(l.Reason)))
	}
	return table.Flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// short is a reason's start: 'show' has all of it.
func short(s string) string {
	const most = 100
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// remark says how much of the queue was seen.
func remark(out io.Writer, f *deadletters.Found) {
	fmt.Fprintf(out, "%d of %d dead letters\n", len(f.Letters), f.Looked)
	switch {
	case f.Cut:
		fmt.Fprintf(out, "only %d messages were looked at: raise --limit to see more\n", f.Looked)
	case f.Queued > f.Looked && f.Looked > len(f.Letters):
		fmt.Fprintf(out, "the queue holds about %d: others look at some of them now, or it is a FIFO queue, which shows only the first few of an exam\n", f.Queued)
	}
}

func newDLQShow() *cobra.Command {
	var envFile string
	var asJSON, body bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show one dead letter", Args: usage(cobra.ExactArgs(1)),
		Long: "Show one dead letter. Its body, which may name students' files, only with --body.",
		RunE: func(cmd *cobra.Command, args []string) error {
			f := dlqFlags{envFile: envFile, filter: deadletters.Filter{IDs: args, Bodies: body}}
			_, box, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			found, err := box.List(cmd.Context(), f.filter)
			if err != nil {
				return err
			}
			if len(found.Letters) == 0 {
				return fmt.Errorf("no message %q among the %d that the dead-letter queue shows now", args[0], found.Looked)
			}
			return printLetter(cmd.OutOrStdout(), found.Letters[0], asJSON)
		},
	}
	envFileFlag(cmd, &envFile)
	cmd.Flags().BoolVar(&body, "body", false, "print the message's body too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printLetter(out io.Writer, l deadletters.Letter, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(l)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"id", l.ID}, {"time", l.At.Format(time.RFC3339)}, {"kind", l.Kind}, {"exam", l.ExamCode}, {"batch", l.BatchID},
		{"sheet", l.Sheet}, {"from", l.Source}, {"reason", l.Reason}, {"bytes", strconv.Itoa(l.Bytes)},
	} {
		fmt.Fprintf(table, "%s\t%s\n", line[0], dash(line[1]))
	}
	table.Flush()
	if l.Body != "" {
		fmt.Fprintf(out, "body (quoted)\n%q\n", l.Body)
	}
	return nil
}
