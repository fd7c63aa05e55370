package recognizer_test

import (
	"testing"

	"go.uber.org/goleak"

	"hakbeon/recognizer/decide/decidetest"
	"hakbeon/recognizer/roster"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var checkSound = decidetest.Sound

func students(t testing.TB, ids ...string) *roster.Roster {
	t.Helper()
	ro, err := roster.New(ids...)
	if err != nil {
		t.Fatal(err)
	}
	return ro
}
