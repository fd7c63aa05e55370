package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// document is what a file in UNIPEN's format 1.0 says, with the files it includes.
type document struct {
	writer     string
	components [][][2]float64 // what the pen wrote from touching down to lifting
	up         []bool         // of a component: the pen was in the air
	segments   []segment
	x, y       int // columns of the coordinates
}

// segment is a piece of writing with a label.
type segment struct {
	delineation string // which components, and of these which points
	label       string
	comment     []string // the words after .COMMENT
}

var errUnipen = errors.New("not in UNIPEN's format")

// parse adds a file to the document. Include opens what it includes; what isn't
// there is left out.
func (d *document) parse(from io.Reader, include func(string) (io.ReadCloser, error)) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	writing := false
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0][0] == '.':
			writing = words[0] == ".PEN_DOWN" || words[0] == ".PEN_UP"
			if err := d.statement(words, line, include); err != nil {
				return err
			}
		case writing:
			if err := d.point(words); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

// statement takes a line that begins with a keyword.
func (d *document) statement(words []string, line string, include func(string) (io.ReadCloser, error)) error {
	switch words[0] {
	case ".PEN_DOWN", ".PEN_UP":
		d.begin(words[0] == ".PEN_UP")
		if len(words) > 2 {
			return d.point(words[1:])
		}
	case ".COORD":
		d.x, d.y = slices.Index(words, "X")-1, slices.Index(words, "Y")-1
		if min(d.x, d.y) < 0 {
			return fmt.Errorf("%w: %q has no X and Y", errUnipen, line)
		}
	case ".WRITER_ID":
		if len(words) > 1 {
			d.writer = words[1]
		}
	case ".SEGMENT":
		if len(words) > 2 {
			d.segments = append(d.segments, segment{delineation: words[2], label: quoted(line)})
		}
	case ".COMMENT":
		if n := len(d.segments); n > 0 && d.segments[n-1].comment == nil {
			d.segments[n-1].comment = words[1:]
		}
	case ".INCLUDE":
		return d.include(words, include)
	}
	return nil
}

// begin starts a component. A lifted pen counts as one only if its way was recorded.
func (d *document) begin(up bool) {
	if n := len(d.up); n > 0 && d.up[n-1] && len(d.components[n-1]) == 0 {
		d.components, d.up = d.components[:n-1], d.up[:n-1]
	}
	d.components, d.up = append(d.components, nil), append(d.up, up)
}

func (d *document) point(words []string) error {
	if len(words) <= max(d.x, d.y) || len(d.components) == 0 {
		return fmt.Errorf("%w: point %q", errUnipen, words)
	}
	x, errX := strconv.ParseFloat(words[d.x], 64)
	y, errY := strconv.ParseFloat(words[d.y], 64)
	if err := errors.Join(errX, errY); err != nil {
		return fmt.Errorf("%w: %w", errUnipen, err)
	}
	last := len(d.components) - 1
	d.components[last] = append(d.components[last], [2]float64{x, y})
	return nil
}

func (d *document) include(words []string, open func(string) (io.ReadCloser, error)) error {
	if len(words) < 2 {
		return fmt.Errorf("%w: .INCLUDE of nothing", errUnipen)
	}
	f, err := open(words[1])
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(d.parse(f, open), f.Close())
}

// quoted is what stands between a line's first and last quotation mark.
func quoted(line string) string {
	_, after, ok := strings.Cut(line, `"`)
	end := strings.LastIndex(after, `"`)
	if !ok || end < 0 {
		return ""
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(after[:end])
}

// strokes are those of a segment, in the order of writing.
func (d *document) strokes(s segment) ([][][2]float64, error) {
	var out [][][2]float64
	for piece := range strings.SplitSeq(s.delineation, ",") {
		from, to, isRange := strings.Cut(piece, "-")
		if !isRange {
			to = from
		}
		first, start, err := place(from, 0)
		if err != nil {
			return nil, err
		}
		last, end, err := place(to, -1)
		if err != nil {
			return nil, err
		}
		if first > last || last >= len(d.components) {
			return nil, fmt.Errorf("%w: %d components, none %q", errUnipen, len(d.components), piece)
		}
		for i := first; i <= last; i++ {
			points := d.components[i]
			if i == last && end >= 0 {
				points = points[:min(end+1, len(points))]
			}
			if i == first {
				points = points[min(start, len(points)):]
			}
			if !d.up[i] && len(points) > 0 {
				out = append(out, points)
			}
		}
	}
	return out, nil
}

// place parses a component and perhaps a point of it.
func place(text string, whole int) (component, point int, err error) {
	left, right, ok := strings.Cut(text, ":")
	if component, err = strconv.Atoi(left); err == nil && ok {
		point, err = strconv.Atoi(right)
	} else {
		point = whole
	}
	if err != nil || component < 0 || ok && point < 0 {
		return 0, 0, fmt.Errorf("%w: component %q", errUnipen, text)
	}
	return component, point, nil
}

// readRelease reads the digits and the numbers of a release: of category 1a, isolated
// digits, and of 7 and 8, words and texts.
func readRelease(root string) (digits, numbers []sample, err error) {
	for _, category := range []string{"1a", "7", "8"} {
		dir := filepath.Join(root, "data", category)
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".dat" {
				return err
			}
			samples, err := readDocument(root, category, path)
			if err != nil {
				fmt.Fprintf(os.Stderr, "strokes: SKIPPED %s: %v\n", path, err)
			}
			for _, s := range samples {
				if len(s.Label) == 1 {
					digits = append(digits, s)
				} else {
					numbers = append(numbers, s)
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
	}
	return digits, numbers, nil
}

// readDocument gives the segments of a file whose labels are numbers.
func readDocument(root, category, path string) ([]sample, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d := &document{y: 1}
	if err := d.parse(f, func(name string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(root, "include", filepath.FromSlash(name)))
	}); err != nil {
		return nil, err
	}
	name, err := filepath.Rel(filepath.Join(root, "data", category), path)
	if err != nil {
		return nil, err
	}
	name = filepath.ToSlash(name)
	contrib, _, _ := strings.Cut(name, "/")
	if d.writer == "" {
		d.writer = strings.TrimSuffix(filepath.Base(path), ".dat")
	}
	var out []sample
	for _, s := range d.segments {
		if !isNumber(s.label) {
			continue
		}
		strokes, err := d.strokes(s)
		if err != nil {
			return out, err
		}
		out = append(out, sample{category, contrib, name, s.label, d.writer, strokes})
	}
	return out, nil
}

// isNumber accepts digits with what people write between them.
func isNumber(label string) bool {
	return strings.ContainsAny(label, "0123456789") && strings.Trim(label, "0123456789 .,-/") == ""
}

// readPendigits reads UCI's file, which is in UNIPEN's format; a comment after each
// segment has the label, the writer's number, and the sample's.
func readPendigits(path string) ([]sample, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d := &document{y: 1}
	if err := d.parse(f, func(string) (io.ReadCloser, error) { return nil, fs.ErrNotExist }); err != nil {
		return nil, err
	}
	part := strings.TrimPrefix(filepath.Ext(path), ".")
	var out []sample
	for _, s := range d.segments {
		if len(s.comment) < 2 || !isNumber(s.label) {
			continue
		}
		strokes, err := d.strokes(s)
		if err != nil {
			return nil, err
		}
		out = append(out, sample{Label: s.label, Writer: part + "/" + s.comment[1], Strokes: strokes})
	}
	return out, nil
}
