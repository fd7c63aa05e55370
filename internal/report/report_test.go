package report_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"hakbeon/exam"
	"hakbeon/internal/report"
	"hakbeon/recognizer/roster"
)

func TestStudentsInTheRostersOwnOrderAndColumns(t *testing.T) {
	book := open(t, sample(t))
	rows := table(t, book, "Students 학생", 2)
	want := [][]string{
		{"번호", "학과", "학번", "이름", "상태 State", "확률 Probability", "파일 File", "쪽 Page", "학번 부분 ID crop"},
		{"1", "수학", "30000003", "다", "확정 accepted", "99.98%", "c.jpg", "1"},
		{"2", "물리", "30000001", "가", "사람이 확정 settled by a person", "", "a.pdf", "7"},
		{"3", "화학", "30000002", "나", "확인 필요에 있음 perhaps in review", "61.20%", "b.jpg", "1"},
		{"4", "수학", "30000004", "=라", "답안 없음 no sheet"},
		{"", "", "99999999", "", "명단 밖 학생으로 확정 not on the roster, named by a person", "", "d.jpg", "1"},
	}
	if !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("got\n%s\nwant\n%s", show(rows), show(want))
	}
	if formula, _ := book.GetCellFormula("Students 학생", "D7"); formula != "" {
		t.Errorf("a name became the formula %q", formula)
	}
}

func TestSheetsToReviewComeBeforeStrangersAndFailures(t *testing.T) {
	rows := table(t, open(t, sample(t)), "Review 확인 필요", 2)
	want := [][]string{
		{"b.jpg", "1", "확인 필요 to review", "비슷한 학생이 둘 between two students", "30000002", "나", "61.20%", "30000001", "가", "38.00%", "", "", "", "up/b.jpg"},
		{"s.jpg", "1", "명단에 없음 stranger", "명단에 없는 학번 ID of no student", "", "", "", "", "", "", "", "", "", "up/s.jpg"},
		{"x.jpg", "1", "실패 failed", "파일을 열 수 없음 file unreadable", "", "", "", "", "", "", "", "", "", "up/x.jpg"},
	}
	if got := rows[1:]; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got\n%s\nwant\n%s", show(got), show(want))
	}
}

func TestAPersonsWordIsSaidToBeOne(t *testing.T) {
	b := report.Batch{Exam: "e", Sheets: []report.Sheet{
		{File: "p.jpg", Status: "failed", Reason: "not_on_roster", ByPerson: true, By: "=김조교" + strings.Repeat("!", 50)},
		{File: "q.jpg", Status: "failed", Reason: "corrected", ByPerson: true},
	}}
	got := map[string]string{}
	for _, row := range table(t, open(t, b), "Review 확인 필요", 0) {
		if len(row) > 3 {
			got[row[0]] = row[2] + ", " + row[3]
		}
	}
	for file, want := range map[string]string{
		"p.jpg": "명단에 없음 stranger, 사람이 명단에 없다고 판단 not on the roster, said by a person (=김조교" + strings.Repeat("!", 36) + "…)",
		"q.jpg": "실패 failed, 사람이 읽을 수 없다고 판단 unreadable, said by a person",
	} {
		if got[file] != want {
			t.Errorf("%s: got %q, want %q", file, got[file], want)
		}
	}
}

func TestSeveralSheetsOfAStudentAreMarked(t *testing.T) {
	b := sample(t)
	b.Sheets = append(b.Sheets, report.Sheet{File: "e.jpg", Page: 1, Status: "matched", Reason: "corrected", ByPerson: true, By: "김조교", StudentID: "30000001"})
	got := map[string]string{}
	for _, row := range table(t, open(t, b), "Students 학생", 3) {
		if len(row) > 6 {
			got[row[6]] = row[4]
		}
	}
	for file, want := range map[string]string{
		"a.pdf": "사람이 확정 settled by a person (답안 1/2 sheet)",
		"e.jpg": "사람이 확정 settled by a person (김조교) (답안 2/2 sheet)",
		"c.jpg": "확정 accepted",
	} {
		if got[file] != want {
			t.Errorf("%s: got %q, want %q", file, got[file], want)
		}
	}
}

