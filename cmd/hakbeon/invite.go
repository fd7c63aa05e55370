package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"hakbeon/internal/config"
	"hakbeon/web/people"
)

func newInvite() *cobra.Command {
	var envFile, role, until, address string
	var p people.Person
	cmd := &cobra.Command{
		Use: "invite", Short: "Make a link that lets a person use the page for graders", Args: none(),
		Long: `Make a link that lets a person use the page for graders: it names the person, what
they may do and until when, and is signed with SESSION_SECRET. Whoever has the link is
that person, so send it to nobody else. A grader sees and settles the sheets of the
exams that are named, and no others; a manager has all exams.`,
		Example: `  hakbeon invite --name 김조교 --exams SaS_2017_Mid,SaS_2017_Final --until 2027-01-31 --url https://grading.example.com
  hakbeon invite --name 이교수 --role manager --until 2027-12-31
  hakbeon invite list
  hakbeon invite revoke abcdefghij234567`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.Role = people.Role(role)
			return runInvite(cmd, envFile, p, until, address)
		},
	}
	cmd.PersistentFlags().StringVar(&envFile, "env-file", "", "read settings from `FILE` where the environment says nothing")
	cmd.Flags().StringVar(&p.Name, "name", "", "the person's `NAME`, as others see it")
	cmd.Flags().StringSliceVar(&p.Exams, "exams", nil, "a grader's exams: their `CODES`, separated by commas")
	cmd.Flags().StringVar(&role, "role", string(people.Grader), "`grader` or manager")
	cmd.Flags().StringVar(&until, "until", "", "the last `DAY` on which the link works: 2027-01-31")
	cmd.Flags().StringVar(&address, "url", "", "the server's `ADDRESS` as people see it; without it the link is a path")
	cmd.AddCommand(newInviteList(&envFile), newInviteRevoke(&envFile))
	return cmd
}

func runInvite(cmd *cobra.Command, envFile string, p people.Person, until, address string) error {
	base, err := baseOf(address)
	if err != nil {
		return &usageError{err}
	}
	day, err := time.ParseInLocation(time.DateOnly, until, time.Local)
	if err != nil {
		return &usageError{errors.New("--until should be a day such as 2027-01-31")}
	}
	p.Until = day.AddDate(0, 0, 1)
	if _, err := people.Invite(p, time.Now()); err != nil {
		return &usageError{err} // before S3 is asked for anything
	}
	book, err := openBook(cmd.Context(), envFile)
	if err != nil {
		return err
	}
	invitation, token, err := book.Invite(cmd.Context(), p, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "invitation %s of %s; to end it before its time: hakbeon invite revoke %s\n", invitation.ID, p.Name, invitation.ID)
	_, err = fmt.Fprintln(cmd.OutOrStdout(), base+"/review/invite/"+token)
	return err
}

// baseOf is a server's address without a slash at its end.
func baseOf(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return "", errors.New("--url should be like https://grading.example.com")
	}
	return strings.TrimSuffix(address, "/"), nil
}

// openBook connects to the bucket that knows the invitations.
func openBook(ctx context.Context, envFile string) (people.Book, error) {
	cfg, err := config.Load(envFile)
	if err != nil {
		return people.Book{}, err
	}
	if err := config.Need("AWS_REGION", "S3_BUCKET", "SESSION_SECRET"); err != nil {
		return people.Book{}, err
	}
	secrets, err := people.ParseSecrets(cfg.SessionSecret)
	if err != nil {
		return people.Book{}, fmt.Errorf("SESSION_SECRET: %w", err)
	}
	store, _, err := connect(ctx, cfg)
	return people.Book{Records: store, Secrets: secrets}, err
}

func newInviteList(envFile *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "Show the invitations that were made", Args: none(),
		Long: "Show the invitations that were made, each with its person and state. Links are not kept anywhere.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			book, err := openBook(cmd.Context(), *envFile)
			if err != nil {
				return err
			}
			all, err := book.List(cmd.Context(), time.Now())
			if err != nil {
				return err
			}
			return printInvitations(cmd.OutOrStdout(), all, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, an invitation a line")
	return cmd
}

func printInvitations(to io.Writer, all []people.Listed, asJSON bool) error {
	out := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, l := range all {
		var err error
		if asJSON {
			err = json.NewEncoder(to).Encode(l)
		} else {
			_, err = fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, l.State, l.Person.Until.Format(time.DateOnly), l.Person.Role, l.Person.Name, strings.Join(l.Person.Exams, ","))
		}
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

func newInviteRevoke(envFile *string) *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID...", Short: "End invitations, and the sessions that they opened", Args: atLeast(1),
		Long:    "End invitations: their links open nothing any more, and the sessions that they opened end within a minute.",
		Example: "  hakbeon invite revoke abcdefghij234567",
		RunE: func(cmd *cobra.Command, ids []string) error {
			for _, id := range ids {
				if !people.ValidID(id) {
					return &usageError{fmt.Errorf("%q is no invitation's id: hakbeon invite list shows them", id)}
				}
			}
			book, err := openBook(cmd.Context(), *envFile)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if err := book.Revoke(cmd.Context(), id, "", time.Now()); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "invitation %s is revoked\n", id)
			}
			return nil
		},
	}
}
