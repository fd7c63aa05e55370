package synth

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNoStrokes means that a folder has none of the lists of real pen strokes.
var ErrNoStrokes = errors.New("no lists of pen strokes: see recognizer/training/README.md")

// strokeFiles are the lists that LoadStrokes looks for. All have the same form: a
// gzipped JSON list of strokeRecord.
func strokeFiles() []string {
	return []string{"unipen-digits.json.gz", "pendigits.json.gz", "unipen-strings.json.gz"}
}

// strokeRecord is a digit or a number as a tablet recorded it. Points are in the
// tablet's own units, y upwards.
type strokeRecord struct {
	Label   string         `json:"label"`
	Contrib string         `json:"contrib"` // the institute; none in pendigits
	Writer  string         `json:"writer"`
	Strokes [][][2]float64 `json:"strokes"`
}

// person is who wrote it, named over all lists.
func (s *strokeRecord) person() string {
	if s.Contrib == "" {
		return "pendigits/" + s.Writer
	}
	return s.Contrib + "/" + s.Writer
}

// Strokes are digits that people wrote with a pen on a tablet, person by person.
// They never change and serve any number of goroutines.
type Strokes struct {
	people  []*scribe
	writers []*scribe // those of them who wrote most digits
}

// scribe is one of them and what they wrote.
type scribe struct {
	name    string
	digits  [10][]tracing
	numbers map[string][]number
}

// LoadStrokes reads the lists of real pen strokes that a folder has;
// ErrNoStrokes if it has none. Broken samples are left out, see newTracing.
func LoadStrokes(dir string) (*Strokes, error) {
	people := make(map[string]*scribe)
	found := false
	for _, name := range strokeFiles() {
		f, err := os.Open(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read pen strokes: %w", err)
		}
		found = true
		err = readStrokes(f, people)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("read pen strokes %s: %w", name, err)
		}
	}
	if !found {
		return nil, fmt.Errorf("%w: none in %q", ErrNoStrokes, dir)
	}
	return newStrokeSet(people)
}

// newStrokeSet sorts people by name, so that a seed chooses the same one anywhere.
func newStrokeSet(people map[string]*scribe) (*Strokes, error) {
	all := slices.SortedFunc(maps.Values(people), func(a, b *scribe) int { return strings.Compare(a.name, b.name) })
	return strokesOf(all)
}

func strokesOf(people []*scribe) (*Strokes, error) {
	s := &Strokes{people: people}
	for _, p := range people {
		if p.writes() {
			s.writers = append(s.writers, p)
		}
	}
	return s, s.complete()
}

// complete fails unless there are writers and somebody wrote each digit.
func (s *Strokes) complete() error {
	if len(s.writers) == 0 {
		return fmt.Errorf("%w: nobody of %d people wrote %d digits", ErrNoStrokes, len(s.people), fewestDigits)
	}
	for digit := range 10 {
		if !slices.ContainsFunc(s.people, func(p *scribe) bool { return len(p.digits[digit]) > 0 }) {
			return fmt.Errorf("%w: nobody of %d people wrote a %d", ErrNoStrokes, len(s.people), digit)
		}
	}
	return nil
}

// readStrokes adds a list to what people wrote.
func readStrokes(from io.Reader, people map[string]*scribe) error {
	plain, err := gzip.NewReader(from)
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	list := json.NewDecoder(plain)
	if _, err := list.Token(); err != nil { // the list's bracket
		return fmt.Errorf("parse: %w", err)
	}
	for list.More() {
		var record strokeRecord
		if err := list.Decode(&record); err != nil {
			return fmt.Errorf("parse: %w", err)
		}
		name := record.person()
		if people[name] == nil {
			people[name] = &scribe{name: name, numbers: make(map[string][]number)}
		}
		people[name].add(&record)
	}
	return nil
}

// add takes a digit, or a number of more digits that can be told apart.
func (p *scribe) add(s *strokeRecord) {
	if strings.Trim(s.Label, "0123456789") != "" {
		return
	}
	switch len(s.Label) {
	case 0:
	case 1:
		digit := s.Label[0] - '0'
		if t, ok := newTracing(s.Strokes, int(digit)); ok {
			p.digits[digit] = append(p.digits[digit], t)
		}
	default:
		if n, ok := newNumber(s); ok {
			p.numbers[s.Label] = append(p.numbers[s.Label], n)
			p.addDigits(s.Label, n)
		}
	}
}

// addDigits takes the digits of a number for single ones, too.
func (p *scribe) addDigits(label string, n number) {
	for i, t := range n {
		digit := int(label[i] - '0')
		if own := t.alone(); own.sound(digit) {
			p.digits[digit] = append(p.digits[digit], own)
		}
	}
}

// fewestDigits is how many different digits a person must have written to be a
// writer. Who wrote fewer lends them to others.
const fewestDigits = 5

func (p *scribe) writes() bool {
	n := 0
	for _, samples := range p.digits {
		n += min(1, len(samples))
	}
	return n >= fewestDigits
}

// Group is a share of the people whose strokes there are. Nobody is in two.
type Group int

// The groups. The first byte of the SHA-256 of a person's name, modulo 10, says who
// is in which; the name is institute/writer, for pendigits pendigits/writer.
const (
	TrainingPeople    Group = iota // 4 to 9: the line model is trained with them
	CalibrationPeople              // 2 and 3: confidences are calibrated with them
	TestPeople                     // 0 and 1: nothing is fitted on them
)

// groupOf is a person's group.
func groupOf(name string) Group {
	sum := sha256.Sum256([]byte(name))
	switch first := sum[0] % 10; {
	case first < 2:
		return TestPeople
	case first < 4:
		return CalibrationPeople
	}
	return TrainingPeople
}

// Of returns the strokes of a group's people alone. ErrNoStrokes if they did not
// write each digit.
func (s *Strokes) Of(g Group) (*Strokes, error) {
	var people []*scribe
	for _, p := range s.people {
		if groupOf(p.name) == g {
			people = append(people, p)
		}
	}
	return strokesOf(people)
}

// Writers is how many people there are who wrote most of the digits.
func (s *Strokes) Writers() int { return len(s.writers) }
