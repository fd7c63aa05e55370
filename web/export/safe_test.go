package export_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"hakbeon/recognizer/roster"
	"hakbeon/web/export"
)

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"32141837_홍길동":                 "32141837_홍길동",
		norm.NFD.String("홍길동"):         "홍길동",
		`../../etc/passwd`:             "_.._etc_passwd",
		`C:\Windows\x`:                 "C__Windows_x",
		`a<b>c:d"e/f\g|h?i*j`:          "a_b_c_d_e_f_g_h_i_j",
		" . 홍길동 . ":                    "홍길동",
		"a\tb\nc  d":                   "a b c d",
		"x\x00\x1by":                   "xy",
		"exe\u202egpj.x":               "exegpj.x",
		"\u200b":                       "",
		"...":                          "",
		"":                             "",
		"CON":                          "_CON",
		"con.jpg":                      "_con.jpg",
		"Com1":                         "_Com1",
		"LPT² .x":                      "_LPT² .x",
		"COM10":                        "COM10",
		"CONSOLE":                      "CONSOLE",
		"\xff\xfe":                     "_",
		"=HYPERLINK(\"x\")":            "=HYPERLINK(_x_)",
		strings.Repeat("가", 100):       strings.Repeat("가", 60),
		strings.Repeat("a", 100):       strings.Repeat("a", 80),
		strings.Repeat("😀", 100):       strings.Repeat("😀", 40),
		strings.Repeat("a", 79) + " b": strings.Repeat("a", 79),
	} {
		if got := export.Safe(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, seed := range []string{"홍길동", "../x", "CON.", "a\u200d\u0301", "\u1100\u200b\u1161", "lpt1 .x", "\xff", strings.Repeat("é", 90), "aux\u0000", " .CON"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := export.Safe(in)
		switch {
		case !utf8.ValidString(got), !norm.NFC.IsNormalString(got):
			t.Errorf("%q: %q is not composed UTF-8", in, got)
		case strings.ContainsAny(got, `<>:"/\|?*`), strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == 0x7f }):
			t.Errorf("%q: %q has what is forbidden", in, got)
		case got != strings.Trim(got, " ."):
			t.Errorf("%q: %q begins or ends with a space or a full stop", in, got)
		case len(got) > 180, len(utf16.Encode([]rune(got))) > 80:
			t.Errorf("%q: %q is too long", in, got)
		case got != "" && (!filepath.IsLocal(got) || filepath.Base(got) != got):
			t.Errorf("%q: %q leads out of its folder", in, got)
		case export.Safe(got) != got:
			t.Errorf("%q: %q becomes %q", in, got, export.Safe(got))
		}
	})
}

func TestParsePattern(t *testing.T) {
	for text, good := range map[string]bool{
		"": true, "{student_id}": true, "{name}": true, "{exam_code} {department} {student_id} ({name})": true,
		"{batch_id}-{name}": true, "{department}": false, "fixed": false, "{student}": false, "{student_id": false, "student_id}": false,
		"{student_id}/{name}": false, `{student_id}\x`: false, "{{student_id}}": false, "{}{name}": false, "{name}" + strings.Repeat("x", 100): false,
		"{name}\xff": false,
	} {
		_, err := export.ParsePattern(text)
		if (err == nil) != good || err != nil && !errors.Is(err, export.ErrPattern) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// Whatever a roster says comes back as it was, and nothing of it is a formula.
func FuzzStudents(f *testing.F) {
	for _, seed := range []string{"홍길동", "=1+1", "-3.5", "+82-10-1234-5678", "@x", "\t=1", "a\"b,c\nd", "＝1", " =1", "-1e3", "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		if !utf8.ValidString(cell) {
			t.Skip("a roster is UTF-8 once it was read")
		}
		r := newRoom(t, "")
		ro := &roster.Roster{Students: []roster.Student{{ID: "1001"}}, Columns: []string{"학번", cell + "제목"}, Rows: [][]string{{"1001", cell}}}
		r.plan.Roster = "r"
		r.record(t, r.batch.Roster("r"), ro)
		r.end()
		var out bytes.Buffer
		must(t, r.open(export.Request{}).WriteStudents(&out))
		rows := table(t, out.String())
		got := rows[1][1]
		if back := strings.TrimPrefix(got, "'"); back != strings.ReplaceAll(cell, "\r", "") && got != strings.ReplaceAll(cell, "\r", "") {
			t.Errorf("%q came back as %q", cell, got)
		}
		number := regexp.MustCompile(`^[+-]?[0-9.,]+([eE][+-]?[0-9]+)?%?$`).MatchString(strings.TrimSpace(got))
		if strings.ContainsAny(got[:min(1, len(got))], "=+-@\t") && !number {
			t.Errorf("%q is a formula", got)
		}
	})
}
