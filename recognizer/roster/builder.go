package roster

import (
	"fmt"
	"strings"

	"hakbeon/recognizer/detail"
)

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
		there := b.roster.Students[b.roster.index[s.ID]]
		from.Harmless = there.Name == s.Name
		b.skip(from, duplicateOf(first, from.Sheet))
		return false
	}
	b.origin[s.ID] = from
	b.roster.index[s.ID] = len(b.roster.Students)
	b.roster.Students = append(b.roster.Students, s)
	return true
}

func (b *builder) skip(at Skip, why detail.Detail) {
	at.Reason, at.ReasonKO = why.EN, why.KO
	b.roster.Skipped = append(b.roster.Skipped, at)
}

// leftOut tells of a sheet that is a list of others.
func (b *builder) leftOut(t *table) {
	b.roster.Doubts = append(b.roster.Doubts, detail.Sprintf(
		"%[1]s was left out: its %[2]d IDs do not look like those of the other sheets.", "%[1]s의 %[2]d명은 다른 시트의 학번과 모양이 달라 넣지 않았습니다.",
		t.title(), t.students()))
}

func duplicateOf(first Skip, sheet string) detail.Detail {
	if first.Sheet == sheet {
		return detail.Sprintf("duplicate of row %d", "%d행과 중복", first.Row)
	}
	return detail.Sprintf("duplicate of row %[1]d of sheet %[2]q", "시트 %[2]q의 %[1]d행과 중복", first.Row, first.Sheet)
}

// When IDs are said to be unlike the others: nearly all of a list that is long
// enough to tell have one form.
const (
	unlikeFrom  = 10
	unlikeShare = 0.9
)

// unlike tells of IDs that have another form than nearly all: some are a name of
// another system's, or have a digit too many.
func (b *builder) unlike() {
	var seen forms
	for _, s := range b.roster.Students {
		seen.add(s.ID)
	}
	usual, share := seen.usual()
	if len(b.roster.Students) < unlikeFrom || share < unlikeShare || share == 1 {
		return
	}
	var cells []string
	for _, s := range b.roster.Students {
		if formOf(s.ID) != usual {
			cells = append(cells, b.origin[s.ID].where())
		}
	}
	n := len(cells)
	shown := strings.Join(cells[:min(n, maxShown)], ", ")
	b.roster.Doubts = append(b.roster.Doubts, detail.Sprintf(
		"%d of %d student IDs do not look like the others: %s.", "학번 %[2]d개 중 %[1]d개가 다른 학번과 모양이 다릅니다: %[3]s.",
		n, len(b.roster.Students), shown))
}

// maxShown is how many places a sentence names.
const maxShown = 5

// where is the place in words.
func (s Skip) where() string {
	if s.Sheet == "" {
		return s.Cell
	}
	return fmt.Sprintf("%s (%s)", s.Cell, s.Sheet)
}
