package arrivals

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// DefaultPatterns are where uploads lie if nobody says otherwise.
const DefaultPatterns = "uploads/{exam_code}/{batch_id}/{file}, uploads/{exam_code}/{file}"

// DefaultBatch is the batch of uploads whose key names none: one for each exam.
const DefaultBatch = "uploads"

// The parts of a pattern that stand for something.
const (
	examPart  = "{exam_code}"
	batchPart = "{batch_id}"
	filePart  = "{file}"
)

// Patterns say which exam and batch a key belongs to; the first that fits counts.
type Patterns []pattern

// pattern is one, by its parts between slashes, without the last, which is the file.
type pattern []string

// ParsePatterns reads patterns, separated by commas: parts between slashes that are
// words, {exam_code} and perhaps {batch_id}, and {file} as the last, which stands for all
// the rest of a key.
func ParsePatterns(s string) (Patterns, error) {
	var all Patterns
	for one := range strings.SplitSeq(s, ",") {
		p, err := parsePattern(strings.TrimSpace(one))
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", strings.TrimSpace(one), err)
		}
		all = append(all, p)
	}
	return all, nil
}

func parsePattern(s string) (pattern, error) {
	parts := strings.Split(s, "/")
	last := len(parts) - 1
	if parts[last] != filePart {
		return nil, errors.New("should end in /" + filePart)
	}
	seen := map[string]int{}
	for _, part := range parts[:last] {
		switch {
		case part == examPart || part == batchPart:
			seen[part]++
		case part == "" || strings.ContainsAny(part, "{}"):
			return nil, fmt.Errorf("should be words, %s and %s between slashes, each by itself", examPart, batchPart)
		}
	}
	if seen[examPart] != 1 || seen[batchPart] > 1 {
		return nil, fmt.Errorf("should hold %s once, and %s at most once", examPart, batchPart)
	}
	return parts[:last], nil
}

// Fit is what a key is.
type Fit int

const (
	// Foreign is no upload: it lies elsewhere, is one of our own objects, or no file at all.
	Foreign Fit = iota
	// Nameless lies where uploads do, and its exam has no name that an exam can have.
	Nameless
	// Sheet is an upload of the exam and batch.
	Sheet
)

// Match says what a key is, and of an upload its exam and batch.
func (p Patterns) Match(key string) (Fit, layout.Batch) {
	if isOurs(key) || strings.HasSuffix(key, "/") || strings.HasPrefix(path.Base(key), ".") {
		return Foreign, layout.Batch{}
	}
	fit := Foreign
	for _, one := range p {
		exam, batch, ok := one.match(key)
		if !ok {
			continue
		}
		if jobs.ValidCode(exam) && jobs.ValidCode(batch) && jobs.ValidateKey(key) == nil {
			return Sheet, layout.Batch{ExamCode: exam, BatchID: batch}
		}
		fit = Nameless
	}
	return fit, layout.Batch{}
}

func (p pattern) match(key string) (exam, batch string, ok bool) {
	parts := strings.SplitN(key, "/", len(p)+1)
	if len(parts) != len(p)+1 {
		return "", "", false
	}
	batch = DefaultBatch
	for i, want := range p {
		switch want {
		case examPart:
			exam = parts[i]
		case batchPart:
			batch = parts[i]
		case parts[i]:
		default:
			return "", "", false
		}
	}
	return exam, batch, true
}

// isOurs reports whether the key is of what workers write, or of what they read and is
// no sheet, whatever the patterns say. A file that came by HTTP has a batch of its own.
func isOurs(key string) bool {
	parts := strings.Split(key, "/")
	switch parts[0] {
	case "rosters", "results", "original", "header":
		return true
	case "uploads":
		return len(parts) > 3 && strings.HasPrefix(parts[2], layout.HTTPBatch)
	}
	return slices.Contains(layout.ExamKeys(), key)
}