// The header's numbers are those of the rows under it: what a person has settled
// is not among what there is to review, and no filter takes it in.
func TestSettledSheetsStandApart(t *testing.T) {
	b := sample(t)
	b.Sheets = append([]report.Sheet{
		{File: "p.jpg", Page: 1, Source: "up/p.jpg", Status: "failed", Reason: "not_on_roster", ByPerson: true, Picture: crop(t, 5)},
		{File: "q.jpg", Page: 1, Source: "up/q.jpg", Status: "failed", Reason: "corrected", ByPerson: true},
	}, b.Sheets...)
	book := open(t, b)
	rows := table(t, book, "Review 확인 필요", 1)
	if want := "8 sheets: 3 accepted, 1 to review, 4 failed (2 settled by a person)."; !strings.Contains(rows[0][0], want) {
		t.Errorf("got %q, want %q", rows[0][0], want)
	}
	var got []string
	for _, row := range rows[2:] {
		got = append(got, append(row, "")[0])
	}
	want := []string{"b.jpg", "s.jpg", "x.jpg", "", "사람이 판단한 답안 2장 Settled by a person: 2", "p.jpg", "q.jpg"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, name := range book.GetDefinedName() {
		if name.Scope == "Review 확인 필요" && name.Name == "_xlnm._FilterDatabase" && !strings.HasSuffix(name.RefersTo, "$O$6") {
			t.Errorf("filters on %q", name.RefersTo)
		}
	}
	if pictures, err := book.GetPictures("Review 확인 필요", "O9"); err != nil || len(pictures) != 1 {
		t.Errorf("%d pictures, %v", len(pictures), err)
	}
}

// Every sheet and every student of the batch is in the workbook, a sheet with a
// student not in the list of those without.
func TestNothingIsMissing(t *testing.T) {
	b := sample(t)
	book := open(t, b)
	students, others := table(t, book, "Students 학생", 2), table(t, book, "Review 확인 필요", 2)
	for _, s := range b.Sheets {
		rows := others
		if s.Status == "matched" {
			rows = students
		}
		if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Contains(row, s.File) }) {
			t.Errorf("%s is nowhere", s.File)
		}
	}
	for _, st := range b.Roster.Students {
		if !slices.ContainsFunc(students, func(row []string) bool { return slices.Contains(row, st.ID) }) {
			t.Errorf("student %s is nowhere", st.ID)
		}
	}
}

func TestPicturesStandBesideTheirSheets(t *testing.T) {
	book := open(t, sample(t))
	for cell, there := range map[string]bool{"I4": true, "I5": true, "I7": false} {
		if pictures, err := book.GetPictures("Students 학생", cell); err != nil || (len(pictures) == 1) != there {
			t.Errorf("%s: %d pictures, %v", cell, len(pictures), err)
		}
	}
}

