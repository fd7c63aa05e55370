package jobs

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Patterns of the names that become part of S3 keys.
const (
	CodePattern    = `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`
	SheetPattern   = `^[0-9a-f]{16}$`
	StudentPattern = `^[0-9A-Za-z-]{1,32}$`
)

// What a pattern without look-ahead can't say: the schema has it as "not".
const (
	notInCode = `\.\.`
	notInBy   = `[\x00-\x1f\x7f-\x9f` + "\ufffe\uffff]"
	notInKey  = `(^|/)\.{0,2}(/|$)|[\x00-\x1f\x7f-\x9f` + "\ufffe\uffff]"
	notInName = `(^|/)\.*(/|$)|[\x00-\x1f\x7f-\x9f` + "\ufffe\uffff]"
)

var (
	codeRE    = regexp.MustCompile(CodePattern)
	sheetRE   = regexp.MustCompile(SheetPattern)
	studentRE = regexp.MustCompile(StudentPattern)
)

// ValidCode reports whether s may be an exam code or a batch id.
func ValidCode(s string) bool {
	return codeRE.MatchString(s) && !strings.Contains(s, "..")
}

// ValidSheet reports whether s may be a sheet's id.
func ValidSheet(s string) bool { return sheetRE.MatchString(s) }

// ValidStudentID reports whether s may be a student's ID.
func ValidStudentID(s string) bool { return studentRE.MatchString(s) }

// ValidBy reports whether s may be the name of a person who says something of a sheet.
func ValidBy(s string) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= MaxByLength && !strings.ContainsFunc(s, unsendable)
}

// ValidateKey says what is wrong with an S3 key that came from outside; nil if
// it may be read.
func ValidateKey(key string) error {
	switch {
	case key == "":
		return errors.New("should not be empty")
	case isAddress(key):
		return errors.New("is an address: should be an object's key alone, without the scheme and the bucket")
	case len(key) > MaxKeyBytes:
		return fmt.Errorf("has %d bytes: should have at most %d", len(key), MaxKeyBytes)
	case !utf8.ValidString(key):
		return errors.New("should be UTF-8")
	case strings.ContainsFunc(key, unsendable):
		return errors.New("should have no control characters")
	case strings.HasPrefix(key, "/") || strings.HasSuffix(key, "/"):
		return errors.New("should be an object's key, without a slash at its start or end")
	}
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || part == "." || part == ".." {
			return errors.New("should have no empty, \".\" or \"..\" part")
		}
	}
	return nil
}

// isAddress holds for what programs call an object in place of its key: an s3:// or
// https:// address.
func isAddress(key string) bool {
	lower := strings.ToLower(key)
	for _, scheme := range []string{"s3://", "s3a://", "s3n://", "http://", "https://", "file://"} {
		if strings.HasPrefix(lower, scheme) {
			return true
		}
	}
	return false
}

// unsendable are control characters and the two that SQS takes in no message.
func unsendable(r rune) bool { return unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF }

func (m *Recognize) validate() error {
	m.Type = TypeRecognize
	return first(
		code("exam_code", m.ExamCode),
		optional(code, "batch_id", m.BatchID),
		optional(rosterKey, "roster_key", m.RosterKey),
		optional(key, "manifest_key", m.ManifestKey),
		optional(filename, "filename", m.Filename),
		optional(downloadAddress, "download_url", m.DownloadURL),
		optional(address, "callback_url", m.CallbackURL),
		number("batch_total", m.BatchTotal, MaxKeys),
		m.PagesPerSheet.check("pages_per_sheet"),
		ValidateKeys(m.Keys),
		m.related(),
	)
}

