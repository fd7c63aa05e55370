package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"hakbeon/internal/config"
	"hakbeon/internal/report"
	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/recognizer/detail"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/roster"
)

type recognizeFlags struct {
	envFile, roster, report string
	pages                   jobs.PageCount
	json                    bool
}

func newRecognize() *cobra.Command {
	var f recognizeFlags
	cmd := &cobra.Command{
		Use: "recognize PATH... --roster FILE", Short: "Read sheets from files, without AWS", Args: atLeast(1),
		Long: `Read the student IDs off answer sheets (files, or folders of them) and match them
against the roster, all sheets together as at a batch's end. Nothing leaves this
machine. With --json, one JSON object a line: file, page, status, reason,
student_id (null unless accepted), confidence, candidates, detail where there is
more to say of the reason, and pages where a sheet has several. What was left out of the roster, and files that were
passed over, are told on standard error. With --report, a
workbook too: the roster in its own order with each student's sheet and its crop,
and the sheets that a person has to look at.`,
		Example: `  hakbeon recognize scans/ --roster roster.xlsx --report report.xlsx
  hakbeon recognize 001.jpg --roster roster.xlsx --json | jq .student_id`,
		RunE: func(cmd *cobra.Command, args []string) error { return runRecognize(cmd, f, args) },
	}
	envFileFlag(cmd, &f.envFile)
	cmd.Flags().StringVar(&f.roster, "roster", "", "the exam's roster, an xlsx, xls or csv `FILE` (required)")
	cmd.Flags().StringVar(&f.report, "report", "", "write the report for graders to `FILE`, an xlsx file")
	cmd.Flags().Var(&f.pages, "pages-per-sheet", "pages of a file that make one sheet, or auto: as what they show says (default 1)")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON object a line")
	return cmd
}

// recognized is what is said of one page.
type recognized struct {
	File       string                 `json:"file"`
	Page       int                    `json:"page"`
	Pages      []int                  `json:"pages,omitempty"` // of a file, that make the sheet
	Status     string                 `json:"status"`
	Reason     string                 `json:"reason"`
	Detail     *detail.Detail         `json:"detail,omitempty"`
	StudentID  *string                `json:"student_id"`
	Confidence float64                `json:"confidence"`
	Candidates []recognizer.Candidate `json:"candidates"`
	// Name is what the name beside the number says of the first candidate.
	Name string `json:"name,omitempty"`

	reading *recognizer.Reading
	sketch  recognizer.Sketch
	paper   *recognizer.Paper // nil where each page is a sheet
	picture []byte            // of the ID, small
}

