package report

import "github.com/xuri/excelize/v2"

// state is what is known of a student or a sheet.
type state int

const (
	stateNone state = iota
	stateSure
	statePerson
	stateReview
	stateFailed
	stateAbsent
)

// fills are calm: they show a state without hiding what stands there.
func (s state) fill() string {
	switch s {
	case statePerson:
		return "E3EEF9"
	case stateReview:
		return "FFF2CC"
	case stateFailed:
		return "F8DCD6"
	case stateAbsent:
		return "EDEDED"
	}
	return ""
}

// styles are the workbook's styles by their numbers.
type styles struct {
	header, note, title, alarm int
	cells                      [pictureColumn + 1][stateAbsent + 1]int
}

func (s *styles) of(c columnStyle, st state) int { return s.cells[c][st] }

func (f *book) makeStyles() (s styles, err error) {
	line := []excelize.Border{{Type: "bottom", Color: "D9D9D9", Style: 1}}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	middle := &excelize.Alignment{Vertical: "center"}
	if s.header, err = f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill("44546A"), Alignment: middle,
	}); err != nil {
		return s, err
	}
	if s.note, err = f.NewStyle(&excelize.Style{Font: &excelize.Font{Color: "595959"}}); err != nil {
		return s, err
	}
	if s.title, err = f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "44546A"}}); err != nil {
		return s, err
	}
	if s.alarm, err = f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "C00000"}}); err != nil {
		return s, err
	}
	percent, text := "0.00%", 49
	for c := range s.cells {
		for st := range s.cells[c] {
			style := &excelize.Style{Border: line, Alignment: middle, NumFmt: text}
			if columnStyle(c) == probabilityColumn {
				style.NumFmt, style.CustomNumFmt = 0, &percent
			}
			if color := state(st).fill(); color != "" {
				style.Fill = fill(color)
			}
			if s.cells[c][st], err = f.NewStyle(style); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}
