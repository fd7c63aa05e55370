package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/roster"
)

// Numbers of an exam that is put together from a form's sheets.
const (
	namedSheets    = 30 // handed in
	namedStrangers = 8  // of them, with an ID one digit away from that of a student who is absent
	namedAbsent    = 20
)

// names measures what the name beside the number brings: exams of drawn sheets, whose
// names are in fonts that no training has seen, with and without the names, with names
// of which half are read as others', with another column's names, and what a column of
// attendance brings.
func names(ctx context.Context, o options) error {
	pool, err := namePool(ctx, o)
	if err != nil {
		return err
	}
	ways := []*nameWay{
		{title: "without names", change: withoutNames}, {title: "with names", change: asRead},
		{title: "names half misread", change: halfMisread}, {title: "another column's names", change: asRead, mixed: true},
		{title: "attendance alone", change: withoutNames, marks: marksOfTheDay},
		{title: "names and attendance", change: asRead, marks: marksOfTheDay},
		{title: "attendance, one mark of fifty wrong", change: withoutNames, marks: marksAmiss},
		{title: "attendance of another day", change: withoutNames, marks: marksOfAnotherDay},
	}
	for e := range o.exams {
		form := pool[e%len(pool)]
		for _, w := range ways {
			rng := rand.New(rand.NewPCG(uint64(e), 15))
			x := newNamedExam(rng, form, w.mixed)
			if w.marks != nil {
				w.marks(rand.New(rand.NewPCG(uint64(e), 16)), x.roster.Students)
			}
			w.add(x, heardIn(x, o.params), rng, o.params)
		}
	}
	fmt.Printf("\n## Names\n\n%d exams of %d sheets each from %d drawn sheets of %d forms: %d by students, %d by strangers whose ID is one digit away from that of an absent student, in half of the cases the digit that the reading doubts most.\n\n", o.exams, namedSheets, len(pool)*sheetsOfForm, len(pool), namedSheets-namedStrangers, namedStrangers)
	if costOfNames.sheets > 0 {
		fmt.Printf("Reading names took %.1f ms of CPU a sheet (%d sheets).\n\n", costOfNames.ms/float64(costOfNames.sheets), costOfNames.sheets)
	}
	fmt.Println("| | students accepted | of them wrong | strangers accepted | of those whose form asks for a name | students whose name was read: accepted | strangers whose name was read: accepted | students sent to a person for the name or the mark | log loss | alarms |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	for _, w := range ways {
		fmt.Printf("| %s | %s | %d | %s | %s | %s | %s | %s | %.4f | %d |\n", w.title, w.accepted, w.wrong, w.strangers, w.askedStrangers, w.heard, w.heardStrangers, w.vetoed, w.loss/float64(w.sheets), w.alarms)
	}
	for _, w := range ways {
		fmt.Printf("\n%s: what the name said of students: %v; confidence and share right: %s\n", w.title, w.said, w.bins())
	}
	return nil
}

// heardIn says on which sheets of an exam the name said anything.
func heardIn(x namedExam, p recognizer.Params) []bool {
	out := make([]bool, len(x.readings))
	for i, d := range recognizer.Solve(x.readings, x.roster, p).Decisions {
		out[i] = d.Name != "" && d.Name != recognizer.NameNotRead
	}
	return out
}

// namePool draws and reads the sheets, or takes them from an earlier run.
func namePool(ctx context.Context, o options) ([]namedForm, error) {
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = reader.Close() }()
	assets, err := assetsOf(synth.Testing)
	if err != nil {
		return nil, err
	}
	part := synth.Testing
	if o.fonts == "calibration" {
		part = synth.Shifted
	}
	hands, missing, err := assets.NameHands(part)
	if err != nil {
		return nil, err
	}
	for _, file := range missing {
		fmt.Println("SKIPPED font", file)
	}
	assets = assets.WithNames(hands)
	var pool []namedForm
	for i := range formsOfPool {
		form, err := drawForm(ctx, reader, assets, shelfOfNames(o, reader), i)
		if err != nil {
			return nil, err
		}
		pool = append(pool, form)
	}
	return pool, nil
}

// namedExam is a roster and sheets.
type namedExam struct {
	roster   *roster.Roster
	readings []*recognizer.Reading
	truth    []string // what is written; that of a stranger isn't on the roster
	asks     bool     // the form asks for a name
}

// newNamedExam puts an exam together: strangers' numbers are on the sheets, and their
// neighbours' on the roster under another name.
func newNamedExam(rng *rand.Rand, form namedForm, mixed bool) namedExam {
	x := namedExam{asks: form.asks}
	students := &roster.Roster{}
	order := rng.Perm(len(form.sheets))[:namedSheets]
	taken := map[string]bool{}
	for _, i := range order {
		taken[form.sheets[i].id] = true
	}
	for n, i := range order {
		s := form.sheets[i]
		x.readings, x.truth = append(x.readings, s.reading), append(x.truth, s.id)
		student := roster.Student{ID: s.id, Name: s.name}
		if n < namedStrangers {
			student = roster.Student{ID: neighbourOf(rng, s, n%2 == 0, taken), Name: synth.KoreanName(rng.Uint64())}
		}
		taken[student.ID] = true
		students.Students = append(students.Students, student)
	}
	for range namedAbsent {
		students.Students = append(students.Students, roster.Student{ID: neighbourOf(rng, form.sheets[rng.IntN(len(form.sheets))], false, taken), Name: synth.KoreanName(rng.Uint64())})
		taken[students.Students[len(students.Students)-1].ID] = true
	}
	if mixed {
		for i := range students.Students {
			students.Students[i].Name = synth.KoreanName(rng.Uint64())
		}
	}
	x.roster = students
	return x
}

