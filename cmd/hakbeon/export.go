package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"hakbeon/internal/config"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
	"hakbeon/web/export"
)

type exportFlags struct {
	envFile, to string
	request     export.Request
}

func newExport() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use: "export EXAM_CODE", Short: "Get an exam's papers as a ZIP, by student", Args: exactly(1),
		Long: `Write a ZIP with a folder of each student's pages, the report, and students.csv: the
roster's own columns and what came of each student. What is not settled lies apart. It is
of the batch's last end. An export that fails leaves no file.`,
		Example: `  hakbeon export SaS_2017_Final
  hakbeon export SaS_2017_Final --batch 2017-12-18-a --to final.zip --pdf --pattern "{name} ({student_id})"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.request.Batch.ExamCode = args[0]
			return runExport(cmd, f)
		},
	}
	envFileFlag(cmd, &f.envFile)
	flags := cmd.Flags()
	flags.StringVar(&f.request.Batch.BatchID, "batch", "", "the batch's `ID` (default: the exam's newest)")
	flags.StringVar(&f.to, "to", "", "write to `FILE` (default: called after exam, batch and version)")
	flags.BoolVar(&f.request.PDF, "pdf", false, "one PDF for each student in place of a folder")
	flags.StringVar(&f.request.Pattern, "pattern", export.DefaultPattern, "call a student's folder by this `TEXT` with {student_id}, {name}, {department}, {exam_code}, {batch_id}")
	flags.StringVar(&f.request.Language, "lang", "en", "ko or en, `WHICH` lists and names of files are in")
	return cmd
}

// checkExport says what is wrong with the call.
func checkExport(q export.Request) error {
	_, err := export.ParsePattern(q.Pattern)
	switch {
	case err != nil:
		return &usageError{err}
	case q.Language != "ko" && q.Language != "en":
		return &usageError{errors.New("--lang should be ko or en")}
	case !jobs.ValidCode(q.Batch.ExamCode), q.Batch.BatchID != "" && !jobs.ValidCode(q.Batch.BatchID):
		return &usageError{fmt.Errorf("exam code and batch id should match %s", jobs.CodePattern)}
	}
	return nil
}

func runExport(cmd *cobra.Command, f exportFlags) error {
	q := &f.request
	if err := checkExport(*q); err != nil {
		return err
	}
	cfg, err := config.Load(f.envFile)
	if err != nil {
		return err
	}
	if err := config.Need("AWS_REGION", "S3_BUCKET"); err != nil {
		return err
	}
	ctx := credentials.ForExam(cmd.Context(), q.Batch.ExamCode)
	store, _, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	if q.Batch.BatchID, err = newest(ctx, store, q.Batch); err != nil {
		return err
	}
	x, err := export.New(export.Options{Store: store}).Open(ctx, *q)
	if errors.Is(err, s3store.ErrNotFound) {
		return fmt.Errorf("there is no such batch, or a record of it is missing: %w", err)
	}
	if err != nil {
		return err
	}
	defer x.Close()
	if f.to == "" {
		f.to = x.Name("papers.zip")
	}
	if err := writeExport(ctx, x, f.to); err != nil {
		return fmt.Errorf("export batch %s: %w", q.Batch.BatchID, err)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "papers    %s (batch %s, version %d)\n", f.to, q.Batch.BatchID, x.Epoch())
	return err
}

// newest is the batch that was asked for, or the newest of the exam's first 200.
func newest(ctx context.Context, store *s3store.Store, b layout.Batch) (string, error) {
	if b.BatchID != "" {
		return b.BatchID, nil
	}
	all, err := batch.NewExams(store).Batches(ctx, b.ExamCode)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", fmt.Errorf("exam %s has no batch yet", b.ExamCode)
	}
	return all[0].BatchID, nil
}

// writeExport writes the file under another name until it is whole.
func writeExport(ctx context.Context, x *export.Export, to string) (err error) {
	file, err := os.CreateTemp(filepath.Dir(to), ".hakbeon-export-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := errors.Join(x.WriteZip(ctx, file), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), to)
}
