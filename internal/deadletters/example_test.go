package deadletters_test

import (
	"fmt"

	"hakbeon/internal/deadletters"
)

func ExampleOrigins_Plan() {
	to := deadletters.Origins{
		Jobs: "https://sqs/1/jobs", Work: "https://sqs/1/work", Callbacks: "https://sqs/1/callbacks",
	}
	for _, m := range to.Plan([]deadletters.Letter{{Kind: "delivery", Source: "callbacks"}, {Kind: "sheet", Source: "others"}}) {
		fmt.Printf("%s: to %q, kept %q\n", m.Kind, m.To, m.Kept)
	}
	// Output:
	// delivery: to "callbacks", kept ""
	// sheet: to "", kept "it came from others, which is none of the configured queues"
}
