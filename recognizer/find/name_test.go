package find_test

import (
	"math"
	"testing"

	"hakbeon/recognizer/find"
)

// TestTraceNames expects names where handwriting is painted, the likeliest first.
func TestTraceNames(t *testing.T) {
	id := []bar{{20, 44, 30, 0, 0.9}}
	for _, c := range []struct {
		name       string
		names, all []bar
		want       []float64 // left ends in cells
	}{
		{"a name", []bar{{60, 75, 30, 0, 0.9}}, nil, []float64{60}},
		{"two of which one is surer", []bar{{60, 75, 30, 0, 0.4}, {20, 34, 50, 0, 0.9}}, nil, []float64{20, 60}},
		{"of two, the one nearer to the ID", []bar{{20, 35, 32 + 60, 0, 0.6}, {60, 75, 33, 0, 0.6}}, nil, []float64{60, 20}},
		{"writing that may be one", nil, []bar{{60, 75, 30, 0, 0.8}}, []float64{60}},
		{"a blot", []bar{{60, 61, 30, 0, 0.9}}, nil, nil},
		{"nothing", nil, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := find.TraceNames(100, 120, painted(id...), painted(c.names...), painted(c.all...), 12)
			if len(got) != len(c.want) {
				t.Fatalf("%d names, want %d: %+v", len(got), len(c.want), got)
			}
			for i, n := range got {
				if n.Start.X != 4*c.want[i] {
					t.Errorf("name %d begins at %g, want %g", i, n.Start.X, 4*c.want[i])
				}
				// What is painted is the middle half of the writing.
				if math.Abs(n.Height-16) > 0.1 {
					t.Errorf("name %d is %g pixels high, want 16", i, n.Height)
				}
			}
		})
	}
}
