package paper_test

import (
	"fmt"

	"hakbeon/recognizer/paper"
)

// A scanner dropped the blank back of the second of three papers of two pages each.
func Example() {
	front := func(id string) paper.Page {
		return paper.Page{Students: []paper.Student{{ID: id, Likelihood: 1e7}}, Roster: 100, Field: 1}
	}
	back := paper.Page{Roster: 100, Field: 1}
	division := paper.Divide([]paper.Page{front("20170001"), back, front("20170002"), front("20170003"), back}, paper.Params{Pages: 2})
	for _, p := range division.Papers {
		fmt.Printf("pages %d to %d: %.2f\n", p.First+1, p.Last+1, p.Confidence)
	}
	fmt.Println("uneven:", division.Uneven)
	// Output:
	// pages 1 to 2: 1.00
	// pages 3 to 3: 1.00
	// pages 4 to 5: 1.00
	// uneven: true
}
