package main

import (
	"github.com/spf13/cobra"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "hakbeon",
		Short: "Read the handwritten student IDs off the answer sheets of an exam",
		Long: `hakbeon (학번, "student number") reads the handwritten student ID off every
answer sheet of an exam, finds the student on the exam's roster, files the sheet
in S3 under that student, and tells the backend by a signed webhook.

Exit codes: 0 done, 1 failed, 2 called wrongly. A worker that was asked to end and
has drained exits with 0.

Completion: source <(hakbeon completion bash); see 'hakbeon help completion'.`,
		Example: `  hakbeon demo                                                    an exam from end to end
  hakbeon recognize scans/ --roster roster.xlsx --report r.xlsx   without AWS
  hakbeon doctor && hakbeon worker                                as a service
  hakbeon submit SaS_2017_Final scans/ --roster roster.xlsx --wait`,
		Args:          none(),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(newDemo(), newLocal(), newWorker(), newWeb(), newRecognize(), newSubmit(), newResolve(), newRematch(), newClose(), newCancel(), newInvite(), newExport(), newDoctor(), newDLQ(), newWebhook(), newVersion(), newDecoder(), newCompile())
	return root
}

// atLeast is cobra.MinimumNArgs with an error that counts as a wrong call.
func atLeast(n int) cobra.PositionalArgs { return usage(cobra.MinimumNArgs(n)) }

// exactly is cobra.ExactArgs with an error that counts as a wrong call.
func exactly(n int) cobra.PositionalArgs { return usage(cobra.ExactArgs(n)) }

// none is cobra.NoArgs with an error that counts as a wrong call.
func none() cobra.PositionalArgs { return usage(cobra.NoArgs) }

func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &usageError{err}
		}
		return nil
	}
}

// envFileFlag adds the flag that names the file of settings to read: see config.Load.
func envFileFlag(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "env-file", "",
		"read settings from `FILE` where the environment says nothing; a .env of the working folder only if it is named here")
}
