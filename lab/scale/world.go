package main

import (
	"fmt"
	"math/rand/v2"

	"hakbeon/lab/synth"
)

// worldSeed is the first of the seeds of those who sit the exams.
const worldSeed = 400

// newPeople invents n students with different IDs of eight digits: a year and six digits,
// of 11 million. If they are close, 32, a year and four digits, of 110,000: then 20,000
// are so many that next to every misreading is somebody's ID.
func newPeople(n int, near bool) ([]synth.Person, error) {
	const most = 10_000 // of one invented exam
	people := make([]synth.Person, 0, n)
	taken := make(map[string]bool, n)
	for seed := uint64(worldSeed); len(people) < n; seed++ {
		e, err := synth.NewExam(seed, synth.ExamSpec{Roster: min(most, n)})
		if err != nil {
			return nil, fmt.Errorf("invent students: %w", err)
		}
		rng := rand.New(rand.NewPCG(seed, worldSeed)) //nolint:gosec // nobody's secret
		for _, p := range e.Roster {
			if !near {
				p.ID = fmt.Sprintf("%02d%06d", 14+rng.IntN(11), rng.IntN(1_000_000))
			}
			if !taken[p.ID] && len(people) < n {
				taken[p.ID] = true
				people = append(people, p)
			}
		}
	}
	return people, nil
}
