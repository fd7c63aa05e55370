package main

import (
	"fmt"
	"math/rand/v2"

	"hakbeon/lab/synth"
)

// sheetsOfExam is how many sheets each exam of the benchmark has.
const sheetsOfExam = 100

// benchExam invents exam i of the benchmark: a roster with absent students and
// mostly with near neighbours, 18 strangers of whom 9 are one digit away from an
// absent student, a blank sheet, at times one handed in twice.
func benchExam(i uint64, family synth.Family) (*synth.Exam, error) {
	r := rand.New(rand.NewPCG(i, 20321124))
	pick := func(choices ...int) int { return choices[r.IntN(len(choices))] }
	s := synth.ExamSpec{
		Code: fmt.Sprintf("BENCH_%04d", i), Title: fmt.Sprintf("%s %d", []string{"인공지능 중간고사", "자료구조 기말고사", "확률과 통계", "운영체제 퀴즈"}[r.IntN(4)], i),
		Sheets: sheetsOfExam, Strangers: 18, NearStrangers: 9, Duplicates: pick(0, 0, 1), Blanks: 1,
		NearNeighbours: r.IntN(4) > 0, DPI: float64(pick(150, 200, 275, 300)),
		Family: family, Digits: pick(8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 5, 6, 9, 10, 12),
	}
	if r.IntN(2) > 0 {
		s.Field = synth.Field(pick(int(synth.Underlined), int(synth.Boxed), int(synth.Comb), int(synth.Split), int(synth.Cell)))
	}
	s.Roster = s.Sheets - s.Strangers - s.Duplicates + 10 + r.IntN(26)
	return synth.NewExam(1<<40+i, s)
}