// related checks what the fields say of each other.
func (m *Recognize) related() error {
	here := len(Distinct(m.Keys))
	switch {
	case m.BatchTotal > 0 && m.BatchID == "":
		return &FieldError{"batch_id", "is needed with batch_total: give every message of the batch the same batch_id"}
	case m.Open && m.BatchID == "":
		return &FieldError{"batch_id", "is needed with open: give every message of the batch the same batch_id"}
	case m.ManifestKey != "" && here > 0:
		return &FieldError{"manifest_key", "should not stand beside keys: send one of them"}
	case m.DownloadURL != "" && (m.ManifestKey != "" || here > 0):
		return &FieldError{"download_url", "should not stand beside keys or manifest_key: send one of them"}
	case m.DownloadURL != "" && m.Filename == "":
		return &FieldError{"filename", "is needed with download_url: it names the sheet in its batch"}
	case m.DownloadURL == "" && m.Filename != "":
		return &FieldError{"filename", "belongs to download_url: send both, or neither"}
	case m.DownloadURL != "" && m.BatchID == "":
		return &FieldError{"batch_id", "is needed with download_url: give every message of the batch the same batch_id"}
	case m.DownloadURL == "" && m.ManifestKey == "" && here == 0:
		return &FieldError{"keys", "should name at least one object in S3"}
	case m.BatchTotal > 0 && m.BatchTotal < here:
		return &FieldError{"batch_total", fmt.Sprintf("is %d: should count the keys of the whole batch, and this message alone has %d", m.BatchTotal, here)}
	}
	return nil
}

// ValidateKeys checks a list of keys of sheets: their number and each of them.
func ValidateKeys(keys []string) error {
	if len(keys) > MaxKeys {
		return &FieldError{"keys", fmt.Sprintf("has %d entries: should have at most %d a batch", len(keys), MaxKeys)}
	}
	for i, k := range keys {
		if err := key("keys["+strconv.Itoa(i)+"]", k); err != nil {
			return err
		}
	}
	return nil
}

func (m *Resolve) validate() error {
	m.Type = TypeResolve
	verdicts := []string{VerdictNotOnRoster, VerdictUnreadable, VerdictUndo}
	err := first(code("exam_code", m.ExamCode), code("batch_id", m.BatchID), sheet(m.Sheet), optional(person, "by", m.By))
	switch {
	case err != nil:
		return err
	case (m.StudentID == "") == (m.Verdict == ""):
		return &FieldError{"student_id", "or verdict should be given, and not both"}
	case m.StudentID != "" && !ValidStudentID(m.StudentID):
		return &FieldError{"student_id", "should match " + StudentPattern}
	case m.Verdict != "" && !slices.Contains(verdicts, m.Verdict):
		return &FieldError{"verdict", "should be one of " + strings.Join(verdicts, ", ")}
	}
	return nil
}

func (m *Rematch) validate() error {
	m.Type = TypeRematch
	return first(code("exam_code", m.ExamCode), code("batch_id", m.BatchID))
}

func (m *Close) validate() error {
	m.Type = TypeClose
	return first(code("exam_code", m.ExamCode), code("batch_id", m.BatchID))
}

func (m *Cancel) validate() error {
	m.Type = TypeCancel
	return first(code("exam_code", m.ExamCode), code("batch_id", m.BatchID), optional(person, "by", m.By))
}

func (m *Fanout) validate() error {
	m.Type = TypeFanout
	err := first(code("exam_code", m.ExamCode), code("batch_id", m.BatchID))
	switch {
	case err != nil:
		return err
	case !sheetRE.MatchString(m.Part):
		return &FieldError{"part", "should match " + SheetPattern}
	case m.From < 0 || m.To <= m.From || m.To > MaxKeys:
		return &FieldError{"from", "and to should be a range of keys"}
	}
	return nil
}

func (m *Sheet) validate() error {
	m.Type = TypeSheet
	err := first(code("exam_code", m.ExamCode), code("batch_id", m.BatchID), key("key", m.Key))
	if err == nil && m.Page < 1 {
		return &FieldError{"page", "should be counted from 1"}
	}
	return err
}

func (m *Finish) validate() error {
	m.Type = TypeFinish
	return first(code("exam_code", m.ExamCode), code("batch_id", m.BatchID), counter("hop", m.Hop))
}

func (m *Sweep) validate() error {
	m.Type = TypeSweep
	return first(code("exam_code", m.ExamCode), code("batch_id", m.BatchID), sheet(m.Sheet))
}

