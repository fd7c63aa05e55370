package imagefile

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// placement is a picture drawn on a page.
type placement struct {
	name  string
	at    matrix
	clip  types.Rectangle
	black bool // the colour in which a stencil is painted
}

// graphics is the part of the graphics state that matters to pictures.
type graphics struct {
	at        matrix
	clip      types.Rectangle
	black     bool // the fill colour is
	white     bool
	invisible bool // text is
}

// contentReader goes through what draws a page. It knows the operators of pages
// that are one picture, with the invisible text of its reading perhaps, and gives up
// at any other.
type contentReader struct {
	resources pdfResources

	state  graphics
	saved  []graphics
	path   []types.Rectangle // rectangles of the path that is being made
	other  bool              // it has other parts too
	clips  bool              // it is to clip
	placed []placement
}

const (
	everywhere  = 1e9
	maxSaved    = 64
	maxPictures = 1000 // strips of a page
)

func (c *contentReader) pictures(content []byte) ([]placement, error) {
	c.state = graphics{
		at: matrix{a: 1, d: 1}, black: true,
		clip: *types.NewRectangle(-everywhere, -everywhere, everywhere, everywhere),
	}
	tokens := contentTokens{rest: content}
	var operands []string
	for {
		token, operator, err := tokens.next()
		switch {
		case err != nil:
			return nil, err
		case token == "":
			return c.placed, nil
		case !operator:
			if operands = append(operands, token); len(operands) > 64 {
				return nil, errNotAScan
			}
			continue
		}
		if err := c.do(token, operands); err != nil {
			return nil, err
		}
		operands = operands[:0]
	}
}

// harmless operators change nothing that a picture shows.
var harmless = []string{
	"w", "J", "j", "M", "d", "i", "ri", "RG", "G", "K", "CS", "SC", "SCN", "BX", "EX", "BMC", "EMC", "MP", "DP",
	"BT", "ET", "Tf", "Td", "TD", "Tm", "T*", "Tc", "Tw", "Tz", "TL", "Ts",
}

func (c *contentReader) do(operator string, operands []string) error {
	switch operator {
	case "q", "Q":
		return c.save(operator == "q")
	case "cm":
		return c.transform(operands)
	case "Do":
		return c.draw(operands)
	case "gs":
		return c.resources.plain(operands)
	case "g", "rg", "k", "cs", "sc", "scn":
		c.fill(operator, operands)
		return nil
	case "Tr":
		c.state.invisible = slices.Equal(operands, []string{"3"})
		return nil
	case "Tj", "TJ", "'", `"`:
		return unless(c.state.invisible)
	case "BDC":
		return unless(len(operands) > 0 && operands[0] != "/OC") // a layer may be hidden
	case "re", "m", "l", "c", "v", "y", "h", "W", "W*", "n", "f", "F", "f*":
		return c.paths(operator, operands)
	}
	return unless(slices.Contains(harmless, operator))
}

func unless(fine bool) error {
	if !fine {
		return errNotAScan
	}
	return nil
}

func (c *contentReader) save(push bool) error {
	if push {
		c.saved = append(c.saved, c.state)
		return unless(len(c.saved) <= maxSaved)
	}
	if len(c.saved) > 0 { // one too many does nothing, as in PDFium
		c.state = c.saved[len(c.saved)-1]
		c.saved = c.saved[:len(c.saved)-1]
	}
	return nil
}

func (c *contentReader) transform(operands []string) error {
	n, err := numbers(operands, 6)
	if err != nil {
		return err
	}
	c.state.at = matrix{n[0], n[1], n[2], n[3], n[4], n[5]}.times(c.state.at)
	return nil
}

func (c *contentReader) draw(operands []string) error {
	if len(operands) != 1 || operands[0][0] != '/' || len(c.placed) >= maxPictures {
		return errNotAScan
	}
	c.placed = append(c.placed, placement{operands[0][1:], c.state.at, c.state.clip, c.state.black})
	return nil
}

