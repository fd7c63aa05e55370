// Package layout writes the keys under which everything lies in S3.
package layout

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// UnknownID stands in a key where no student was accepted.
const UnknownID = "unknown_id"

// DefaultRosterKey is the roster of exams that have none of their own.
const DefaultRosterKey = "rosters/_default.xlsx"

// RosterKey is where an exam's roster lies.
func RosterKey(examCode string) string { return "rosters/" + examCode + ".xlsx" }

// RosterKeys are where an exam's roster may lie, its own before that of all exams
// that have none; the first that is there counts. For "" it is the latter alone.
func RosterKeys(examCode string) []string {
	if examCode == "" {
		return OwnRosterKeys("")
	}
	return append(OwnRosterKeys(examCode), OwnRosterKeys("")...)
}

// OwnRosterKeys are [RosterKeys] of this exam alone, or, for "", of the exams that
// have none of their own.
func OwnRosterKeys(examCode string) []string {
	stem := strings.TrimSuffix(DefaultRosterKey, ".xlsx")
	if examCode != "" {
		stem = "rosters/" + examCode
	}
	return []string{stem + ".xlsx", stem + ".csv", stem + ".xls"}
}

// ExamKeys are where the table of exams and their names may lie, the first that is
// there counts.
func ExamKeys() []string { return []string{"exams.xlsx", "exams.csv", "exams.json"} }

// OriginalKey is where a sheet is filed under its student, "" being none.
func OriginalKey(examCode, studentID, name, ext string) string {
	return Under("original", examCode, studentID, name+"."+ext)
}

// HeaderKey is where the crop of the ID line is filed.
func HeaderKey(examCode, studentID, name string) string {
	return Under("header", examCode, studentID, name+".jpg")
}

// Under is where a file of the kind, "original" or "header", is filed.
func Under(kind, examCode, studentID, file string) string {
	return kind + "/" + examCode + "/" + studentDir(studentID) + "/" + file
}

func studentDir(id string) string {
	if id == "" {
		return UnknownID
	}
	return id
}

const maxStemBytes = 100

// FileName is the name that a sheet is filed under, without its extension: the
// key's stem in safe characters, the page where its file has several, and the
// start of the sheet's id, so that two files called 1.jpg never collide.
func FileName(key string, page, pages int, sheet string) string {
	base := path.Base(key)
	stem := norm.NFC.String(strings.TrimSuffix(base, path.Ext(base)))
	stem = strings.Map(safeRune, strings.TrimLeft(stem, "."))
	stem = cut(stem, maxStemBytes)
	if stem == "" {
		stem = "sheet"
	}
	if pages > 1 {
		stem += fmt.Sprintf("-p%d", page)
	}
	return stem + "-" + sheet[:8]
}

// cut shortens s to at most n bytes, whole characters.
func cut(s string, n int) string {
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

func safeRune(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("-_.", r) {
		return r
	}
	return '_'
}

const maxExtBytes = 8

// Ext is a key's extension in lower case without its dot, "bin" if it has none
// that is safe.
func Ext(key string) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(path.Base(key)), "."))
	unsafe := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }
	if ext == "" || len(ext) > maxExtBytes || strings.ContainsFunc(ext, unsafe) {
		return "bin"
	}
	return ext
}

// Batch names the keys of one batch's records.
type Batch struct{ ExamCode, BatchID string }

// Prefix is the start of all the batch's records.
func (b Batch) Prefix() string { return "results/" + b.ExamCode + "/" + b.BatchID + "/" }

// Job is the record of what the batch is: see exam.Job.
func (b Batch) Job() string { return b.Prefix() + "job.json" }

// Part is the list of keys of one of the batch's messages.
func (b Batch) Part(id string) string { return b.Prefix() + "parts/" + id + ".json" }

// Closed marks that all keys of an open batch have come.
func (b Batch) Closed() string { return b.Prefix() + "closed" }

// Cancelled marks that nothing more of the batch is to be read: see exam.Cancellation.
func (b Batch) Cancelled() string { return b.Prefix() + "cancelled.json" }

// Pages marks a file of several pages, with how many sheets they make, 0 if that
// isn't known by counting. The counts stand in the key, so that a listing tells them.
func (b Batch) Pages(firstSheet string, sheets, pages int) string {
	return fmt.Sprintf("%s%d-%d", b.PagesOf(firstSheet), sheets, pages)
}

// PagesOf is the start of a file's marker.
func (b Batch) PagesOf(firstSheet string) string { return b.Prefix() + "pages/" + firstSheet + "-" }

// PageCounts are of one file; Sheets is 0 if its pages tell how many they make.
type PageCounts struct{ Sheets, Pages int }

// ParsePages reads the last part of a marker's key: see [Batch.Pages].
func ParsePages(name string) (firstSheet string, count PageCounts, ok bool) {
	parts := strings.Split(name, "-")
	if len(parts) != 3 {
		return "", count, false
	}
	var err, otherErr error
	count.Sheets, err = strconv.Atoi(parts[1])
	count.Pages, otherErr = strconv.Atoi(parts[2])
	return parts[0], count, err == nil && otherErr == nil
}

// Look is what a page of a file of several shows, by the id of the sheet that would
// begin with it.
func (b Batch) Look(sheet string) string { return b.Prefix() + "looks/" + sheet + ".json" }

// Papers is how a file of several pages was divided, by the id of its first sheet.
func (b Batch) Papers(firstSheet string) string {
	return b.Prefix() + "papers/" + firstSheet + ".json"
}

// Result is a sheet's result.
func (b Batch) Result(sheet string) string { return b.Prefix() + "sheets/" + sheet + ".json" }

// Evidence is what a sheet's decision was made from.
func (b Batch) Evidence(sheet string) string { return b.Prefix() + "evidence/" + sheet + ".bin" }

// Attempt marks that a sheet under suspicion is tried for the nth time.
func (b Batch) Attempt(sheet string, n int) string {
	return fmt.Sprintf("%sattempts/%s-%d", b.Prefix(), sheet, n)
}

// Claim says which sheet a window of the graders' page shows; "" is the prefix of all.
func (b Batch) Claim(window string) string { return b.Prefix() + "claims/" + window }

// Correction is a person's verdict.
func (b Batch) Correction(id string) string { return b.Prefix() + "corrections/" + id + ".json" }

// Brought is the record of something that a person brought in for the batch: see
// exam.Brought.
func (b Batch) Brought(id string) string { return b.BroughtOf() + id + ".json" }

// BroughtOf is the start of all such records.
func (b Batch) BroughtOf() string { return b.Prefix() + "brought/" }

// Request asks for the batch to be solved again.
func (b Batch) Request(id string) string { return b.Prefix() + "requests/" + id }

// Second marks that the second reader was asked about a sheet; "" is the prefix of
// all such marks.
func (b Batch) Second(sheet string) string { return b.Prefix() + "seconds/" + sheet }

// Roster is a roster as it was when it was used, named by its hash.
func (b Batch) Roster(hash string) string { return b.Prefix() + "rosters/" + hash + ".json" }

// Plan is what an epoch does.
func (b Batch) Plan(epoch int) string { return fmt.Sprintf("%splans/%06d.json", b.Prefix(), epoch) }

// Done marks an epoch that was carried out to its end.
func (b Batch) Done(epoch int) string { return fmt.Sprintf("%sdone/%06d", b.Prefix(), epoch) }

// Summary is the batch's end.
func (b Batch) Summary() string { return b.Prefix() + "summary.json" }

// Report is the batch's end for people.
func (b Batch) Report() string { return b.Prefix() + "report.xlsx" }
