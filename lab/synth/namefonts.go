package synth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/image/font/sfnt"
)

// DebianFonts is where Debian's packages of fonts put them.
const DebianFonts = "/usr/share/fonts/truetype"

// nameFamily is a family of Hangul fonts: all its weights and cuts, so that none of
// them is on two sides.
type nameFamily struct {
	// share is how often the family writes, 1 for those that look written by hand.
	share float64
	// files are the fonts below @fontsource (ending in -normal.woff) or DebianFonts (.ttf).
	files []string
}

// nameFamilies are the fonts that names are written with, by who writes. What is
// measured is written with Testing's, and what is fitted to the network's scores with
// Shifted's; the network learns from Training's alone.
func nameFamilies(part Part) []nameFamily {
	npm := func(family, weight string) string {
		return family + "/files/" + family + "-korean-" + weight + "-normal.woff"
	}
	switch part {
	case Testing:
		return []nameFamily{
			{1, []string{npm("hi-melody", "400")}}, {1, []string{npm("gamja-flower", "400")}},
			{1, []string{"unfonts-core/UnPilgi.ttf", "unfonts-core/UnPilgiBold.ttf"}},
		}
	case Shifted:
		return []nameFamily{
			{1, []string{npm("poor-story", "400")}}, {1, []string{"alee/Eunjin.ttf", "alee/EunjinNakseo.ttf"}},
			{1, []string{npm("single-day", "400")}}, {1, []string{"unfonts-extra/UnPen.ttf", "unfonts-extra/UnPenheulim.ttf"}},
		}
	default:
		return append([]nameFamily{
			{3, []string{npm("nanum-pen-script", "400")}}, {2, []string{npm("nanum-brush-script", "400")}},
			{3, []string{npm("gaegu", "300"), npm("gaegu", "400"), npm("gaegu", "700")}},
			{2, []string{npm("east-sea-dokdo", "400")}}, {1, []string{npm("cute-font", "400")}},
			{1.5, []string{npm("stylish", "400")}}, {1.5, []string{npm("yeon-sung", "400")}},
			{0.5, []string{npm("kirang-haerang", "400")}},
			{2, []string{"unfonts-extra/UnPilgia.ttf"}}, {1.5, []string{"unfonts-extra/UnVada.ttf"}},
			{2, []string{"nanum/NanumBarunpenR.ttf", "nanum/NanumBarunpenB.ttf"}},
		}, bookFamilies(npm)...)
	}
}

// bookFamilies look printed; bent and drawn with a pen they add to the shapes that
// a syllable may have.
func bookFamilies(npm func(family, weight string) string) []nameFamily {
	families := []nameFamily{
		{1, []string{npm("gowun-batang", "400")}}, {1, []string{npm("gowun-dodum", "400")}}, {1, []string{"nanum/NanumSquareRoundL.ttf"}},
		{1, []string{"unfonts-core/UnGungseo.ttf"}}, {0.6, []string{"woowa-bm/BMEULJIROTTF.ttf"}},
	}
	for _, file := range []string{
		"nanum/NanumGothicLight.ttf", "nanum/NanumMyeongjo.ttf", "nanum/NanumBarunGothicUltraLight.ttf",
		"unfonts-core/UnGraphic.ttf", "unfonts-core/UnDinaruLight.ttf", "unfonts-extra/UnTaza.ttf",
		"unfonts-extra/UnShinmun.ttf", "unfonts-extra/UnYetgul.ttf", "unfonts-extra/UnJamoNovel.ttf",
		"unfonts-extra/UnJamoSora.ttf", "alee/Bandal.ttf", "alee/Bangwool.ttf", "alee/Guseul.ttf",
		"woowa-bm/BMHANNAAir_ttf.ttf", "woowa-bm/BMJUA_ttf.ttf", "baekmuk/gulim.ttf", "baekmuk/batang.ttf",
	} {
		families = append(families, nameFamily{0.5, []string{file}})
	}
	return families
}

// nameFont is a font that names are written with, in units of the height that its
// syllables have.
type nameFont struct {
	face   *face
	share  float64
	em     float64 // of a syllable's height
	middle float64 // of a syllable, above the base line, in ems
	lines  map[rune][]vec
}

// nameFontsIn loads the fonts of families. Files that are not there are named.
func nameFontsIn(dir string, families []nameFamily) (fonts []*nameFont, missing []string, err error) {
	for _, family := range families {
		for _, file := range family.files {
			data, err := readNameFont(dir, file)
			if errors.Is(err, fs.ErrNotExist) {
				missing = append(missing, file)
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			f, err := newNameFont(file, data, family.share/float64(len(family.files)))
			if err != nil {
				return nil, nil, err
			}
			fonts = append(fonts, f)
		}
	}
	if len(fonts) == 0 {
		return nil, missing, fmt.Errorf("write names: %w", ErrNoAssets)
	}
	return fonts, missing, nil
}

func readNameFont(dir, file string) ([]byte, error) {
	if filepath.Ext(file) != ".woff" {
		return os.ReadFile(filepath.Join(DebianFonts, file))
	}
	data, err := os.ReadFile(filepath.Join(dir, "@fontsource", file))
	if err != nil {
		return nil, err
	}
	return unpackWOFF(data)
}

// newNameFont measures a font by syllables that fill their square.
func newNameFont(name string, data []byte, share float64) (*nameFont, error) {
	ft, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", name, err)
	}
	f := &nameFont{face: &face{name, []*sfnt.Font{ft}}, share: share, lines: map[rune][]vec{}}
	var high, middle, n float64
	for _, c := range "김정훈민준박성" {
		o, _, err := f.face.glyph(c)
		if err != nil {
			continue
		}
		b := o.bounds()
		high, middle, n = high+b.max.y-b.min.y, middle+(b.max.y+b.min.y)/2, n+1
	}
	if n == 0 {
		return nil, fmt.Errorf("font %s: no Hangul", name)
	}
	f.em, f.middle = n/high, middle/n
	return f, nil
}