// A picture lies within its own cell, in its own size: no program stretches it,
// and it goes with its row.
func TestPicturesLieWithinTheirCells(t *testing.T) {
	b := sample(t)
	for i, size := range []image.Point{{2257, 599}, {480, 112}, {300, 900}, {2000, 10}} {
		picture, err := report.Thumbnail(image.NewGray(image.Rectangle{Max: size}))
		must(t, err)
		b.Sheets[i].Picture = picture
	}
	book := open(t, b)
	// Sheets have their drawings in the order in which they were written.
	for n, sheet := range []string{"Review 확인 필요", "Students 학생"} {
		column := len(table(t, book, sheet, 2)[0]) - 1
		var drawing struct {
			Anchors []struct {
				From corner `xml:"from"`
				To   corner `xml:"to"`
				Ext  struct {
					Width  int `xml:"cx,attr"`
					Height int `xml:"cy,attr"`
				} `xml:"pic>spPr>xfrm>ext"`
			} `xml:"twoCellAnchor"`
		}
		part, ok := book.Pkg.Load(fmt.Sprintf("xl/drawings/drawing%d.xml", n+1))
		if !ok {
			t.Fatalf("%s: no drawing", sheet)
		}
		must(t, xml.Unmarshal(part.([]byte), &drawing))
		if len(drawing.Anchors) < 2 {
			t.Errorf("%s: %d pictures", sheet, len(drawing.Anchors))
		}
		for _, a := range drawing.Anchors {
			name, err := excelize.ColumnNumberToName(column + 1)
			must(t, err)
			chars, err := book.GetColWidth(sheet, name)
			must(t, err)
			points, err := book.GetRowHeight(sheet, a.From.Row+1)
			must(t, err)
			// A character is 7 pixels of 9525 in the standard font, a point is 12700.
			width, height := int(chars*7)*9525, int(points*12700)
			if a.From.Column != column || a.To.Column != column || a.To.Row != a.From.Row {
				t.Errorf("%s: picture from %+v to %+v, want one cell of column %d", sheet, a.From, a.To, column)
			}
			if a.From.X < 0 || a.From.Y < 0 || a.To.X > width || a.To.Y > height {
				t.Errorf("%s: picture from %+v to %+v in a cell of %d x %d", sheet, a.From, a.To, width, height)
			}
			if a.To.X-a.From.X != a.Ext.Width || a.To.Y-a.From.Y != a.Ext.Height {
				t.Errorf("%s: picture of %+v stretched from %+v to %+v", sheet, a.Ext, a.From, a.To)
			}
		}
	}
}

// corner is where a picture begins or ends: a cell, and how far into it.
type corner struct {
	Column int `xml:"col"`
	X      int `xml:"colOff"`
	Row    int `xml:"row"`
	Y      int `xml:"rowOff"`
}

func TestFiltersFrozenHeaderAndPrint(t *testing.T) {
	b := sample(t)
	b.RosterMismatch = true // a line more above the header
	for sheet, last := range map[string]string{"Students 학생": "I9", "Review 확인 필요": "O7"} {
		book := open(t, b)
		panes, err := book.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 4 {
			t.Errorf("%s: panes %+v, %v", sheet, panes, err)
		}
		layout, err := book.GetPageLayout(sheet)
		if err != nil || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.Size != 9 {
			t.Errorf("%s: layout %+v, %v", sheet, layout, err)
		}
		names := map[string]string{}
		for _, name := range book.GetDefinedName() {
			if name.Scope == sheet {
				names[name.Name] = name.RefersTo
			}
		}
		if got, want := names["_xlnm.Print_Titles"], "'"+sheet+"'!$4:$4"; got != want {
			t.Errorf("%s: each page repeats %q, want %q", sheet, got, want)
		}
		if got := strings.ReplaceAll(names["_xlnm._FilterDatabase"], "$", ""); !strings.HasSuffix(got, "!A4:"+last) {
			t.Errorf("%s: filters on %q, want to %s", sheet, got, last)
		}
		if text, _ := book.GetCellValue(sheet, "A3"); !strings.Contains(text, "명단이 맞는지") {
			t.Errorf("%s: no alarm, but %q", sheet, text)
		}
	}
}

func TestTheSameBatchGivesTheSameBytes(t *testing.T) {
	first, err := report.Make(sample(t))
	must(t, err)
	for range 5 {
		again, err := report.Make(sample(t))
		must(t, err)
		if !bytes.Equal(first, again) {
			t.Fatal("two reports of one batch differ")
		}
	}
}

func TestAReportIsARosterToo(t *testing.T) {
	body, err := report.Make(sample(t))
	must(t, err)
	ro, err := roster.Read(body, roster.Limits{})
	must(t, err)
	if len(ro.Students) != 5 {
		t.Errorf("read back %d students: %+v", len(ro.Students), ro.Students)
	}
}

func TestNoRosterNoSheets(t *testing.T) {
	for _, b := range []report.Batch{{Exam: "e"}, {Exam: "e", Sheets: sample(t).Sheets}} {
		if _, err := report.Make(b); err != nil {
			t.Error(err)
		}
	}
}

func TestPicturesAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a workbook of more than 5,000 pictures")
	}
	const n = report.MaxPictures + 20
	b := report.Batch{Exam: "e"}
	picture := crop(t, 7)
	for i := range n {
		b.Sheets = append(b.Sheets, report.Sheet{File: fmt.Sprint(i), Status: "needs_review", Picture: picture})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	body, err := report.Make(b)
	must(t, err)
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	book, err := excelize.OpenReader(bytes.NewReader(body))
	must(t, err)
	pictures, err := book.GetPictures("Review 확인 필요", fmt.Sprintf("O%d", 5+report.MaxPictures))
	must(t, err)
	last, err := book.GetPictures("Review 확인 필요", fmt.Sprintf("O%d", 4+report.MaxPictures))
	must(t, err)
	if len(pictures) != 0 || len(last) != 1 {
		t.Error("more pictures than the bound")
	}
	t.Logf("%d sheets: %v, %d MB allocated in all, %d kB", n, took, (after.TotalAlloc-before.TotalAlloc)>>20, len(body)>>10)
}

func TestThumbnails(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {3, 900}, {2257, 781}, {480, 112}, {481, 112}, {60, 20}} {
		for name, img := range map[string]image.Image{
			"grey": image.NewGray(image.Rect(5, 5, 5+size[0], 5+size[1])), "rgba": image.NewRGBA(image.Rect(0, 0, size[0], size[1])),
			"photo": image.NewYCbCr(image.Rect(0, 0, size[0], size[1]), image.YCbCrSubsampleRatio420),
		} {
			body, err := report.Thumbnail(img)
			must(t, err)
			got, err := jpeg.DecodeConfig(bytes.NewReader(body))
			must(t, err)
			if got.Width > 480 || got.Height > 112 || got.Width < 1 || got.Height < 1 {
				t.Errorf("%s %v: got %d x %d", name, size, got.Width, got.Height)
			}
		}
	}
	if _, err := report.Thumbnail(image.NewGray(image.Rectangle{})); err == nil {
		t.Error("made a picture of nothing")
	}
	if _, err := report.ThumbnailOf([]byte("no JPEG")); err == nil {
		t.Error("made a picture of what is none")
	}
}

// Thin strokes stay: a line of one pixel in four is still darker than paper.
func TestThumbnailKeepsThinStrokes(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 4*480, 100))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for x := range 4 * 480 {
		img.SetGray(x, 50, color.Gray{})
	}
	body, err := report.Thumbnail(img)
	must(t, err)
	small, err := jpeg.Decode(bytes.NewReader(body))
	must(t, err)
	if got := small.(*image.Gray).GrayAt(240, 12).Y; got > 215 {
		t.Errorf("the stroke is as light as %d", got)
	}
}

// exam has one of each: accepted, settled by a person, in review, absent, a
// stranger, a failure and a student who is on no roster.
func sample(t testing.TB) report.Batch {
	t.Helper()
	return report.Batch{
		Exam: "SaS_2017_Final", Name: "b1", Version: 2, At: time.Date(2017, 12, 18, 9, 0, 0, 0, time.UTC),
		Roster: read(t, [][]any{
			{"번호", "학과", "학번", "이름"},
			{1, "수학", "30000003", "다"}, {2, "물리", "30000001", "가"}, {3, "화학", "30000002", "나"}, {4, "수학", "30000004", "=라"},
		}),
		Sheets: []report.Sheet{
			{File: "x.jpg", Page: 1, Source: "up/x.jpg", Status: "failed", Reason: "image_unreadable"},
			{File: "c.jpg", Page: 1, Source: "up/c.jpg", Status: "matched", Reason: "success", StudentID: "30000003", Confidence: 0.9998, Picture: crop(t, 1)},
			{File: "a.pdf", Page: 7, Source: "up/a.pdf", Status: "matched", Reason: "corrected", ByPerson: true, StudentID: "30000001", Confidence: 1, Picture: crop(t, 2)},
			{
				File: "b.jpg", Page: 1, Source: "up/b.jpg", Status: "needs_review", Reason: "ambiguous", Confidence: 0.612, Picture: crop(t, 3),
				Candidates: []exam.Candidate{{StudentID: "30000002", Confidence: 0.612}, {StudentID: "30000001", Confidence: 0.38}},
			},
			{File: "s.jpg", Page: 1, Source: "up/s.jpg", Status: "failed", Reason: "not_on_roster", Picture: crop(t, 4)},
			{File: "d.jpg", Page: 1, Source: "up/d.jpg", Status: "matched", Reason: "corrected", ByPerson: true, StudentID: "99999999", Confidence: 1},
		},
	}
}

