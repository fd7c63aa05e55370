package decide_test

import (
	"math"
	"strings"
	"testing"

	"hakbeon/recognizer/decide"
)

// TestDigits checks what a decision says digit by digit.
func TestDigits(t *testing.T) {
	ro := students(t, "32149638", "32141837", "B911234")
	tests := []struct {
		name    string
		decided decide.Decision
		read    string
		doubt   int // the place in doubt, -1 for none
		conf    float64
		others  string
	}{
		{"a clear ID", decide.Decide(sheet("32149638"), ro, decide.Params{}), "32149638", -1, 1, ""},
		{"a digit in doubt", decide.Decide(split("32149638", "32149633", 0.7), ro, decide.Params{}), "32149638", 7, 0.7, "3"},
		{"a digit that speaks against the student", decide.Decide(split("32749638", "32149638", 0.7), ro, decide.Params{}), "32749638", 2, 0.7, "1"},
		{"a stranger", decide.Decide(sheet("77772222"), ro, decide.Params{}), "77772222", -1, 1, ""},
		{"an ID with a letter", decide.Decide(page(written(0, 0.999999, "#_9_1_1_2_3_4")), ro, decide.Params{}), "911234", -1, 1, ""},
		{"no digits", decide.Decide(page(written(0, 0.999999, "##_#")), ro, decide.Params{}), "", -1, 0, ""},
		{"a long number", decide.Decide(sheet("12345678901234567890"), students(t, "12345678901234567890"), decide.Params{}), "123456789012", -1, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			read, doubt := "", -1
			for i, d := range tt.decided.Digits {
				read += d.Read
				if d.Doubtful {
					doubt = i
				}
			}
			if tt.doubt >= 0 && read != "" {
				d := tt.decided.Digits[tt.doubt]
				others := make([]string, len(d.Others))
				for i, o := range d.Others {
					others[i] = o.Read
				}
				if math.Abs(d.Conf-tt.conf) > 0.02 || strings.Join(others, "") != tt.others {
					t.Errorf("got %+v, want %g and %q", d, tt.conf, tt.others)
				}
			}
			if read != tt.read || doubt != tt.doubt {
				t.Errorf("read %q with a doubt at %d, want %q and %d: %+v", read, doubt, tt.read, tt.doubt, tt.decided.Digits)
			}
		})
	}
}
