package recognizer_test

import (
	"testing"

	"hakbeon/recognizer"
)

// TestDates tells what a printed date leaves from an ID.
func TestDates(t *testing.T) {
	for text, want := range map[string]bool{
		"2031": true, "203106": true, "20310614": true, "2031061410": true, "199912": true,
		"20311": true, "20222": false, "203113": false, "20": false, "20311399": false, "32141837": false, "2022561234": false, "1410": false, "41022": false, "": false,
	} {
		if got := recognizer.IsDate(text); got != want {
			t.Errorf("%q: taken for a date: %v, want %v", text, got, want)
		}
	}
}
