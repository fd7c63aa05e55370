package synth

import (
	"fmt"
	"strconv"
	"strings"
)

// answerTable draws the table of answers.
type answerTable struct{ *page }

// draw draws the table and what is written into it.
func (p answerTable) draw() error {
	if err := p.rules(); err != nil {
		return err
	}
	r := stream(p.seed, "answers")
	t := p.layout.table
	y := t.top + t.headHeight
	for i, height := range t.rows {
		if err := p.printRow(i, y, height); err != nil {
			return err
		}
		if err := p.answerRow(r, y, height); err != nil {
			return err
		}
		y += height
	}
	return nil
}

// rules draws the table's lines and heads.
func (p answerTable) rules() error {
	t := p.layout.table
	for _, x := range t.columns {
		p.rule(vec{x, t.top}, vec{x, t.bottom}, t.rule)
	}
	y := t.top
	p.rule(vec{t.left, y}, vec{t.right, y}, t.rule)
	y += t.headHeight
	for _, height := range t.rows {
		p.rule(vec{t.left, y}, vec{t.right, y}, t.rule)
		y += height
	}
	p.rule(vec{t.left, y}, vec{t.right, y}, t.rule)
	for i, head := range t.heads {
		if err := p.printCentred(head, t.columns[i], t.columns[i+1], t.top+t.headHeight*0.68); err != nil {
			return err
		}
	}
	return nil
}

// rule draws a ruled line, in short pieces because it bends a little.
func (p *page) rule(from, to vec, width float64) {
	const pieces = 24
	var line []dab
	for i := range pieces + 1 {
		t := float64(i) / pieces
		bend := p.layout.table.bow * 4 * t * (1 - t)
		line = append(line, dab{from.add(to.sub(from).times(t)).add(vec{bend, bend}), 1, 0.85})
	}
	p.put(newStrokes(width*p.unit, line), translate(0, 0), ink{r: 40, g: 40, b: 42, fade: 0.1})
}

// printCentred prints a text in the table, in the middle between two lines.
func (p answerTable) printCentred(text string, left, right, y float64) error {
	l := p.layout
	width, err := textWidth(l.head, l.textSize, text)
	if err != nil {
		return err
	}
	_, _, err = p.print(l.head, l.textSize, text, vec{(left + right - width) / 2, y})
	return err
}

// printRow prints a question's number and points.
func (p answerTable) printRow(i int, y, height float64) error {
	t := p.layout.table
	base := y + height/2 + 0.35*p.layout.textSize
	if err := p.printCentred(fmt.Sprintf("(%d)", i+1), t.columns[0], t.columns[1], base); err != nil {
		return err
	}
	return p.printCentred(t.points[i], t.columns[1], t.columns[2], base)
}

// answerRow writes an answer, of two lines where the row has room; some stay empty.
func (p answerTable) answerRow(r random, y, height float64) error {
	if r.chance(0.08) {
		return nil
	}
	size := min(p.writer.height*r.between(0.8, 1.05), 0.62*height)
	lines := 1
	if height > 2*size && r.chance(0.5) {
		lines = 2
		size = min(size, 0.4*height)
	}
	left := p.layout.table.columns[2]
	for i := range lines {
		base := y + height*(float64(i)+0.5)/float64(lines) + size*r.between(0.35, 0.55)
		at := vec{left + r.between(25, 160), base}
		text := newAnswer(r)
		boxes, err := p.hand(r, text, at, size)
		if err != nil {
			return err
		}
		p.truth.note(OtherHand, text, boxes...)
	}
	return nil
}

// newAnswer invents an answer; most have digits, some as many as an ID has.
func newAnswer(r random) string {
	n := func(limit int) string { return strconv.Itoa(r.IntN(limit)) }
	kinds := []func() string{
		func() string { return n(1000) },
		func() string { return n(10) + "." + n(10000) },
		func() string { return strings.Join([]string{n(100), n(100), n(100), n(100)}, ", ") },
		func() string { return fmt.Sprintf("%08b", r.IntN(256)) },
		func() string { return strconv.Itoa(10_000_000 + r.IntN(80_000_000)) },
		func() string { return n(100) + " / " + n(100) + " = " + n(10) + "." + n(1000) },
		func() string { return "(" + n(50) + " + " + n(50) + ") x " + n(20) + " = " + n(2000) },
		func() string { return pick(r, words()) },
		func() string { return pick(r, words()) + " " + n(100) + pick(r, []string{"개", "번", "%", ""}) },
		func() string { return pick(r, words()) + ", " + pick(r, words()) + " " + pick(r, words()) },
		func() string { return pick(r, []string{"O", "X", "A", "B", "C", "D", "True", "False"}) },
	}
	return pick(r, kinds)()
}

// words are what answers are made of.
func words() []string {
	return strings.Fields("가중치 편향 학습률 경사하강법 과적합 정규화 활성함수 은닉층 출력 입력 확률 분포 " +
		"평균 분산 최댓값 너비우선 깊이우선 휴리스틱 탐색 상태공간 목표 비용 함수 정답 없음 증가 감소 " +
		"참 거짓 트리 노드 큐 스택 정렬 해시 ReLU softmax sigmoid A* BFS DFS MLP CNN")
}

// titles are exam titles to choose from.
func titles() []string {
	return []string{"인공지능 중간고사", "인공지능 기말고사", "자료구조 중간고사", "확률과 통계 기말고사", "컴퓨터구조 중간고사"}
}
