package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hakbeon/lab/synth"
)

// release writes files of a release in UNIPEN's format and returns its root.
func release(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// written is a document with three strokes and, recorded between the first two,
// the lifted pen's way.
const written = `.COORD T Y X
.WRITER_ID someone
.PEN_DOWN
0 10 1
1 20 2
.PEN_UP
2 25 3
.PEN_DOWN
3 30 4
4 40 5
.PEN_UP
.DT 100
.PEN_DOWN
5 50 6
6 60 7
.PEN_UP
`

func TestReadRelease(t *testing.T) {
	root := release(t, map[string]string{
		"include/ins/page.doc": written,
		"data/1a/ins/a/page.dat": ".VERSION 1.0\n.INCLUDE ins/page.doc\n.INCLUDE ins/gone.doc\n" +
			".SEGMENT CHARACTER 0 ? \"4\"\n.SEGMENT CHARACTER 0-2 OK \"5\"\n.SEGMENT CHARACTER 2:1-3:0 ? \"6\"\n" +
			".SEGMENT CHARACTER 0,3 ? \"7\"\n.SEGMENT CHARACTER 3 ? \"x\"\n.SEGMENT CHARACTER 3\n",
		"data/7/ins/page.dat":    ".INCLUDE ins/page.doc\n.SEGMENT WORD 0-3 ? \"12\"\n",
		"data/1a/ins/broken.dat": ".SEGMENT CHARACTER 7 ? \"1\"\n",
	})
	digits, numbers, err := readRelease(root)
	if err != nil {
		t.Fatal(err)
	}
	first, second, third := [][2]float64{{1, 10}, {2, 20}}, [][2]float64{{4, 30}, {5, 40}}, [][2]float64{{6, 50}, {7, 60}}
	of := func(label string, strokes ...[][2]float64) sample {
		return sample{"1a", "ins", "ins/a/page.dat", label, "someone", strokes}
	}
	want := []sample{of("4", first), of("5", first, second), of("6", second[1:], third[:1]), of("7", first, third)}
	if diff := cmp.Diff(want, digits); diff != "" {
		t.Errorf("digits differ (-want +got):\n%s", diff)
	}
	want = []sample{{"7", "ins", "ins/page.dat", "12", "someone", [][][2]float64{first, second, third}}}
	if diff := cmp.Diff(want, numbers); diff != "" {
		t.Errorf("numbers differ (-want +got):\n%s", diff)
	}
}

// Two samples as UCI's file has them.
const pendigits = ` .INCLUDE dene.doc
.SEGMENT DIGIT 0-1 ? "4"
.COMMENT 4 12 224
.PEN_DOWN
 0 100
 40 60
.PEN_UP
.DT 100
.PEN_DOWN
 30 110
 30 0
.PEN_UP
.DT 100
.SEGMENT DIGIT 2 ? "1"
.COMMENT 1 13 225
.PEN_DOWN
 5 100
 5 0
.PEN_UP
`

func TestReadPendigits(t *testing.T) {
	root := release(t, map[string]string{"pendigits-orig.tra": pendigits})
	got, err := readPendigits(filepath.Join(root, "pendigits-orig.tra"))
	if err != nil {
		t.Fatal(err)
	}
	want := []sample{
		{Label: "4", Writer: "tra/12", Strokes: [][][2]float64{{{0, 100}, {40, 60}}, {{30, 110}, {30, 0}}}},
		{Label: "1", Writer: "tra/13", Strokes: [][][2]float64{{{5, 100}, {5, 0}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("samples differ (-want +got):\n%s", diff)
	}
}

// TestRunWritesListsThatAreRead goes from the published file to the drawing's reader.
func TestRunWritesListsThatAreRead(t *testing.T) {
	var file strings.Builder
	for digit := range 10 {
		label := string(rune('0' + digit))
		at := string(rune('0' + digit)) // its component
		file.WriteString(".SEGMENT DIGIT " + at + " ? \"" + label + "\"\n.COMMENT " + label + " 1 1\n.PEN_DOWN\n0 100\n50 100\n50 50\n0 0\n.PEN_UP\n")
	}
	root := release(t, map[string]string{"pendigits-orig.tra": file.String()})
	out := filepath.Join(root, "lists")
	if err := run("", filepath.Join(root, "pendigits-orig.tra"), out, ""); err != nil {
		t.Fatal(err)
	}
	strokes, err := synth.LoadStrokes(out)
	if err != nil {
		t.Fatal(err)
	}
	if n := strokes.Writers(); n != 1 {
		t.Errorf("%d writers, want 1", n)
	}
}

func TestParseErrors(t *testing.T) {
	for name, text := range map[string]string{
		"no coordinates": ".COORD A B\n", "a word for a number": ".PEN_DOWN\n1 x\n", "one number": ".PEN_DOWN\n1\n",
		"an include of nothing": ".INCLUDE\n",
	} {
		d := &document{y: 1}
		if err := d.parse(strings.NewReader(text), nothing); !errors.Is(err, errUnipen) {
			t.Errorf("%s: error is %v, want %v", name, err, errUnipen)
		}
	}
	d := &document{components: make([][][2]float64, 2), up: make([]bool, 2)}
	for _, where := range []string{"", "x", "2", "1-0", "0:x", "-1", "0:-1"} {
		if _, err := d.strokes(segment{delineation: where}); !errors.Is(err, errUnipen) {
			t.Errorf("segment %q: error is %v, want %v", where, err, errUnipen)
		}
	}
}

func nothing(string) (io.ReadCloser, error) { return nil, fs.ErrNotExist }

func FuzzParse(f *testing.F) {
	f.Add(written + ".SEGMENT CHARACTER 0:1-3 ? \"4\"\n")
	f.Add(pendigits)
	f.Fuzz(func(t *testing.T, text string) {
		d := &document{y: 1}
		if d.parse(strings.NewReader(text), nothing) != nil {
			return
		}
		for _, s := range d.segments {
			_, _ = d.strokes(s) // it returns
		}
	})
}
