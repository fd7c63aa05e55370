package synth

import (
	"fmt"

	"golang.org/x/image/font/sfnt"
)

// typefaces are what a family of forms is printed with.
type typefaces struct {
	latin  [][2]*face // regular and bold, Cyrillic with them
	mono   []*face
	korean [][2]*face
	kanji  []*face
	last   []*face // for what the others lack
	// letters are what people write with, by script, besides the Korean hands.
	kanjiHands, cyrillicHands []*face
}

// typefacesOf returns a family's typefaces, reading them the first time.
func (a *Assets) typefacesOf(f Family) (*typefaces, error) {
	switch f {
	case WorldForms:
		return a.types[0]()
	case HeldOutForms:
		return a.types[1]()
	default:
		return nil, fmt.Errorf("draw a page: %w: %d", errFamily, f)
	}
}

// loadTypefaces reads a family's typefaces.
func (a *Assets) loadTypefaces(f Family) (*typefaces, error) {
	l := &loader{dir: a.dir}
	t := &typefaces{}
	if f == HeldOutForms {
		t.latin = [][2]*face{l.pair("eb-garamond"), l.pair("roboto")}
		t.mono = []*face{l.latin("source-code-pro", "400")}
		t.korean = [][2]*face{l.koreanPair("gowun-batang", "400", "700"), l.koreanPair("gowun-dodum", "400", "400")}
		t.kanji = []*face{{"sawarabi-gothic", l.fonts(nil, "sawarabi-gothic", "latin-400", "japanese-400")}}
	} else {
		t.latin = [][2]*face{l.pair("tinos"), l.pair("arimo"), l.pair("pt-serif"), l.pair("source-sans-3")}
		t.mono = []*face{l.latin("cousine", "400"), l.latin("cousine", "700")}
		t.korean = [][2]*face{
			l.koreanPair("nanum-gothic", "400", "700"), l.koreanPair("nanum-myeongjo", "400", "700"),
			l.koreanPair("nanum-gothic", "700", "800"), l.koreanPair("nanum-myeongjo", "700", "800"),
		}
		t.kanji = []*face{
			{"zcool-xiaowei", l.fonts(nil, "zcool-xiaowei", "latin-400", "chinese-simplified-400")},
			{"klee-one600", l.fonts(nil, "klee-one", "latin-600", "japanese-600")},
		}
	}
	t.cyrillicHands = []*face{l.cyrillicHand("caveat"), l.cyrillicHand("neucha"), l.cyrillicHand("pangolin")}
	zcool := l.fonts(nil, "zcool-xiaowei", "chinese-simplified-400")
	t.kanjiHands = []*face{a.printKanji, {"yomogi", l.fonts(zcool, "yomogi", "latin-400", "japanese-400")}}
	t.last = []*face{{"last", l.fonts(a.printSans.fonts, "klee-one", "japanese-400")}, {"last of all", zcool}}
	return t, l.err
}

// latin returns a face of a weight with Latin and Cyrillic letters.
func (l *loader) latin(family, weight string) *face {
	return &face{family + weight, l.fonts(nil, family, "latin-"+weight, "cyrillic-"+weight)}
}

func (l *loader) pair(family string) [2]*face {
	return [2]*face{l.latin(family, "400"), l.latin(family, "700")}
}

func (l *loader) koreanPair(family, regular, bold string) [2]*face {
	return [2]*face{l.print(family, regular, nil), l.print(family, bold, nil)}
}

func (l *loader) cyrillicHand(family string) *face {
	return &face{family, l.fonts(nil, family, "latin-400", "cyrillic-400")}
}

// lettersOf is a person's hand for letters: the digits' own where there are such, and
// faces that have everything else behind.
func (t *typefaces) lettersOf(r random, s script, figures, hangul *face) *face {
	first := hangul
	switch s {
	case korean:
	case chinese, japanese, taiwanese:
		first = pick(r, t.kanjiHands)
	case russian, ukrainian:
		first = pick(r, t.cyrillicHands)
	default:
		first = figures
	}
	var fonts []*sfnt.Font
	for _, f := range append([]*face{first, hangul}, t.last...) {
		fonts = append(fonts, f.fonts...)
	}
	return &face{first.name, fonts}
}