func (c *contentReader) fill(operator string, operands []string) {
	all := func(values ...string) bool { return slices.Equal(operands, values) }
	c.state.black = operator == "g" && all("0") || operator == "rg" && all("0", "0", "0") || operator == "k" && all("0", "0", "0", "1")
	c.state.white = operator == "g" && all("1") || operator == "rg" && all("1", "1", "1") || operator == "k" && all("0", "0", "0", "0")
}

// paths follows what clips: one rectangle at most. What is painted must be white
// and under the picture.
func (c *contentReader) paths(operator string, operands []string) error {
	switch operator {
	case "re":
		n, err := numbers(operands, 4)
		if err != nil {
			return err
		}
		r, ok := matrix{a: n[2], d: n[3], e: n[0], f: n[1]}.times(c.state.at).rectangle()
		c.path, c.other = append(c.path, r), c.other || !ok
		return unless(len(c.path) <= maxPictures)
	case "m", "l", "c", "v", "y", "h":
		c.other = true
		return nil
	case "W", "W*":
		c.clips = true
		return nil
	}
	painted, clips, other, path := operator != "n", c.clips, c.other, c.path
	c.clips, c.other, c.path = false, false, nil
	switch {
	case painted && (!c.state.white || len(c.placed) > 0), clips && (other || len(path) != 1):
		return errNotAScan
	case clips:
		c.state.clip = intersection(c.state.clip, path[0])
	}
	return nil
}

func intersection(a, b types.Rectangle) types.Rectangle {
	return *types.NewRectangle(max(a.LL.X, b.LL.X), max(a.LL.Y, b.LL.Y), min(a.UR.X, b.UR.X), min(a.UR.Y, b.UR.Y))
}

func numbers(operands []string, n int) ([]float64, error) {
	if len(operands) != n {
		return nil, errNotAScan
	}
	values := make([]float64, n)
	for i, text := range operands {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || !(v > -everywhere && v < everywhere) {
			return nil, errNotAScan
		}
		values[i] = v
	}
	return values, nil
}

// contentTokens splits a content stream. Strings, arrays and dictionaries are
// operands of which only that they are there is known.
type contentTokens struct{ rest []byte }

const (
	contentSpace     = " \t\r\n\f\x00"
	contentDelimiter = "()<>[]{}/%"
	operandNumber    = "+-.0123456789"
)

// next returns "" at the end.
func (t *contentTokens) next() (token string, operator bool, err error) {
	t.space()
	if len(t.rest) == 0 {
		return "", false, nil
	}
	switch first := t.rest[0]; {
	case first == '(':
		return "()", false, t.text()
	case first == '/':
		return "/" + string(t.word(1)), false, nil
	case strings.IndexByte("[]<>{}", first) >= 0:
		// Brackets are operands of their own: what is between them is too.
		t.rest = t.rest[1:]
		if first == '<' && (len(t.rest) == 0 || t.rest[0] != '<') {
			end := bytes.IndexByte(t.rest, '>')
			if end < 0 {
				return "", false, errNotAScan
			}
			t.rest = t.rest[end+1:]
		}
		return t.next()
	case strings.IndexByte(operandNumber, first) >= 0:
		return string(t.word(0)), false, nil
	}
	word := string(t.word(0))
	if word == "true" || word == "false" || word == "null" {
		return word, false, nil
	}
	return word, true, unless(word != "")
}

func (t *contentTokens) space() {
	for {
		t.rest = bytes.TrimLeft(t.rest, contentSpace)
		if len(t.rest) == 0 || t.rest[0] != '%' {
			return
		}
		end := bytes.IndexAny(t.rest, "\r\n")
		if end < 0 {
			end = len(t.rest)
		}
		t.rest = t.rest[end:]
	}
}

// word takes what stands before the next space or delimiter, without so many bytes
// before it.
func (t *contentTokens) word(skip int) []byte {
	rest := t.rest[skip:]
	end := bytes.IndexAny(rest, contentSpace+contentDelimiter)
	if end < 0 {
		end = len(rest)
	}
	t.rest = rest[end:]
	return rest[:end]
}

// text skips a string.
func (t *contentTokens) text() error {
	depth := 0
	for i := 0; i < len(t.rest); i++ {
		switch t.rest[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				t.rest = t.rest[i+1:]
				return nil
			}
		}
	}
	return errNotAScan
}
