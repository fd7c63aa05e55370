package vlm_test

import (
	"fmt"

	"hakbeon/recognizer/vlm"
)

func Example() {
	_, err := vlm.New(vlm.Options{}) // nothing leaves without a key
	fmt.Println(err)
	// Output: vlm: no key: without OPENAI_API_KEY no second reader is asked
}
