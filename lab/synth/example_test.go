package synth_test

import (
	"fmt"
	"log"

	"hakbeon/lab/synth"
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

// A page of the world's forms, with the truth that the page finder is trained on.
func ExampleAssets_GreyPage() {
	assets, err := synth.LoadAssets("")
	if err != nil {
		log.Fatal(err)
	}
	page, truth, err := assets.GreyPage(7, synth.AnyPage(7))
	if err != nil {
		log.Fatal(err)
	}
	kinds := make(map[synth.RegionKind]bool)
	for _, r := range truth.Regions {
		kinds[r.Kind] = true
	}
	fmt.Println("at least 1000 pixels long:", max(page.Rect.Dx(), page.Rect.Dy()) >= 1000)
	fmt.Println("an ID:", kinds[synth.IDRow], "print:", kinds[synth.PrintedLine])
	// Output:
	// at least 1000 pixels long: true
	// an ID: true print: true
}
