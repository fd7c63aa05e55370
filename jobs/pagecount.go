package jobs

import (
	"errors"
	"fmt"
	"strconv"
)

// PageCount is how many pages of a file make one sheet: a number, or [AutoPages]. In
// JSON it is a number or "auto", as on a command line.
type PageCount int //nolint:recvcheck // set in place, written by value

// AutoPages leaves the number to what the pages show: a sheet begins at a page with an
// ID, and goes on to the next.
const AutoPages PageCount = -1

const autoPages = "auto"

var errPageCount = errors.New(`should be a whole number or "auto"`)

// String is the number, or auto.
func (n PageCount) String() string {
	if n == AutoPages {
		return autoPages
	}
	return strconv.Itoa(int(n))
}

// Set takes what a person writes on a command line.
func (n *PageCount) Set(s string) error {
	if s == autoPages {
		*n = AutoPages
		return nil
	}
	v, err := strconv.Atoi(s)
	if err != nil || v < 1 || v > MaxPagesPerSheet {
		return fmt.Errorf(`should be a number from 1 to %d, or "auto"`, MaxPagesPerSheet)
	}
	*n = PageCount(v)
	return nil
}

// Type names the value in a command's help.
func (n *PageCount) Type() string { return "N|auto" }

// MarshalJSON writes a number or "auto".
func (n PageCount) MarshalJSON() ([]byte, error) {
	if n == AutoPages {
		return []byte(`"` + autoPages + `"`), nil
	}
	return strconv.AppendInt(nil, int64(n), 10), nil
}

// UnmarshalJSON takes a number or "auto".
func (n *PageCount) UnmarshalJSON(raw []byte) error {
	if string(raw) == `"`+autoPages+`"` {
		*n = AutoPages
		return nil
	}
	v, err := strconv.Atoi(string(raw))
	if err != nil {
		return errPageCount
	}
	if *n = PageCount(v); *n == AutoPages {
		*n-- // a number that is out of range, and not the word
	}
	return nil
}

// check says whether the count may stand in a message, where 0 is left out.
func (n PageCount) check(field string) error {
	if n == AutoPages {
		return nil
	}
	return number(field, int(n), MaxPagesPerSheet)
}
