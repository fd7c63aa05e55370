package synth_test

import (
	"image"
	"math"
	"regexp"
	"strings"
	"testing"

	"hakbeon/lab/synth"
)

// The tests here hold the pages against what real ones look like.

func TestWritersVary(t *testing.T) {
	sources, blue := map[synth.Source]int{}, 0
	var least, most float64 = math.Inf(1), 0
	const n = 200
	for seed := range uint64(n) {
		w, err := load(t).NewWriter(seed)
		if err != nil {
			t.Fatal(err)
		}
		sources[w.Source]++
		if w.Height < 28 || w.Height > 70 {
			t.Errorf("writer %d writes %.1f pixels high, want 28 to 70", seed, w.Height)
		}
		least, most = min(least, w.Pen), max(most, w.Pen)
		if w.Grey == 48 {
			blue++
		}
	}
	for _, source := range []synth.Source{synth.PenSource, synth.MNISTSource, synth.FontSource} {
		if sources[source] < n/6 {
			t.Errorf("%d of %d writers use %v", sources[source], n, source)
		}
	}
	if least > 3.4 || most < 8 || least < 2 || most > 11 {
		t.Errorf("pens are %.1f to %.1f pixels wide, want a sharp pencil's 3 to a felt pen's 9", least, most)
	}
	if blue == 0 || blue > n/4 {
		t.Errorf("%d of %d writers have a blue pen", blue, n)
	}
}

func TestPosesVary(t *testing.T) {
	far := 0
	poses := synth.NewPoses(200)
	for _, p := range poses {
		if math.Abs(p.Skew) > 1 || math.Abs(p.Right) > 60 || math.Abs(p.Down) > 60 {
			t.Errorf("pose %+v", p)
		}
		if math.Hypot(p.Right, p.Down) > 25 {
			far++
		}
	}
	if far < 10 || far > 80 {
		t.Errorf("%d of %d sheets lie far off, want some", far, len(poses))
	}
}

func TestAnswersHoldDigits(t *testing.T) {
	eight := regexp.MustCompile(`(^|\D)\d{8}($|\D)`)
	var digits, likeIDs int
	for seed := range uint64(400) {
		answer := synth.NewAnswer(seed)
		if strings.TrimSpace(answer) == "" {
			t.Errorf("seed %d: an empty answer", seed)
		}
		if strings.ContainsAny(answer, "0123456789") {
			digits++
		}
		if eight.MatchString(answer) {
			likeIDs++
		}
	}
	if digits < 200 || likeIDs < 20 {
		t.Errorf("of 400 answers %d have digits and %d eight of them", digits, likeIDs)
	}
}

func TestSheetsOfOneTitleShareTheForm(t *testing.T) {
	label := func(seed uint64, title string) image.Point {
		s := drawLine(t, seed, synth.Spec{Title: title, Pose: &synth.Pose{}})
		return s.Truth.LineBox.Size()
	}
	first := label(1, "운영체제 기말고사")
	if got := label(2, "운영체제 기말고사"); got != first {
		t.Errorf("two sheets of one exam have lines of %v and %v", first, got)
	}
	if label(1, "데이터베이스 중간고사") == first && label(1, "알고리즘 중간고사") == first {
		t.Error("three exams have one printed form")
	}
}

func TestLongIDsFit(t *testing.T) {
	for seed := range uint64(20) {
		end, name, err := load(t).Squeezed(seed, "3214183732141837")
		if err != nil {
			t.Fatal(err)
		}
		if end > name+5 {
			t.Errorf("seed %d: an ID of 16 digits ends at %.0f, the name's label begins at %.0f", seed, end, name)
		}
	}
}

// profile returns for each row how many pixels are darker than 190.
func profile(m *image.RGBA) []int {
	rows := make([]int, m.Rect.Dy())
	for y := range rows {
		for x := range m.Rect.Dx() {
			if m.Pix[y*m.Stride+4*x+1] < 190 {
				rows[y]++
			}
		}
	}
	return rows
}

func TestPageLooksLikeOne(t *testing.T) {
	for seed := range uint64(2) {
		s, err := load(t).Sheet(seed, synth.Spec{ID: "32141837", Name: "권나래", DPI: 120, Pose: &synth.Pose{}})
		if err != nil {
			t.Fatal(err)
		}
		rows := profile(s.Image)
		top, all := sum(rows[:90]), sum(rows)
		area := s.Image.Rect.Dx() * s.Image.Rect.Dy()
		if all < area/100 || all > area/8 {
			t.Errorf("seed %d: ink covers %d of %d pixels", seed, all, area)
		}
		if top > all/10 {
			t.Errorf("seed %d: the top holds %d of the page's %d dark pixels", seed, top, all)
		}
		checkTable(t, rows, s)
	}
}

func sum(numbers []int) (total int) {
	for _, n := range numbers {
		total += n
	}
	return total
}

// checkTable looks for the table's first line, close under the ID line, and for
// more lines down to the page's foot.
func checkTable(t *testing.T, rows []int, s *synth.Sheet) {
	t.Helper()
	var ruled []int
	for y, n := range rows {
		if n > s.Image.Rect.Dx()*4/10 && (len(ruled) == 0 || y > ruled[len(ruled)-1]+4) {
			ruled = append(ruled, y)
		}
	}
	if len(ruled) < 8 {
		t.Fatalf("ruled lines at %v", ruled)
	}
	label := s.Truth.LineBox
	if gap := ruled[0] - label.Max.Y; gap < -15 || gap > 40 {
		t.Errorf("the table begins at %d, %d pixels under the ID line %v", ruled[0], gap, label)
	}
	if last := ruled[len(ruled)-1]; last < s.Image.Rect.Dy()*8/10 {
		t.Errorf("the table ends at %d of %d", last, s.Image.Rect.Dy())
	}
}

func TestPaperHasNoise(t *testing.T) {
	for seed := range uint64(12) {
		s := drawLine(t, seed, synth.Spec{})
		var n, mean, square float64
		for y := range 20 {
			for x := range 40 {
				v := float64(s.Image.RGBAAt(x, y).G)
				n, mean, square = n+1, mean+v, square+v*v
			}
		}
		mean /= n
		deviation := math.Sqrt(max(0, square/n-mean*mean))
		if mean < 215 || deviation < 0.3 || deviation > 12 {
			t.Errorf("seed %d: paper of mean %.1f, deviation %.2f", seed, mean, deviation)
		}
	}
}
