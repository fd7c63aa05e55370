package synth_test

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"slices"
	"sync"
	"testing"

	"hakbeon/lab/synth"
)

// greyPage draws a page or fails.
func greyPage(t testing.TB, seed uint64, s synth.Spec) (*image.Gray, *synth.Truth) {
	t.Helper()
	page, truth, err := load(t).GreyPage(seed, s)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return page, truth
}

// idRegion returns the truth's region of the ID.
func idRegion(t *synth.Truth) (synth.Region, bool) {
	i := slices.IndexFunc(t.Regions, func(r synth.Region) bool { return r.Kind == synth.IDRow })
	if i < 0 {
		return synth.Region{}, false
	}
	return t.Regions[i], true
}

// worldPage is a drawn page of the world's forms.
type worldPage struct {
	spec  synth.Spec
	page  *image.Gray
	truth *synth.Truth
}

// worldPages are drawn once for all tests that look at many.
var worldPages = sync.OnceValues(func() ([]worldPage, error) {
	a, err := assets()
	if err != nil {
		return nil, err
	}
	var out []worldPage
	for seed := range uint64(40) {
		spec := synth.AnyPage(seed)
		if seed%4 == 3 {
			spec = synth.HeldOutPage(seed)
		}
		page, truth, err := a.GreyPage(seed, spec)
		if err != nil {
			return nil, fmt.Errorf("seed %d: %w", seed, err)
		}
		out = append(out, worldPage{spec, page, truth})
	}
	return out, nil
})

func pages(t testing.TB) []worldPage {
	t.Helper()
	out, err := worldPages()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPagesAreTheSameForASeed(t *testing.T) {
	for seed := range uint64(2) {
		one, truth := greyPage(t, seed, synth.AnyPage(seed))
		two, again := greyPage(t, seed, synth.AnyPage(seed))
		if !bytes.Equal(one.Pix, two.Pix) || fmt.Sprint(truth) != fmt.Sprint(again) {
			t.Errorf("seed %d drew two different pages", seed)
		}
	}
}

func TestPagesHoldWhatTheyShould(t *testing.T) {
	kinds := make(map[synth.RegionKind]int)
	for i, p := range pages(t) {
		if long := max(p.page.Rect.Dx(), p.page.Rect.Dy()); long < 1000 || long > 1250 {
			t.Errorf("page %d: the longer side has %d pixels", i, long)
		}
		seen := make(map[synth.RegionKind]bool)
		for _, r := range p.truth.Regions {
			seen[r.Kind] = true
			if r.Height < 0.5 || math.IsNaN(r.Height) {
				t.Errorf("page %d: a region %v of height %g", i, r.Kind, r.Height)
			}
		}
		for kind := range seen {
			kinds[kind]++
		}
	}
	for kind, least := range map[synth.RegionKind]float64{
		synth.IDRow: 0.75, synth.DigitRow: 0.6, synth.NameHand: 0.5, synth.OtherHand: 0.7,
		synth.PrintedLine: 0.97, synth.BackInk: 0.1, synth.FilledBubbles: 0.1,
	} {
		if share := float64(kinds[kind]) / float64(len(pages(t))); share < least {
			t.Errorf("%v is on %.2f of the pages, want %.2f", kind, share, least)
		}
	}
}

// TestTruthLiesOnInk looks for ink in the ID's box, and compares the row's height with
// that of its characters.
func TestTruthLiesOnInk(t *testing.T) {
	for i, p := range pages(t) {
		id, ok := idRegion(p.truth)
		if !ok {
			continue
		}
		if len(p.truth.Digits) < 3 || p.truth.ID != p.spec.ID {
			t.Errorf("page %d: ID %q, %d characters", i, p.truth.ID, len(p.truth.Digits))
		}
		if dark := darkestGrey(p.page, p.truth.IDBox); dark > 245 {
			t.Errorf("page %d: nothing darker than %d in the ID's box", i, dark)
		}
		var mean float64
		for _, d := range p.truth.Digits {
			mean += float64(d.Dy()) / float64(len(p.truth.Digits))
		}
		if id.Height < 0.5*mean || id.Height > 1.5*mean {
			t.Errorf("page %d: the row is %.1f pixels high, its characters' boxes %.1f", i, id.Height, mean)
		}
	}
}

func darkestGrey(page *image.Gray, in image.Rectangle) uint8 {
	least := uint8(255)
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			least = min(least, page.GrayAt(x, y).Y)
		}
	}
	return least
}

