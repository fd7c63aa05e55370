package recognizer_test

import (
	"testing"

	"hakbeon/recognizer/decide/decidetest"
	"hakbeon/recognizer/roster"

	"go.uber.org/goleak"
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