func runRecognize(cmd *cobra.Command, f recognizeFlags, args []string) error {
	if f.roster == "" {
		return &usageError{errors.New("--roster is required: name the exam's roster, an xlsx, xls or csv file")}
	}
	cfg, err := config.Load(f.envFile)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(f.roster)
	if err != nil {
		return fmt.Errorf("read the roster: %w", err)
	}
	students, err := roster.Read(data, roster.Limits{})
	if err != nil {
		return errors.New(roster.Explain(err))
	}
	files, passed, err := sheetFiles(args)
	if err != nil {
		return err
	}
	tellPassed(cmd.ErrOrStderr(), passed)
	reader, err := openReader(cfg)
	if err != nil {
		return fmt.Errorf("load the reader: %w", err)
	}
	defer reader.Close()
	params := recognizer.DefaultParams()
	params.Accept, params.NoAttendance = cfg.Accept, cfg.NoAttendance
	read := &fileReader{
		reader: reader, students: students, params: params, pictures: f.report != "", sketches: severalPages(f.pages),
		names: !cfg.NoNames && students.HasNames(), letters: students.HasLetters(),
	}
	if read.decoder.Command, read.decoder.CacheDir, _, err = decoderSettings(); err != nil {
		return err
	}
	pages, err := read.all(cmd.Context(), files, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	pages, uneven := dividePages(pages, students, f.pages, params)
	solution, students := solvePages(pages, students, params)
	tellNotes(cmd.ErrOrStderr(), f.roster, students)
	if f.report != "" {
		if err := writeReport(f.report, f.roster, students, pages, solution, uneven); err != nil {
			return err
		}
	}
	tellAlarms(cmd.ErrOrStderr(), &solution, uneven, f.roster)
	if f.json {
		return printJSON(cmd.OutOrStdout(), pages)
	}
	if err := printTable(cmd.OutOrStdout(), pages); err != nil {
		return err
	}
	return printTotals(cmd.OutOrStdout(), pages, students)
}

// tellAlarms warns of what a batch says about its roster and its pages.
func tellAlarms(to io.Writer, solution *recognizer.Solution, uneven bool, rosterFile string) {
	if solution.NamesDisagree {
		fmt.Fprintln(to, "Most sheets have other names than the roster: is its column of names right? Numbers alone decided.")
	}
	if solution.AttendanceDisagrees {
		fmt.Fprintln(to, "Too many sheets are of students whom the roster marks as absent: is that column this exam's? It was left out.")
	}
	if solution.RosterMismatch {
		fmt.Fprintln(to, "warning: most sheets fit no student, so none is accepted: is "+rosterFile+" this exam's roster?")
	}
	if uneven {
		fmt.Fprintln(to, "warning: pages of a file don't come out even, or whose a page is isn't certain: look at the originals")
	}
}

// mostAbsent is how many students without a sheet are named.
const mostAbsent = 20

// printTotals adds up what was read, and names the students without a sheet.
func printTotals(out io.Writer, pages []recognized, students *roster.Roster) error {
	counts := map[string]int{}
	present := map[string]bool{}
	for _, p := range pages {
		counts[p.Status]++
		if p.StudentID != nil {
			present[*p.StudentID] = true
		}
	}
	var absent []string
	for _, st := range students.Students {
		if !present[st.ID] {
			absent = append(absent, st.ID)
		}
	}
	named := strings.Join(absent[:min(len(absent), mostAbsent)], " ")
	if more := len(absent) - mostAbsent; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	_, err := fmt.Fprintf(out, "\nsheets    %d: %d matched, %d to review, %d failed\nstudents  %d: %d with a sheet, %d without\n",
		len(pages), counts["matched"], counts["needs_review"], counts["failed"], len(students.Students), len(students.Students)-len(absent), len(absent))
	if err == nil && len(absent) > 0 {
		_, err = fmt.Fprintf(out, "without   %s\n", named)
	}
	return err
}

// fileReader reads sheets from files.
type fileReader struct {
	reader   *recognizer.Reader
	decoder  imagefile.Decoder
	students *roster.Roster
	params   recognizer.Params
	pictures bool // of the IDs, for a report
	sketches bool // of the pages, to divide files
	names    bool // are read, for the roster has some
	letters  bool // of IDs are told apart, for the same reason
}

func (r *fileReader) all(ctx context.Context, files []string, progress io.Writer) ([]recognized, error) {
	bar := newBar(progress, len(files), "read")
	defer bar.Finish() //nolint:errcheck // a progress bar
	defer r.decoder.Close()
	byFile := make([][]recognized, len(files))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, file := range files {
		group.Go(func() (err error) {
			byFile[i], err = r.file(ctx, file)
			bar.Add(1) //nolint:errcheck // a progress bar
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(byFile...), nil
}

// file reads all pages of a file. A file that can't be read is one failed
// page; only an end of the context is an error.
func (r *fileReader) file(ctx context.Context, path string) ([]recognized, error) {
	failed := func(page int, err error) recognized {
		reason := "image_unreadable"
		if errors.Is(err, imagefile.ErrTooLarge) {
			reason = "image_too_large"
		}
		why := imagefile.Detail(err)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			why = detail.Detail{EN: "The file is not there or may not be read.", KO: "파일이 없거나 읽을 수 없습니다."}
		}
		return recognized{File: path, Page: page, Status: "failed", Reason: reason, Detail: &why, Candidates: []recognizer.Candidate{}}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return []recognized{failed(1, err)}, nil
	}
	file, err := r.decoder.Open(data, imagefile.Limits{})
	if err != nil {
		return []recognized{failed(1, err)}, nil
	}
	defer file.Close()
	var pages []recognized
	for i := range file.Pages() {
		img, err := file.Page(i)
		if err != nil {
			pages = append(pages, failed(i+1, err))
			continue
		}
		page, err := r.page(ctx, img)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		page.File, page.Page = path, i+1
		pages = append(pages, page)
	}
	return pages, nil
}

func (r *fileReader) page(ctx context.Context, img image.Image) (recognized, error) {
	reading, err := r.reader.Read(ctx, img)
	if err == nil && r.letters {
		err = r.reader.ReadLetters(ctx, img, reading)
	}
	if err == nil && r.names {
		err = r.reader.ReadNames(ctx, img, reading)
	}
	if err != nil {
		return recognized{}, err
	}
	out := recognized{reading: reading}
	if r.sketches {
		out.sketch = recognizer.SketchOf(img)
	}
	if r.pictures {
		out.picture, err = report.Thumbnail(reading.Header(img, recognizer.Decide(reading, r.students, r.params).Line))
	}
	return out, err
}

// solvePages decides all pages together and reports how that came out, and which of
// the roster's columns was used.
func solvePages(pages []recognized, students *roster.Roster, params recognizer.Params) (recognizer.Solution, *roster.Roster) {
	readings := make([]*recognizer.Reading, len(pages))
	for i := range pages {
		readings[i] = pages[i].reading
	}
	solution, used := recognizer.SolveAny(readings, students, params)
	for i, d := range solution.Decisions {
		p := &pages[i]
		if p.reading == nil {
			continue
		}
		if p.paper != nil {
			d = recognizer.WithinPaper(d, p.paper.Confidence, params)
		}
		p.Status, p.Reason, p.Confidence, p.Candidates = string(d.Status), string(d.Reason), d.Confidence, d.Candidates
		p.Name = string(d.Name)
		if d.Status == recognizer.Matched {
			p.StudentID = &d.StudentID
		}
	}
	return solution, used
}

// tellNotes says what a person should know of how the roster was read: on this
// machine that shows the cells.
func tellNotes(out io.Writer, file string, students *roster.Roster) {
	notes := students.Notes()
	for _, d := range notes.Sentences() {
		fmt.Fprintf(out, "roster %s: %s\n", file, d.EN)
	}
	for _, s := range notes.Rows {
		where := s.Cell
		if where == "" {
			where = fmt.Sprintf("row %d", s.Row)
		}
		if s.Sheet != "" {
			where += fmt.Sprintf(" of sheet %q", s.Sheet)
		}
		fmt.Fprintf(out, "  %s: %q: %s\n", where, s.Value, s.Reason)
	}
	if more := notes.LeftOut - len(notes.Rows); more > 0 {
		fmt.Fprintf(out, "  and %d more rows\n", more)
	}
}

func printJSON(out io.Writer, pages []recognized) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, p := range pages {
		if err := enc.Encode(p); err != nil {
			return err
		}
	}
	return nil
}

func printTable(out io.Writer, pages []recognized) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FILE\tPAGE\tSTATUS\tSTUDENT\tCONFIDENCE\tREASON\tDETAIL")
	for _, p := range pages {
		student := "-"
		if p.StudentID != nil {
			student = *p.StudentID
		} else if len(p.Candidates) > 0 {
			student = p.Candidates[0].StudentID + "?"
		}
		why := ""
		if p.Detail != nil {
			why = p.Detail.EN
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%.4f\t%s\t%s\n", p.File, p.Page, p.Status, student, p.Confidence, p.Reason, why)
	}
	return w.Flush()
}