func TestRegionsFollowTheSkew(t *testing.T) {
	for i, p := range pages(t) {
		id, ok := idRegion(p.truth)
		if n := len(p.truth.Digits); !ok || n < 6 {
			continue
		}
		for _, d := range p.truth.Digits {
			x, y := float64(d.Min.X+d.Max.X)/2, float64(d.Min.Y+d.Max.Y)/2
			if off := distance(id, x, y); off > 0.75*id.Height {
				t.Errorf("page %d: a digit lies %.1f pixels off the row's middle line, the row is %.1f high", i, off, id.Height)
			}
		}
	}
}

// distance is how far a place lies from a region's middle line.
func distance(r synth.Region, x, y float64) float64 {
	q := r.Quad
	x0, y0 := (q[0].X+q[3].X)/2, (q[0].Y+q[3].Y)/2
	dx, dy := (q[1].X+q[2].X)/2-x0, (q[1].Y+q[2].Y)/2-y0
	return math.Abs((x-x0)*dy-(y-y0)*dx) / math.Hypot(dx, dy)
}

func TestSheetsOfAnExamShareTheirForm(t *testing.T) {
	exam, err := synth.NewExam(3, synth.ExamSpec{Title: "기하학 9", Family: synth.HeldOutForms, Digits: 9, DPI: 100, Roster: 300, Turned: true})
	if err != nil {
		t.Fatal(err)
	}
	digests, colours, turned := make(map[string]bool), make(map[synth.Colour]bool), 0
	for i := range exam.Sheets {
		s := exam.Spec(i)
		if i < 5 {
			d, err := load(t).FormDigest(s)
			if err != nil {
				t.Fatal(err)
			}
			digests[d] = true
		}
		colours[s.Colour] = true
		if s.Turns != 0 {
			turned++
		}
	}
	if len(digests) != 1 || len(colours) != 1 {
		t.Errorf("%d forms and %d kinds of scans in one exam", len(digests), len(colours))
	}
	if turned < 3 || turned > 30 {
		t.Errorf("%d of 300 sheets are turned", turned)
	}
}

// TestHeldOutFormsAreFrozen fails when a held-out form changes. Figures measured before
// and after are then not of the same forms: say so in the changelog, and put the new
// digests here.
func TestHeldOutFormsAreFrozen(t *testing.T) {
	want := []string{"be1c62adc721", "86a8e9b3c433", "e292e5e5df44", "89d9e06f3245", "825c04a91464", "b0c199749e28"}
	var got []string
	for i := range 6 {
		d, err := load(t).FormDigest(synth.Spec{Title: fmt.Sprint("frozen ", i), Family: synth.HeldOutForms, Digits: 8})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, d)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the forms are %q, they were %q", got, want)
	}
}

func TestFamiliesShareNoLabel(t *testing.T) {
	world := synth.Labels(synth.WorldForms)
	for _, label := range synth.Labels(synth.HeldOutForms) {
		if slices.Contains(world, label) {
			t.Errorf("both families print %q", label)
		}
	}
}

func TestScansHaveTheColoursAskedFor(t *testing.T) {
	for _, test := range []struct {
		colour synth.Colour
		fits   func(r, g, b uint8) bool
	}{
		{synth.GreyOnly, func(r, g, b uint8) bool { return r == g && g == b }},
		{synth.Bilevel, func(r, g, b uint8) bool { return r == g && g == b && (r == 0 || r == 255) }},
	} {
		for seed := range uint64(2) {
			// 160 dpi is fine enough to be cut into black and white itself.
			s, err := load(t).Sheet(seed, synth.Spec{ID: "32141837", Title: fmt.Sprint(seed), Family: synth.WorldForms, Colour: test.colour, DPI: 160})
			if err != nil {
				t.Fatal(err)
			}
			odd := 0
			for i := 0; i < len(s.Image.Pix); i += 4 {
				if p := s.Image.Pix[i:]; !test.fits(p[0], p[1], p[2]) {
					odd++
				}
			}
			// Edges and stripes of the scanner are drawn over black and white.
			if odd > len(s.Image.Pix)/4/20 {
				t.Errorf("colour %v, seed %d: %d pixels don't fit", test.colour, seed, odd)
			}
		}
	}
}

