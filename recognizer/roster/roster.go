package roster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hakbeon/recognizer/detail"
)

const maxIDLength = 32

var idPattern = regexp.MustCompile(`^[0-9A-Za-z-]{1,32}$`)

// Student is one line of a roster.
type Student struct {
	// ID matches ^[0-9A-Za-z-]{1,32}$ and is unique within a roster.
	ID string `json:"id"`
	// Name is as written in the file, without surrounding spaces; it may be empty.
	Name string `json:"name,omitempty"`
	// Department is as written in the file; it may be empty.
	Department string `json:"department,omitempty"`
	// Absent students were not at the exam, as the file's own column of attendance says.
	Absent bool `json:"-"`
}

// Skip tells of a row that was not counted as a student of its own. Value may be a
// student's ID: a Skip is for who made the roster, not for logs.
type Skip struct {
	// Sheet is the worksheet's name; empty for rosters not made by Read.
	Sheet string `json:"sheet,omitempty"`
	// Row counts from 1, as spreadsheet programs show it.
	Row int `json:"row"`
	// Cell is the place of what is wrong, such as "B7"; empty if it is the row.
	Cell string `json:"cell,omitempty"`
	// Value is what stands there, as the file shows it, cut to 60 characters.
	Value string `json:"value,omitempty"`
	// Reason is a phrase for people, such as "duplicate of row 7".
	Reason string `json:"reason"`
	// ReasonKO is the same in Korean.
	ReasonKO string `json:"reason_ko,omitempty"`
	// Harmless rows are no student's for sure: totals, and a student who stands
	// there twice under the same name.
	Harmless bool `json:"harmless,omitempty"`
}

// Roster lists the students of an exam in the order of the file. Make one with
// Read, New or Decode; it must not be changed afterwards and is then safe for
// concurrent use.
type Roster struct {
	Students []Student `json:"students"`
	Skipped  []Skip    `json:"skipped,omitempty"`
	// Doubts are what was decided and could have been meant otherwise, such as which
	// of two columns holds the IDs.
	Doubts []detail.Detail `json:"doubts,omitempty"`
	// Columns are the headers of the file's columns, in its order, ID and name
	// among them; empty for rosters not made by Read.
	Columns []string `json:"columns,omitempty"`
	// Rows are the students' cells under Columns as the file shows them; a row may
	// be shorter than Columns. See [Roster.Row].
	Rows [][]string `json:"rows,omitempty"`

	index map[string]int
	// others are the rosters that the file would be if other columns were the IDs.
	others []*Roster
}

// Others are the rosters that the file would be if another of its columns held the
// student IDs, where that is in doubt: most likely first. What the sheets say may
// choose one of them. A roster from Decode has none.
func (r *Roster) Others() []*Roster { return r.others }

// New makes a roster of the given IDs. An ID given twice counts once and is
// reported in Skipped, where Row is its position counted from 1. An ID outside
// ^[0-9A-Za-z-]{1,32}$ is an error, and so is an empty list (ErrNoIDs).
func New(ids ...string) (*Roster, error) {
	b := newBuilder()
	for i, id := range ids {
		if !idPattern.MatchString(id) {
			return nil, fmt.Errorf("roster: ID %d is %q; it must match %s", i+1, id, idPattern)
		}
		b.add(Student{ID: id}, Skip{Row: i + 1})
	}
	if len(b.roster.Students) == 0 {
		return nil, fmt.Errorf("roster: %w", ErrNoIDs)
	}
	return b.roster, nil
}

// Decode reads a roster back from the JSON that json.Marshal made of it. It
// returns ErrFormat if the JSON is broken, an ID is malformed or occurs twice.
func Decode(snapshot []byte) (*Roster, error) {
	r := &Roster{}
	if err := json.Unmarshal(snapshot, r); err != nil {
		return nil, fmt.Errorf("roster: decode snapshot: %w: %w", ErrFormat, err)
	}
	if len(r.Students) == 0 {
		return nil, fmt.Errorf("roster: decode snapshot: %w", ErrNoIDs)
	}
	if len(r.Rows) > 0 && len(r.Rows) != len(r.Students) {
		return nil, fmt.Errorf("roster: decode snapshot: %w: %d rows for %d students", ErrFormat, len(r.Rows), len(r.Students))
	}
	r.index = make(map[string]int, len(r.Students))
	for i, s := range r.Students {
		if !idPattern.MatchString(s.ID) {
			return nil, fmt.Errorf("roster: decode snapshot: %w: malformed ID %q", ErrFormat, s.ID)
		}
		if _, twice := r.index[s.ID]; twice {
			return nil, fmt.Errorf("roster: decode snapshot: %w: ID %q occurs twice", ErrFormat, s.ID)
		}
		r.index[s.ID] = i
	}
	r.markAbsent()
	return r, nil
}

// Hash names the roster's content: 16 hex digits of SHA-256 over the canonical
// JSON of Students, and of Columns and Rows where there are any. Rosters with the
// same students in the same order have the same hash, whatever was skipped.
func (r *Roster) Hash() string {
	var content any = r.Students
	if len(r.Columns) > 0 {
		content = []any{r.Students, r.Columns, r.Rows}
	}
	canonical, err := json.Marshal(content)
	if err != nil {
		panic(err) // strings cannot fail to marshal
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:8])
}

// HasNames says whether any student has a name. A nil roster has none.
func (r *Roster) HasNames() bool {
	return r != nil && slices.ContainsFunc(r.Students, func(s Student) bool { return s.Name != "" })
}

// HasLetters says whether any ID has a letter, also in the columns that may be its IDs
// instead, see Others. A nil roster has none.
func (r *Roster) HasLetters() bool {
	isLetter := func(c rune) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
	has := func(s Student) bool { return strings.ContainsFunc(s.ID, isLetter) }
	return r != nil && (slices.ContainsFunc(r.Students, has) || slices.ContainsFunc(r.others, (*Roster).HasLetters))
}

// Lookup returns the position of an ID in Students, and whether it is there.
func (r *Roster) Lookup(id string) (int, bool) {
	if r.index != nil {
		i, ok := r.index[id]
		return i, ok
	}
	for i, s := range r.Students {
		if s.ID == id {
			return i, true
		}
	}
	return 0, false
}