func read(t testing.TB, rows [][]any) *roster.Roster {
	t.Helper()
	book := excelize.NewFile()
	for i, row := range rows {
		must(t, book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	var out bytes.Buffer
	must(t, book.Write(&out))
	ro, err := roster.Read(out.Bytes(), roster.Limits{})
	must(t, err)
	return ro
}

func crop(t testing.TB, shade uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 1200, 300))
	for i := range img.Pix {
		img.Pix[i] = 200 + shade
	}
	body, err := report.Thumbnail(img)
	must(t, err)
	return body
}

// open makes a report and opens it; with HAKBEON_REPORT it is kept there, to be
// looked at.
func open(t testing.TB, b report.Batch) *excelize.File {
	t.Helper()
	body, err := report.Make(b)
	must(t, err)
	if path := os.Getenv("HAKBEON_REPORT"); path != "" {
		must(t, os.WriteFile(path, body, 0o600))
	}
	book, err := excelize.OpenReader(bytes.NewReader(body))
	must(t, err)
	t.Cleanup(func() { book.Close() })
	return book
}

// table is a sheet's rows from its header on.
func table(t testing.TB, book *excelize.File, sheet string, notes int) [][]string {
	t.Helper()
	rows, err := book.GetRows(sheet)
	must(t, err)
	for i := range rows {
		for len(rows[i]) > 0 && rows[i][len(rows[i])-1] == "" {
			rows[i] = rows[i][:len(rows[i])-1]
		}
	}
	return rows[notes:]
}

func show(rows [][]string) string {
	var out strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&out, "%q\n", row)
	}
	return out.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Each reason of the closed list is put into words, in both languages.
func TestEveryReasonHasWords(t *testing.T) {
	for _, reason := range []string{
		exam.ReasonNoIDFound, exam.ReasonLowConfidence, exam.ReasonAmbiguous, exam.ReasonNotOnRoster, exam.ReasonDuplicateStudent, exam.ReasonNameMismatch,
		exam.ReasonRosterMissing, exam.ReasonImageMissing, exam.ReasonImageUnreadable, exam.ReasonImageTooLarge, exam.ReasonInternalError, exam.ReasonCorrected,
	} {
		if d := report.ReasonWords(report.Sheet{Reason: reason}); d.KO == "" || d.EN == "" || d.KO == d.EN {
			t.Errorf("%s: got %+v", reason, d)
		}
	}
	if d := report.ReasonWords(report.Sheet{Reason: "of_tomorrow"}); d.KO != "of_tomorrow" || d.EN != "of_tomorrow" {
		t.Errorf("got %+v", d)
	}
}

// Whatever was written, however long, there is a report: a batch without one never ends.
func TestLongWordsMakeAReport(t *testing.T) {
	long := strings.Repeat("가나다라 ", 10_000)
	b := report.Batch{
		Exam:   "e",
		Roster: &roster.Roster{Students: []roster.Student{{ID: "30000001", Name: long, Department: long}}},
		Sheets: []report.Sheet{
			{File: long, Status: "failed", Reason: "internal_error", Detail: exam.Detail{EN: long, KO: long}, Source: long},
			{File: "q.jpg", Status: "failed", Reason: "corrected", ByPerson: true, By: long},
			{File: "r.jpg", Status: "matched", StudentID: "30000001", Confidence: 1},
		},
	}
	if _, err := report.Make(b); err != nil {
		t.Error(err)
	}
}
