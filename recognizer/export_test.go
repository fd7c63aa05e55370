package recognizer

import "hakbeon/recognizer/read"

// Grey is grey.
var Grey = grey

// IsDate says whether digits that were read may begin with a date.
func IsDate(text string) bool { return run{Run: read.Run{Text: text}}.date() }
