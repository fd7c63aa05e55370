package find_test

import (
	"math"
	"slices"
	"testing"

	"hakbeon/recognizer/find"
)

// bar is a row of cells two high: where it lies and how sure it is.
type bar struct {
	left, right, top int
	slope            float64
	p                float64
}

// painted is the greatest probability of the bars over a cell.
func painted(bars ...bar) func(x, y int) float64 {
	return func(x, y int) float64 {
		most := 0.0
		for _, b := range bars {
			top := b.top + int(math.Round(b.slope*float64(x-b.left)))
			if x >= b.left && x < b.right && y >= top && y < top+2 {
				most = max(most, b.p)
			}
		}
		return most
	}
}

// TestTrace expects fields where rows of digits are painted. A cell has four pixels,
// and digits are twelve high.
func TestTrace(t *testing.T) {
	for _, c := range []struct {
		name       string
		id, digits []bar
		want       [][2]float64 // left and right end in cells, the likeliest first
	}{
		{"an ID", []bar{{20, 44, 30, 0, 0.9}}, []bar{{20, 44, 30, 0, 0.95}}, [][2]float64{{20, 44}}},
		{"a faint one", []bar{{20, 44, 30, 0, 0.15}}, nil, [][2]float64{{20, 44}}},
		{"a label leans on it", []bar{{20, 44, 30, 0, 0.9}, {10, 20, 30, 0, 0.3}}, nil, [][2]float64{{20, 44}}},
		{"a gap in it", []bar{{20, 30, 30, 0, 0.9}, {33, 44, 30, 0, 0.9}}, nil, [][2]float64{{20, 44}}},
		{"only a part is sure to be the ID's", []bar{{32, 44, 30, 0, 0.9}}, []bar{{20, 44, 30, 0, 0.9}}, [][2]float64{{20, 44}}},
		{"another row of digits", []bar{{20, 44, 30, 0, 0.9}}, []bar{{20, 44, 30, 0, 0.9}, {5, 30, 50, 0, 0.9}}, [][2]float64{{20, 44}, {5, 30}}},
		{"two far apart on one line", []bar{{20, 40, 30, 0, 0.9}, {60, 80, 30, 0, 0.6}}, nil, [][2]float64{{20, 40}, {60, 80}}},
		{"askew", []bar{{20, 60, 30, 0.1, 0.9}}, nil, [][2]float64{{20, 60}}},
		{"a blot", []bar{{20, 22, 30, 0, 0.9}}, nil, nil},
		{"nothing", nil, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := find.Trace(100, 120, painted(c.id...), painted(c.digits...), 12)
			if len(got) != len(c.want) {
				t.Fatalf("%d fields, want %d: %+v", len(got), len(c.want), got)
			}
			sum := 0.0
			for i, f := range got {
				if f.Start.X != 4*c.want[i][0] || f.End.X != 4*c.want[i][1] || math.Abs(f.Height-12) > 0.01 {
					t.Errorf("field %d runs from %g to %g, %g high; want %v cells", i, f.Start.X, f.End.X, f.Height, c.want[i])
				}
				if sum += f.Prior; i > 0 && f.Prior > got[i-1].Prior {
					t.Errorf("field %d is likelier than the one before", i)
				}
			}
			if sum >= 1 {
				t.Errorf("the priors add up to %g", sum)
			}
		})
	}
}

// TestTraceFollowsTheSlope expects the middle line of a row that lies askew.
func TestTraceFollowsTheSlope(t *testing.T) {
	f := find.Trace(100, 120, painted(bar{20, 60, 30, 0.1, 0.9}), painted(), 12)[0]
	if slope := (f.End.Y - f.Start.Y) / (f.End.X - f.Start.X); math.Abs(slope-0.1) > 0.01 {
		t.Errorf("the slope is %g, want 0.1", slope)
	}
	if math.Abs(f.Start.Y-4*31) > 3 {
		t.Errorf("it starts at %g, want about %d", f.Start.Y, 4*31)
	}
}

// TestTraceIsRepeatable expects the same bits each time: priors are evidence.
func TestTraceIsRepeatable(t *testing.T) {
	id := func(x, y int) float64 {
		return math.Abs(math.Sin(float64(x*7+y*13))) * painted(bar{5, 110, 30, 0.02, 1})(x, y)
	}
	want := find.Trace(100, 120, id, id, 12)
	for range 30 {
		if got := find.Trace(100, 120, id, id, 12); !slices.Equal(got, want) {
			t.Fatalf("got %+v, then %+v", want, got)
		}
	}
}

// TestNoRowDownThePage paints slim bars that run down the page, a little askew, as a rule
// or writing on its side does.
func TestNoRowDownThePage(t *testing.T) {
	for _, slant := range []float64{0, 0.02, 0.05, 0.2, -0.1} {
		column := func(x, y int) float64 {
			if left := 50 + slant*float64(y); float64(x) >= left && float64(x) < left+4 {
				return 0.9
			}
			return 0
		}
		for _, f := range find.Trace(100, 120, column, column, 12) {
			if math.Abs(f.End.Y-f.Start.Y) > math.Abs(f.End.X-f.Start.X) {
				t.Errorf("slant %g: a row from %v to %v", slant, f.Start, f.End)
			}
		}
	}
}
