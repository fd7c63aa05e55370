package synth

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is what sort of sheet an exam's sheet is.
type Kind string

// The kinds of sheets.
const (
	Normal    Kind = "normal"    // handed in by a student on the roster
	Stranger  Kind = "stranger"  // its ID is not on the roster
	Duplicate Kind = "duplicate" // its ID is that of another sheet too
	Blank     Kind = "blank"     // neither ID nor name
	Broken    Kind = "broken"    // a file that is not an image any more
)

// ExamSpec says how large an exam is and what goes wrong in it.
type ExamSpec struct {
	// Code names the exam. Defaults to "DEMO_2032_Final".
	Code string
	// Title is printed on the sheets. Defaults to one chosen by the seed.
	Title string
	// Roster is the number of students. Defaults to 30.
	Roster int
	// Absent students hand nothing in. All others hand in a sheet each, unless
	// Sheets says how many sheets there are.
	Absent int
	// Sheets is the number of files in all. Defaults to what the others add up to.
	Sheets int
	// Strangers and Duplicates come on top of the students' own sheets.
	Strangers, Duplicates int
	// NearStrangers are so many of the strangers, with an ID that differs in one
	// digit from a student's who handed nothing in.
	NearStrangers int
	// Blanks and Broken are so many of the students' own sheets.
	Blanks, Broken int
	// NearNeighbours fills half of the roster with IDs that differ from another
	// student's in one or two digits.
	NearNeighbours bool
	// DPI of the scans. Defaults to 275.
	DPI float64
	// Digits is how long the IDs are, 4 to 12. Defaults to 8.
	Digits int
	// Field is what the form rules for the ID. Defaults to Plain.
	Field Field
	// Family is the kind of form, of which the exam's sheets share one. Defaults to
	// OwnForms.
	Family Family
	// Colour is what the exam's scanner saves, where Family isn't OwnForms. Defaults
	// to one chosen by the seed: colour for half of the exams, grey for a fifth, black
	// and white for the others.
	Colour Colour
	// Turned lets one sheet in 25 lie on a side or upside down.
	Turned bool
}

// Person is a student, invented.
type Person struct{ ID, Name string }

// ExamSheet is one sheet of an exam and the truth about it.
type ExamSheet struct {
	File   string // "001.jpg" and so on
	ID     string // what is written; empty on blank and broken sheets
	Name   string
	Author string // ID of the student who handed it in, also where ID is empty
	Kind   Kind
	Seed   uint64
}

// Exam is a roster and the sheets that were handed in, in the order of the scanner.
type Exam struct {
	Code, Title string
	Roster      []Person
	Sheets      []ExamSheet
	dpi         float64
	field       Field
	family      Family
	colour      Colour
	digits      int
	turned      bool
	lie         Pose // how the batch lay on the scanner
}

// NewExam invents an exam. It fails if the numbers do not fit together.
func NewExam(seed uint64, s ExamSpec) (*Exam, error) {
	if s.Code == "" {
		s.Code = "DEMO_2032_Final"
	}
	if s.Title == "" {
		s.Title = pick(stream(seed, "exam title"), titles())
	}
	if s.Roster == 0 {
		s.Roster = 30
	}
	present := s.Roster - s.Absent
	if s.Sheets > 0 {
		present = s.Sheets - s.Strangers - s.Duplicates
	}
	if err := s.check(present); err != nil {
		return nil, err
	}
	if s.Digits == 0 {
		s.Digits = 8
	}
	e := &Exam{
		Code: s.Code, Title: s.Title, dpi: s.DPI, field: s.Field, lie: *newPose(stream(seed, "exam pose")),
		family: s.Family, colour: s.Colour, digits: s.Digits, turned: s.Turned,
	}
	if e.colour == AnyColour {
		r := stream(seed, "exam colour")
		e.colour = pick(r, []Colour{FullColour, FullColour, FullColour, FullColour, FullColour, GreyOnly, GreyOnly, Bilevel, Bilevel, Bilevel})
	}
	r := stream(seed, "exam")
	people := newPeople(r, s.Roster+s.Strangers, s.Digits, s.NearNeighbours)
	e.Roster = people[:s.Roster]
	e.handIn(r, s, present, people[s.Roster:])
	return e, nil
}

