package roster

import (
	"strings"

	"hakbeon/recognizer/detail"
)

// astray tells of IDs of the list's form that stand in the first header or above it, where
// none is looked for: somebody sorted the students together with their header, or the
// writer of the file mixed its cells up. It is a doubt only, since a date of eight digits
// looks the same.
func (t *table) astray(g *grid, first line) {
	taken := map[string]bool{}
	for _, r := range t.rows {
		taken[r.student.ID] = true
	}
	var cells []string
	for _, l := range g.lines {
		if l.number > first.number {
			break
		}
		for i, c := range l.cells {
			if id, why := c.studentID(); why == reasonNone && formOf(id) == t.usual && !taken[id] {
				cells = append(cells, g.address(l.number, i))
			}
		}
	}
	if len(cells) == 0 {
		return
	}
	t.doubts = append(t.doubts, detail.Sprintf(
		"Cells in the header or above it look like student IDs and were not read (%d): %s. Students may be missing, or the program that wrote the file mixed its cells up: open the file and compare.",
		"머리글이나 그 위의 칸 %d개가 학번처럼 보이지만 읽지 않았습니다: %s. 빠진 학생이 있거나 파일을 만든 프로그램이 칸을 뒤섞었을 수 있으니, 파일을 열어 확인해 주세요.",
		len(cells), strings.Join(cells[:min(len(cells), maxShown)], ", ")))
}