func TestFourTurnsAreNone(t *testing.T) {
	for _, family := range []synth.Family{synth.OwnForms, synth.WorldForms} {
		spec := synth.Spec{ID: "32141837", Name: "김하늘", Title: "돌림", DPI: 100, Family: family}
		var sheets []*synth.Sheet
		for turns := range 5 {
			spec.Turns = turns
			s, err := load(t).Sheet(5, spec)
			if err != nil {
				t.Fatal(err)
			}
			sheets = append(sheets, s)
		}
		if !bytes.Equal(sheets[0].Image.Pix, sheets[4].Image.Pix) {
			t.Errorf("%v: four turns change the picture", family)
		}
		flat, quarter := sheets[0], sheets[1]
		h := flat.Image.Rect.Dy()
		for i, d := range flat.Truth.Digits {
			if got, want := quarter.Truth.Digits[i], image.Rect(h-d.Max.Y, d.Min.X, h-d.Min.Y, d.Max.X); got != want {
				t.Errorf("%v: character %d lies at %v after a turn, want %v", family, i, got, want)
			}
			x, y := d.Min.X, d.Min.Y
			if flat.Image.RGBAAt(x, y) != quarter.Image.RGBAAt(h-1-y, x) {
				t.Errorf("%v: pixels and truth turn differently", family)
			}
		}
		for i, r := range flat.Truth.Regions {
			for k, p := range r.Quad {
				if got := quarter.Truth.Regions[i].Quad[k]; got.X != float64(h)-p.Y || got.Y != p.X {
					t.Errorf("%v: corner %v turned to %v", family, p, got)
				}
			}
		}
	}
}

func TestFamiliesThatAreNone(t *testing.T) {
	a := load(t)
	if _, err := a.Sheet(1, synth.Spec{Family: 7}); err == nil {
		t.Error("a sheet of no family was drawn")
	}
	if _, _, err := a.GreyPage(1, synth.Spec{}); err == nil {
		t.Error("a page of OwnForms was drawn in grey")
	}
	if _, err := a.Line(1, synth.Spec{Family: synth.WorldForms}); err == nil {
		t.Error("a line of WorldForms was drawn")
	}
	for _, spec := range []synth.Spec{{DPI: 1}, {DPI: 5000}, {LongSide: 1 << 30}, {LongSide: -1}, {ID: "☃"}} {
		spec.Family = synth.WorldForms
		if _, err := a.Sheet(1, spec); err == nil {
			t.Errorf("%+v was drawn", spec)
		}
	}
	for family, want := range map[synth.Family]string{synth.OwnForms: "own", synth.WorldForms: "world", synth.HeldOutForms: "held-out", 9: "family 9"} {
		if family.String() != want {
			t.Errorf("family %d is called %q, want %q", int(family), family, want)
		}
	}
}

func TestBlankPagesHaveNoID(t *testing.T) {
	_, truth := greyPage(t, 1, synth.Spec{ID: "32141837", Title: "빈", Blank: true, Family: synth.WorldForms, LongSide: 900})
	if _, ok := idRegion(truth); ok || truth.ID != "" || len(truth.Digits) > 0 {
		t.Errorf("a blank page says %q", truth.ID)
	}
}

func TestBendIsUndone(t *testing.T) {
	for seed := range uint64(200) {
		for _, at := range [][2]float64{{0, 0}, {1000, 1400}, {300, 900}, {1000, 0}} {
			x, y := synth.BendAndBack(seed, at[0], at[1])
			if math.Hypot(x-at[0], y-at[1]) > 0.1 {
				t.Errorf("seed %d: %v comes back as %.2f, %.2f", seed, at, x, y)
			}
		}
	}
}

func TestRowsOfDigitsAreToldApart(t *testing.T) {
	for _, test := range []struct {
		text string
		kind synth.RegionKind
		want []string
	}{
		{"123", synth.OtherHand, []string{"1 123"}},
		{"12", synth.OtherHand, []string{"3 12"}},
		{"x=1234", synth.OtherHand, []string{"3 x=", "1 1234"}},
		{"CS101B", synth.OtherHand, []string{"3 CS", "1 101", "3 B"}},
		{"010-1234", synth.OtherHand, []string{"1 010-1234"}},
		{"12+34=46", synth.OtherHand, []string{"3 12+34=46"}},
		{"홍길동2024", synth.NameHand, []string{"2 홍길동2024"}},
		{"", synth.OtherHand, nil},
	} {
		if got := synth.Runs(test.text, test.kind); !slices.Equal(got, test.want) {
			t.Errorf("%q is %q, want %q", test.text, got, test.want)
		}
	}
}

// FuzzPages draws a page of any seed: it must not fail.
func FuzzPages(f *testing.F) {
	f.Add(uint64(0), false)
	f.Add(uint64(1<<63), true)
	f.Fuzz(func(t *testing.T, seed uint64, heldOut bool) {
		spec := synth.AnyPage(seed)
		if heldOut {
			spec = synth.HeldOutPage(seed)
		}
		greyPage(t, seed, spec)
	})
}

func BenchmarkGreyPage(b *testing.B) {
	for i := range b.N {
		greyPage(b, uint64(i), synth.AnyPage(uint64(i)))
	}
}
