package synth

import (
	"errors"
	"fmt"
	"slices"
)

// Part is a set of writers, fonts and digit images. What measures the line model
// is drawn with others than what trains it.
type Part int

// The parts.
const (
	Everyone Part = iota // all forms and fonts, MNIST's test images: for demo and tests
	Training             // no held-out form or font, MNIST's training images, wider variation
	Testing              // held-out fonts, all forms, MNIST's test images
	Shifted              // as Testing, with labels, a pen and damage that Training never draws
)

// variety says what a part draws with.
type variety struct {
	forms  [10][]string
	labels []labels
	pens   []penKind
	// spread widens what differs between writers and between their digits.
	spread float64
	nib    bool // some pens have a broad edge
	// strange is how far a real person's digits are bent into those of somebody else, see
	// elastic.
	strange float64
	wear    func(random) wear
}

// labels are what is printed before ID and name.
type labels struct{ id, name string }

// heldOut is, of each digit, the form that Training leaves out.
func heldOut() [10]int { return [10]int{3, 5, 3, 7, 5, 6, 4, 8, 4, 6} }

func newVariety(part Part) variety {
	v := variety{forms: forms, labels: koreanLabels(), pens: penKinds(), spread: 1, wear: noWear}
	switch part {
	case Training:
		for digit, out := range heldOut() {
			v.forms[digit] = slices.Delete(slices.Clone(forms[digit]), out, out+1)
		}
		v.labels = append(v.labels, trainingLabels()...)
		v.spread, v.strange, v.wear = 1.5, 1, anyWear
	case Testing:
		v.labels = append(v.labels, trainingLabels()...)
		v.wear = usualWear
	case Shifted:
		v.labels, v.nib, v.wear = shiftedLabels(), true, shiftedWear
	case Everyone:
	}
	return v
}

// Only returns assets that draw one part's sheets. It reads MNIST's training
// images for Training.
func (a *Assets) Only(part Part) (*Assets, error) {
	changed := *a
	changed.variety = newVariety(part)
	split := len(testFigures())
	switch part {
	case Everyone:
	case Training:
		l := loader{dir: a.dir}
		changed.digits, changed.figures = l.mnist("train"), a.figures[split:]
		if l.err != nil {
			return nil, l.err
		}
	case Testing, Shifted:
		changed.figures = a.figures[:split]
	default:
		return nil, fmt.Errorf("draw sheets: %w %d", errPart, part)
	}
	return &changed, nil
}

var errPart = errors.New("no such part")

func koreanLabels() []labels { return []labels{{"학번", "이름"}} }

func trainingLabels() []labels {
	return []labels{
		{"학번", "이름"}, {"학번", "이름"}, {"학번", "이름"}, {"학번", "성명"}, {"학 번", "성 명"},
		{"학생번호", "이름"}, {"Student ID", "Name"}, {"Student No.", "Name"}, {"ID", "Name"},
		{"학번(ID)", "이름(Name)"}, {"学号", "姓名"}, {"Student Number", "Full Name"},
	}
}

func shiftedLabels() []labels {
	return []labels{
		{"수험번호", "성명"}, {"Matr.-Nr.", "Name"}, {"No. etudiant", "Nom"}, {"등록번호", "학생 이름"},
		{"Candidate no", "Candidate"}, {"학번/이름", "/"},
	}
}
