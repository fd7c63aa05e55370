package roster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
)

// Errors that Read and Decode wrap; test for them with errors.Is. Their
// messages tell the person who made the file what to change.
var (
	// ErrNoIDs means that the file was read but holds no student ID.
	ErrNoIDs = errors.New("no student IDs found")
	// ErrTooLarge means that the file exceeds one of the Limits.
	ErrTooLarge = errors.New("roster is too large")
	// ErrFormat means that the bytes are not a sound .xlsx or .csv file or snapshot.
	ErrFormat = errors.New("roster cannot be read")
)

var idPattern = regexp.MustCompile(`^[0-9A-Za-z-]{1,32}$`)

// Student is one line of a roster.
type Student struct {
	// ID matches ^[0-9A-Za-z-]{1,32}$ and is unique within a roster.
	ID string `json:"id"`
	// Name is as written in the file, without surrounding spaces; it may be empty.
	Name string `json:"name,omitempty"`
	// Department is as written in the file; it may be empty.
	Department string `json:"department,omitempty"`
}

// Skip tells of a row that was not counted as a student of its own.
type Skip struct {
	// Sheet is the worksheet's name; empty for rosters not made by Read.
	Sheet string `json:"sheet,omitempty"`
	// Row counts from 1, as spreadsheet programs show it.
	Row int `json:"row"`
	// Reason is a phrase for people, such as "duplicate of row 7".
	Reason string `json:"reason"`
}

// Roster lists the students of an exam in the order of the file. Make one with
// Read, New or Decode; it must not be changed afterwards and is then safe for
// concurrent use.
type Roster struct {
	Students []Student `json:"students"`
	Skipped  []Skip    `json:"skipped,omitempty"`
	// Columns are the headers of the file's columns, in its order, ID and name
	// among them; empty for rosters not made by Read.
	Columns []string `json:"columns,omitempty"`
	// Rows are the students' cells under Columns as the file shows them; a row may
	// be shorter than Columns. See [Roster.Row].
	Rows [][]string `json:"rows,omitempty"`

	index map[string]int
}

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

// builder collects students and keeps their IDs unique.
type builder struct {
	roster  *Roster
	origin  map[string]Skip
	columns map[string]int // positions in the roster's Columns
}

func newBuilder() *builder {
	return &builder{
		roster: &Roster{Students: []Student{}, index: map[string]int{}},
		origin: map[string]Skip{}, columns: map[string]int{},
	}
}

// add takes a student from a place in the file; false if they are there already.
func (b *builder) add(s Student, from Skip) bool {
	if first, twice := b.origin[s.ID]; twice {
		b.skip(from.Sheet, from.Row, duplicateOf(first, from.Sheet))
		return false
	}
	b.origin[s.ID] = from
	b.roster.index[s.ID] = len(b.roster.Students)
	b.roster.Students = append(b.roster.Students, s)
	return true
}

func (b *builder) skip(sheet string, row int, reason string) {
	b.roster.Skipped = append(b.roster.Skipped, Skip{Sheet: sheet, Row: row, Reason: reason})
}

func duplicateOf(first Skip, sheet string) string {
	if first.Sheet == sheet {
		return fmt.Sprintf("duplicate of row %d", first.Row)
	}
	return fmt.Sprintf("duplicate of row %d of sheet %q", first.Row, first.Sheet)
}