// check finds numbers that do not fit together, given how many students are present.
func (s ExamSpec) check(present int) error {
	switch {
	case min(s.Roster, s.Absent, s.Sheets, s.Strangers, s.Duplicates, s.NearStrangers, s.Blanks, s.Broken) < 0:
		return errors.New("invent exam: a number is negative")
	case s.Digits < 0 || s.Digits > 12 || s.Digits > 0 && s.Digits < 4:
		return fmt.Errorf("invent exam: IDs of %d digits, 4 to 12 are possible", s.Digits)
	case s.NearStrangers > s.Strangers || s.NearStrangers > 0 && present == s.Roster:
		return fmt.Errorf("invent exam: %d of %d strangers beside absent students, of whom there are %d", s.NearStrangers, s.Strangers, s.Roster-present)
	case s.Roster+s.Strangers > 10_000:
		return fmt.Errorf("invent exam: %d people are more than 10000", s.Roster+s.Strangers)
	case present < 0 || present > s.Roster:
		return fmt.Errorf("invent exam: %d of %d students present", present, s.Roster)
	case s.Blanks+s.Broken > present || (s.Duplicates > 0 && s.Blanks+s.Broken == present):
		return fmt.Errorf("invent exam: too few of %d sheets left that show an ID", present)
	}
	return nil
}

// handIn collects the sheets of the students present and those of strangers.
func (e *Exam) handIn(r random, s ExamSpec, present int, strangers []Person) {
	order := r.Perm(len(e.Roster))
	for i, at := range order[:present] {
		person, kind := e.Roster[at], Normal
		if i < s.Blanks {
			kind = Blank
		} else if i < s.Blanks+s.Broken {
			kind = Broken
		}
		e.add(r, person, kind)
	}
	legible := e.Sheets[s.Blanks+s.Broken:]
	for range s.Duplicates {
		twin := pick(r, legible)
		e.add(r, Person{twin.ID, twin.Name}, Duplicate)
	}
	e.besideAbsent(r, strangers[:s.NearStrangers], order[present:])
	for _, person := range strangers {
		e.add(r, person, Stranger)
	}
	r.Shuffle(len(e.Sheets), func(i, j int) { e.Sheets[i], e.Sheets[j] = e.Sheets[j], e.Sheets[i] })
	for i := range e.Sheets {
		e.Sheets[i].File = fmt.Sprintf("%03d.jpg", i+1)
	}
}

// besideAbsent gives strangers IDs that differ in one digit from an absent
// student's and are no one's.
func (e *Exam) besideAbsent(r random, strangers []Person, absent []int) {
	taken := make(map[string]bool)
	for _, p := range e.Roster {
		taken[p.ID] = true
	}
	for i := range strangers {
		id := strangers[i].ID
		for taken[id] || strangers[i].ID == id {
			digits := []byte(e.Roster[pick(r, absent)].ID)
			digits[r.IntN(len(digits))] = byte('0' + r.IntN(10))
			id = string(digits)
		}
		taken[id], strangers[i].ID = true, id
	}
}

func (e *Exam) add(r random, p Person, kind Kind) {
	sheet := ExamSheet{ID: p.ID, Name: p.Name, Author: p.ID, Kind: kind, Seed: r.Uint64()}
	if kind == Blank || kind == Broken {
		sheet.ID, sheet.Name = "", ""
	}
	e.Sheets = append(e.Sheets, sheet)
}

// Spec returns what is drawn for sheet i, the sheets of one exam lying alike.
func (e *Exam) Spec(i int) Spec {
	sheet := e.Sheets[i]
	r := stream(sheet.Seed, "lie")
	pose := Pose{
		Skew:  clamp(e.lie.Skew+r.around(0, 0.25), -1, 1),
		Right: e.lie.Right + r.around(0, 3), Down: e.lie.Down + r.around(0, 3),
	}
	spec := Spec{
		ID: sheet.ID, Name: sheet.Name, Title: e.Title, DPI: e.dpi,
		Pose: &pose, Blank: sheet.Kind == Blank, Field: e.field,
		Family: e.family, Colour: e.colour, Digits: e.digits,
	}
	if r := stream(sheet.Seed, "turn"); e.turned && r.chance(0.04) {
		spec.Turns = 1 + r.IntN(3)
	}
	return spec
}

// File draws sheet i and returns it as the JPEG file that a scanner would have
// saved; of a broken sheet only the beginning of it, and that damaged.
func (e *Exam) File(a *Assets, i int) ([]byte, error) {
	sheet := e.Sheets[i]
	if sheet.Kind == Broken {
		return []byte("\xff\xd8\xff\xe0" + strings.Repeat("broken", 200)), nil
	}
	drawn, err := a.Sheet(sheet.Seed, e.Spec(i))
	if err != nil {
		return nil, fmt.Errorf("sheet %s: %w", sheet.File, err)
	}
	return drawn.JPEG(0)
}