// marksOfTheDay mark as absent whoever handed in no sheet: the strangers' neighbours and
// those behind the sheets' students.
func marksOfTheDay(_ *rand.Rand, students []roster.Student) {
	for i := range students {
		students[i].Absent = i < namedStrangers || i >= namedSheets
	}
}

// marksAmiss are those of the day, but each one time in fifty the wrong one.
func marksAmiss(rng *rand.Rand, students []roster.Student) {
	marksOfTheDay(rng, students)
	for i := range students {
		if rng.IntN(50) == 0 {
			students[i].Absent = !students[i].Absent
		}
	}
}

// marksOfAnotherDay are as many, of anybody.
func marksOfAnotherDay(rng *rand.Rand, students []roster.Student) {
	marksOfTheDay(rng, students)
	rng.Shuffle(len(students), func(i, j int) {
		students[i].Absent, students[j].Absent = students[j].Absent, students[i].Absent
	})
}

// neighbourOf is an ID one digit away from a sheet's: by chance, or, if hard, where the
// reading itself sees another digit.
func neighbourOf(rng *rand.Rand, s namedSheet, hard bool, taken map[string]bool) string {
	if hard {
		alone := &roster.Roster{Students: []roster.Student{{ID: s.id}}}
		d := recognizer.Decide(s.reading, alone, recognizer.DefaultParams())
		best, most := "", 0.0
		for i, digit := range d.Digits {
			for _, other := range append(slices.Clone(digit.Others), decide.Alternative{Read: digit.Read, Conf: digit.Conf}) {
				if i < len(s.id) && other.Read != s.id[i:i+1] && other.Conf > most && !taken[s.id[:i]+other.Read+s.id[i+1:]] {
					best, most = s.id[:i]+other.Read+s.id[i+1:], other.Conf
				}
			}
		}
		if best != "" {
			return best
		}
	}
	for {
		i, digit := 2+rng.IntN(len(s.id)-2), string(rune('0'+rng.IntN(10)))
		if id := s.id[:i] + digit + s.id[i+1:]; !taken[id] {
			return id
		}
	}
}

// nameWay is a way to use names, and what came of it.
type nameWay struct {
	title  string
	change func(*rand.Rand, []*recognizer.Reading) []*recognizer.Reading
	mixed  bool // the roster's names are other people's
	marks  func(*rand.Rand, []roster.Student)

	accepted, strangers, vetoed share
	// askedStrangers are those whose form asks for a name; heard and heardStrangers are
	// those on whose sheets the name says anything.
	askedStrangers, heard, heardStrangers share
	wrong, alarms, sheets                 int
	loss                                  float64
	said                                  map[string]int
	conf, right                           [6]float64
	count                                 [6]int
}

func asRead(_ *rand.Rand, r []*recognizer.Reading) []*recognizer.Reading { return r }

func withoutNames(_ *rand.Rand, r []*recognizer.Reading) []*recognizer.Reading {
	out := make([]*recognizer.Reading, len(r))
	for i, rd := range r {
		c := *rd
		c.Names, out[i] = nil, &c
	}
	return out
}

// halfMisread gives every second sheet another sheet's name.
func halfMisread(rng *rand.Rand, r []*recognizer.Reading) []*recognizer.Reading {
	out := slices.Clone(r)
	for i := range out {
		if rng.IntN(2) == 0 {
			c := *out[i]
			c.Names, out[i] = r[rng.IntN(len(r))].Names, &c
		}
	}
	return out
}

// add decides an exam.
func (w *nameWay) add(x namedExam, heard []bool, rng *rand.Rand, p recognizer.Params) {
	solution := recognizer.Solve(w.change(rng, x.readings), x.roster, p)
	if solution.NamesDisagree || solution.AttendanceDisagrees {
		w.alarms++
	}
	if w.said == nil {
		w.said = map[string]int{}
	}
	for i, d := range solution.Decisions {
		accepted, right := d.Status == recognizer.Matched, len(d.Candidates) > 0 && d.Candidates[0].StudentID == x.truth[i]
		w.sheets++
		w.score(d.Confidence, right)
		if i < namedStrangers {
			countHit(&w.strangers, accepted, true)
			countHit(&w.askedStrangers, accepted, x.asks)
			countHit(&w.heardStrangers, accepted, heard[i])
			continue
		}
		countHit(&w.heard, accepted, heard[i])
		w.said[string(d.Name)]++
		w.accepted.of, w.vetoed.of = w.accepted.of+1, w.vetoed.of+1
		if accepted {
			w.accepted.hits++
			if !right {
				w.wrong++
			}
		}
		if d.Reason == recognizer.NameMismatch || d.Reason == recognizer.MarkedAbsent {
			w.vetoed.hits++
		}
	}
}

func countHit(s *share, hit, of bool) {
	if of {
		s.of++
		if hit {
			s.hits++
		}
	}
}

// score adds to log loss and reliability.
func (w *nameWay) score(confidence float64, right bool) {
	w.loss += lossOf(confidence, right)
	k := 0
	for _, bound := range []float64{0.5, 0.9, 0.99, 0.999, 0.9999} {
		if confidence >= bound {
			k++
		}
	}
	w.conf[k] += confidence
	w.count[k]++
	if right {
		w.right[k]++
	}
}

func (w *nameWay) bins() string {
	var out []string
	for k, n := range w.count {
		if n > 0 {
			out = append(out, fmt.Sprintf("%.4f %.4f (%d)", w.conf[k]/float64(n), w.right[k]/float64(n), n))
		}
	}
	return strings.Join(out, ", ")
}
