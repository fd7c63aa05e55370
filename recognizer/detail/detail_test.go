package detail_test

import (
	"errors"
	"fmt"
	"testing"

	"hakbeon/recognizer/detail"
)

var errKind = errors.New("cannot be read")

func TestOfFindsTheDetailBelowOthers(t *testing.T) {
	made := detail.New(errKind, "it has %d pages", "%d쪽입니다", 3)
	err := fmt.Errorf("open: %w", fmt.Errorf("page: %w", made))
	if got, want := detail.Of(err), (detail.Detail{EN: "it has 3 pages", KO: "3쪽입니다"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !errors.Is(err, errKind) {
		t.Error("the kind is lost")
	}
	if got, want := made.Error(), "cannot be read: it has 3 pages"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := detail.Of(errKind); !got.IsZero() {
		t.Errorf("got %+v of an error without one", got)
	}
}

func ExampleNew() {
	err := detail.New(errKind, "it is protected by a password", "암호가 걸려 있습니다")
	fmt.Println(err)
	fmt.Println(detail.Of(err).KO)
	// Output:
	// cannot be read: it is protected by a password
	// 암호가 걸려 있습니다
}