func (m *Delivery) validate() error {
	m.Type = TypeDelivery
	err := first(m.subject(), counter("attempt", m.Attempt))
	switch {
	case err != nil:
		return err
	case m.To != "" && m.To != ToQueue:
		return &FieldError{"to", "should be " + ToQueue + ", or be left out"}
	case m.Version < 1:
		return &FieldError{"version", "should be counted from 1"}
	}
	return nil
}

// subject checks what the event is of: a batch, one of its sheets, or a message that
// was refused, which may say of neither.
func (m *Delivery) subject() error {
	switch {
	case m.Rejected != "" && !sheetRE.MatchString(m.Rejected):
		return &FieldError{"rejected", "should match " + SheetPattern}
	case m.Rejected != "" && m.Sheet != "":
		return &FieldError{"rejected", "should not stand beside sheet"}
	case m.Rejected != "":
		return first(optional(code, "exam_code", m.ExamCode), optional(code, "batch_id", m.BatchID))
	}
	err := first(code("exam_code", m.ExamCode), code("batch_id", m.BatchID))
	if err == nil && m.Sheet != "" {
		err = sheet(m.Sheet)
	}
	return err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func code(field, s string) error {
	if s == "" {
		return &FieldError{field, "is missing"}
	}
	if !ValidCode(s) {
		return &FieldError{field, quote(s) + " should match " + CodePattern + " and not hold \"..\""}
	}
	return nil
}

func key(field, s string) error {
	if err := ValidateKey(s); err != nil {
		return &FieldError{field, err.Error()}
	}
	return nil
}

func rosterKey(field, s string) error {
	if lower := strings.ToLower(s); !strings.HasSuffix(lower, ".xlsx") && !strings.HasSuffix(lower, ".xls") && !strings.HasSuffix(lower, ".csv") {
		return &FieldError{field, "should end in .xlsx, .xls or .csv"}
	}
	return key(field, s)
}

func sheet(s string) error {
	if !sheetRE.MatchString(s) {
		return &FieldError{"sheet", "should match " + SheetPattern}
	}
	return nil
}

// person checks a person's name; the error does not quote it.
func person(field, s string) error {
	if !ValidBy(s) {
		return &FieldError{field, fmt.Sprintf("should be a person's name of at most %d characters, without control characters", MaxByLength)}
	}
	return nil
}

// filename checks what an image with an address is called, which becomes the end of its
// key; the error does not quote it.
func filename(field, s string) error {
	bad := len(s) > MaxFilenameBytes || !utf8.ValidString(s) || strings.ContainsFunc(s, unsendable)
	for part := range strings.SplitSeq(s, "/") {
		bad = bad || strings.Trim(part, ".") == ""
	}
	if bad {
		return &FieldError{field, fmt.Sprintf("should be a file's name of at most %d bytes, without empty parts, parts of dots alone or control characters", MaxFilenameBytes)}
	}
	return nil
}

func address(field, s string) error { return addressOf(field, s, MaxURLBytes) }

func downloadAddress(field, s string) error { return addressOf(field, s, MaxDownloadURLBytes) }

func addressOf(field, s string, most int) error {
	u, err := url.Parse(s)
	scheme := strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
	if err != nil || !scheme || u.Hostname() == "" || u.User != nil || len(s) > most || !utf8.ValidString(s) {
		return &FieldError{field, fmt.Sprintf("should be an absolute https address of at most %d bytes, without a user", most)}
	}
	return nil
}

// number checks an optional number, which is 0 where it was not given.
func number(field string, n, most int) error {
	if n < 0 || n > most {
		return &FieldError{field, fmt.Sprintf("is %d: should be from 1 to %d", n, most)}
	}
	return nil
}

func counter(field string, n int) error {
	if n < 0 {
		return &FieldError{field, fmt.Sprintf("is %d: should be counted from 0", n)}
	}
	return nil
}

func optional(check func(field, s string) error, field, s string) error {
	if s == "" {
		return nil
	}
	return check(field, s)
}
