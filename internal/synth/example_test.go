package synth_test

import (
	"fmt"
	"log"

	"hakbeon/internal/synth"
)

func Example() {
	assets, err := synth.LoadAssets("") // the nearest node_modules
	if err != nil {
		log.Fatal(err)
	}
	exam, err := synth.NewExam(1, synth.ExamSpec{Roster: 40, Absent: 2, Strangers: 1, DPI: 150})
	if err != nil {
		log.Fatal(err)
	}
	file, err := exam.File(assets, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(exam.Roster), "students,", len(exam.Sheets), "sheets")
	fmt.Println(exam.Sheets[0].File, "is a JPEG:", string(file[:2]) == "\xff\xd8")
	// Output:
	// 40 students, 39 sheets
	// 001.jpg is a JPEG: true
}
