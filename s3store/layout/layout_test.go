package layout_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"hakbeon/s3store/layout"
)

const sheetID = "0123456789abcdef"

func TestFileName(t *testing.T) {
	for _, test := range []struct {
		name, key string
		page      int
		pages     int
		want      string
	}{
		{"plain", "uploads/X/001.jpg", 1, 1, "001-01234567"},
		{"page of several", "a/scan.pdf", 3, 12, "scan-p3-01234567"},
		{"unknown number of pages", "a/scan.pdf", 1, 0, "scan-01234567"},
		{"Korean, decomposed", "a/" + norm.NFD.String("답안") + ".jpg", 1, 1, "답안-01234567"},
		{"other scripts", "a/ответ_解答-๑.png", 1, 1, "ответ_解答-๑-01234567"},
		{"space and signs", "a/1 2+3%4#5?6&7\"8.jpg", 1, 1, "1_2_3_4_5_6_7_8-01234567"},
		{"control and direction", "a/x\x00\n\u202ey.jpg", 1, 1, "x___y-01234567"},
		{"not UTF-8", "a/x\xff.jpg", 1, 1, "x_-01234567"},
		{"no extension", "a/b", 1, 1, "b-01234567"},
		{"two extensions", "a/b.tar.gz", 1, 1, "b.tar-01234567"},
		{"leading dots", "a/...b.jpg", 1, 1, "b-01234567"},
		{"dots only", "a/..", 1, 1, "sheet-01234567"},
		{"upwards", "a/../../etc/passwd", 1, 1, "passwd-01234567"},
		{"absolute", "/etc/passwd.jpg", 1, 1, "passwd-01234567"},
		{"backslashes", `C:\scan\1.jpg`, 1, 1, "C__scan_1-01234567"},
		{"empty", "", 1, 1, "sheet-01234567"},
		{"hidden", "a/.jpg", 1, 1, "sheet-01234567"},
		{"slash at the end", "a/b/", 1, 1, "b-01234567"},
		{"long", "a/" + strings.Repeat("x", 300) + ".jpg", 1, 1, strings.Repeat("x", 100) + "-01234567"},
		{"long, at a rune's border", "a/x" + strings.Repeat("답", 50) + ".jpg", 1, 1, "x" + strings.Repeat("답", 33) + "-01234567"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := layout.FileName(test.key, test.page, test.pages, sheetID); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestExt(t *testing.T) {
	for key, want := range map[string]string{
		"a/1.jpg": "jpg", "a/1.JPEG": "jpeg", "a/1.tar.gz": "gz", "a/1": "bin", "a/1.": "bin", "a.b/1": "bin", "": "bin",
		"a/1.j pg": "bin", "a/1.jpg?x=1": "bin", "a/1.답": "bin", "a/1.verylongone": "bin", "a/.png": "png", "a/1.mp4": "mp4",
	} {
		if got := layout.Ext(key); got != want {
			t.Errorf("%q: got %q, want %q", key, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	b := layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "2017-12-18-a"}
	for got, want := range map[string]string{
		layout.RosterKey("X"):                           "rosters/X.xlsx",
		layout.OriginalKey("X", "32141837", "1", "jpg"): "original/X/32141837/1.jpg",
		layout.OriginalKey("X", "", "1", "jpg"):         "original/X/unknown_id/1.jpg",
		layout.HeaderKey("X", "32141837", "1"):          "header/X/32141837/1.jpg",
		layout.HeaderKey("X", "", "1"):                  "header/X/unknown_id/1.jpg",
		b.Job():                                         "results/SaS_2017_Final/2017-12-18-a/job.json",
		b.Part("p"):                                     "results/SaS_2017_Final/2017-12-18-a/parts/p.json",
		b.Pages("s", 2, 3):                              "results/SaS_2017_Final/2017-12-18-a/pages/s-2-3",
		b.Result("s"):                                   "results/SaS_2017_Final/2017-12-18-a/sheets/s.json",
		b.Evidence("s"):                                 "results/SaS_2017_Final/2017-12-18-a/evidence/s.bin",
		b.Attempt("s", 1):                               "results/SaS_2017_Final/2017-12-18-a/attempts/s-1",
		b.Correction("c"):                               "results/SaS_2017_Final/2017-12-18-a/corrections/c.json",
		b.Request("r"):                                  "results/SaS_2017_Final/2017-12-18-a/requests/r",
		b.Roster("h"):                                   "results/SaS_2017_Final/2017-12-18-a/rosters/h.json",
		b.Plan(7):                                       "results/SaS_2017_Final/2017-12-18-a/plans/000007.json",
		b.Done(7):                                       "results/SaS_2017_Final/2017-12-18-a/done/000007",
		b.Summary():                                     "results/SaS_2017_Final/2017-12-18-a/summary.json",
		b.Report():                                      "results/SaS_2017_Final/2017-12-18-a/report.xlsx",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Whatever a backend's key is, its sheet is filed in one place under its student.
func FuzzFileName(f *testing.F) {
	for _, key := range append(strangeKeys(), "..", "/", "", "a/../../b", "x\x00y", "\xff", strings.Repeat("답", 400), "a/.hidden.", "e\u0301.jpg") {
		f.Add(key, 1, 1)
	}
	f.Fuzz(func(t *testing.T, key string, page, pages int) {
		name, ext := layout.FileName(key, page, pages, sheetID), layout.Ext(key)
		again := layout.FileName(key, page, pages, sheetID)
		stem := strings.TrimSuffix(name, "-01234567")
		switch {
		case name != again:
			t.Errorf("%q gives %q and %q", key, name, again)
		case !utf8.ValidString(name) || stem == name || stem == "" || strings.HasPrefix(name, "."):
			t.Errorf("%q gives %q", key, name)
		case len(name) > 100+len("-p-9223372036854775808-01234567"):
			t.Errorf("%q gives a name of %d bytes", key, len(name))
		case strings.ContainsAny(name+ext, "/\\ \x00\n%#?+&\"'<>|:*"):
			t.Errorf("%q gives %q and %q with unsafe characters", key, name, ext)
		}
		at := layout.OriginalKey("X", "", name, ext)
		if rest, ok := strings.CutPrefix(at, "original/X/unknown_id/"); !ok || strings.Contains(rest, "/") || len(at) > 1024 {
			t.Errorf("%q is filed at %q", key, at)
		}
	})
}

// strangeKeys are keys as backends and scanners make them.
func strangeKeys() []string {
	return []string{"답안지 1.jpg", "a b/c d.png", "1+1=2.jpg", "100%.jpg", "%41.jpg", "#1.jpg", "what?.jpg", "a&b;c,d@e:f$g!(h)'i*.jpg", "ünï~.tif"}
}

// What is written in a marker's name is read from it.
func TestParsePages(t *testing.T) {
	b := layout.Batch{ExamCode: "E", BatchID: "b"}
	key := b.Pages(sheetID, 3, 12)
	first, count, ok := layout.ParsePages(strings.TrimPrefix(key, b.Prefix()+"pages/"))
	if !ok || first != sheetID || count != (layout.PageCounts{Sheets: 3, Pages: 12}) {
		t.Errorf("of %q: got %q, %+v, %v", key, first, count, ok)
	}
	for _, name := range []string{"", "a-1", "a-1-2-3", "a-x-2", "a-1-"} {
		if _, _, ok := layout.ParsePages(name); ok {
			t.Errorf("%q was taken for a marker", name)
		}
	}
}
