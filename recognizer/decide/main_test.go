package decide_test

import (
	"testing"

	"go.uber.org/goleak"

	"hakbeon/recognizer/decide/decidetest"
	"hakbeon/recognizer/read/readtest"
	"hakbeon/recognizer/roster"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Readings as a good line model sees them.
var (
	written = readtest.Written
	page    = readtest.Page
	sheet   = readtest.Sheet
	spaced  = readtest.Spaced

	checkSound = decidetest.Sound
)

func students(t testing.TB, ids ...string) *roster.Roster {
	t.Helper()
	ro, err := roster.New(ids...)
	if err != nil {
		t.Fatal(err)
	}
	return ro
}
