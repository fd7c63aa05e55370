package corpus_test

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/imagefile/imagefiletest"
	"hakbeon/recognizer/roster"
)

// rare are formats that fewer than three writers write which make venv can fetch: fewer
// will do. HEIC and .xls have two, Excel's XML of 2003 has one, and each one more where
// libheif's tools and LibreOffice are.
var rare = []string{"heic", "xls", "xml"}

// Every format that docs/files.md claims is read from at least three writers, and
// every file of theirs is read.
func TestFilesOfOtherPrograms(t *testing.T) {
	folder := written(t)
	files, err := filepath.Glob(filepath.Join(folder, "*--*"))
	must(t, err)
	cache, err := imagefiletest.Cache()
	must(t, err)
	defer os.RemoveAll(cache)
	decoder := &imagefile.Decoder{CacheDir: cache} // what PDF and HEIC need starts once
	defer decoder.Close()
	writers := map[string]map[string]bool{}
	for _, file := range files {
		parts := strings.SplitN(filepath.Base(file), "--", 3)
		format, writer := parts[0], parts[1]
		data, err := os.ReadFile(file)
		must(t, err)
		if wrong := read(decoder, format, data); wrong != "" {
			t.Errorf("%s: %s", filepath.Base(file), wrong)
		}
		if writers[format] == nil {
			writers[format] = map[string]bool{}
		}
		writers[format][writer] = true
	}
	claimed := claims(t)
	for _, format := range claimed {
		t.Logf("%s: %d writers: %s", format, len(writers[format]), strings.Join(slices.Sorted(maps.Keys(writers[format])), ", "))
		if n := len(writers[format]); n == 0 || n < 3 && !slices.Contains(rare, format) {
			t.Errorf("%s is claimed, and %d writers were tried", format, n)
		}
	}
	for format := range writers {
		if !slices.Contains(claimed, format) {
			t.Errorf("%s is read, and docs/files.md has no line of it", format)
		}
	}
	t.Logf("%d files read", len(files))
}

// written are the files of all programs that are at hand.
func written(t *testing.T) string {
	t.Helper()
	venv := os.Getenv("HAKBEON_TEST_VENV")
	if venv == "" {
		t.Skip("SKIPPED: the files of other programs were not tried: run make venv and export HAKBEON_TEST_VENV=$PWD/bin/venv")
	}
	folder := t.TempDir()
	draw := exec.Command(filepath.Join(venv, "bin", "python3"), "draw.py", folder)
	if out, err := draw.CombinedOutput(); err != nil {
		t.Fatalf("draw.py: %v\n%s", err, out)
	} else if len(out) > 0 {
		t.Logf("%s", out)
	}
	write := exec.Command("node", "write.js", folder)
	write.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(venv, "node_modules"))
	if out, err := write.CombinedOutput(); err != nil {
		t.Fatalf("write.js: %v\n%s", err, out)
	}
	return folder
}

// claims are the formats in the tables of docs/files.md.
func claims(t *testing.T) []string {
	t.Helper()
	file, err := os.Open("../../docs/files.md")
	must(t, err)
	defer file.Close()
	line := regexp.MustCompile("^\\| `([a-z]+)` \\|")
	var out []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if m := line.FindStringSubmatch(lines.Text()); m != nil {
			out = append(out, m[1])
		}
	}
	if len(out) == 0 {
		t.Fatal("docs/files.md claims nothing")
	}
	return out
}

// read says what is wrong with a file; "" if it is read as what it is.
func read(decoder *imagefile.Decoder, format string, data []byte) string {
	if slices.Contains([]string{"xlsx", "xls", "csv", "html", "xml"}, format) {
		return readRoster(data)
	}
	file, err := decoder.Open(data, imagefile.Limits{})
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	if file.Format() != format {
		return "is taken for " + file.Format()
	}
	for i := range file.Pages() {
		page, err := file.Page(i)
		if err != nil {
			return err.Error()
		}
		if dark := corners(page); dark != [4]bool{true} {
			return fmt.Sprintf("page %d: dark corners %v", i+1, dark)
		}
	}
	return ""
}

func readRoster(data []byte) string {
	want := []roster.Student{{ID: "00012345", Name: "가 학생", Department: "수학과"}, {ID: "32141837", Name: "나 학생", Department: "물리학과"}, {ID: "32141838", Name: "다 학생", Department: "통계학과"}}
	r, err := roster.Read(data, roster.Limits{})
	switch {
	case err != nil:
		return err.Error()
	case !slices.Equal(r.Students, want):
		return fmt.Sprintf("got %+v", r.Students)
	case !r.Notes().IsZero():
		return fmt.Sprintf("left out: %+v", r.Notes())
	}
	return ""
}

// corners tells which quarters of a picture are dark in their middle: top left, top
// right, bottom left, bottom right.
func corners(img image.Image) (dark [4]bool) {
	size := img.Bounds().Size()
	for i := range dark {
		x, y := size.X/4+i%2*size.X/2, size.Y/4+i/2*size.Y/2
		dark[i] = color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128
	}
	return dark
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
