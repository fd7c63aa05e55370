package decide_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

func TestDecide(t *testing.T) {
	class := []string{"32141837", "32157264", "32169902", "32170418", "32185550"}
	tests := []struct {
		name    string
		reading *read.Reading
		roster  []string
		status  decide.Status
		reason  decide.Reason
		first   string // best candidate
		text    string
	}{
		{"a clear ID", sheet("32141837"), class,
			decide.Matched, decide.Success, "32141837", "32141837"},
		{"text on both sides", page(written(0, 0.999999, "##_#__3_2_1_4_1_8_3_7_##_#__##")), class,
			decide.Matched, decide.Success, "32141837", "32141837"},
		{"a gap in the middle", page(written(0, 0.999999, "3_2_1_4_______1_8_3_7")), class,
			decide.Matched, decide.Success, "32141837", "32141837"},
		{"a hyphen in the middle", page(written(0, 0.999999, "3_2_1_4_#_1_8_3_7")), class,
			decide.Matched, decide.Success, "32141837", "3214"},
		{"among other lines", page(written(0, 0.99, "2_0_3_2_#_1_0_#_2_2"), written(1, 0.999999, spaced("32157264")), written(2, 0.99, "#_#_5_1_7")), class,
			decide.Matched, decide.Success, "32157264", "32157264"},
		{"an ID that is in a longer number too", sheet("321418370"), []string{"3214183", "32141837", "321418370"},
			decide.Matched, decide.Success, "321418370", "321418370"},
		{"one digit read wrong", sheet("32141897"), class,
			"", "", "32141837", "32141897"},
		{"two digits read wrong", sheet("32141899"), class,
			decide.NeedsReview, "", "", "32141899"},
		{"an ID of no one", sheet("32263045"), class,
			decide.NeedsReview, decide.NotOnRoster, "", "32263045"},
		{"between two students", page(written(0, 0.999999, "3_2_1_4_1_8_#_7")), []string{"32141837", "32141807"},
			decide.NeedsReview, decide.Ambiguous, "", "321418"},
		{"two IDs on one page", page(written(0, 0.999999, spaced("32141837")), written(1, 0.999999, spaced("32157264"))), class,
			decide.NeedsReview, decide.Ambiguous, "", "32141837"},
		{"no digits", page(written(0, 0.999999, "####_###_##")), class,
			decide.NeedsReview, decide.NoIDFound, "", ""},
		{"no lines", page(), class,
			decide.NeedsReview, decide.NoIDFound, "", ""},
		{"no reading", nil, class,
			decide.NeedsReview, decide.NoIDFound, "", ""},
		{"an empty roster", sheet("32141837"), nil,
			decide.NeedsReview, decide.NotOnRoster, "", "32141837"},
		{"a letter in the ID", page(written(0, 0.999999, "#_9_1_1_2_3_4")), []string{"B911234", "B954321"},
			decide.Matched, decide.Success, "B911234", "911234"},
		{"a roster of letters", sheet("32141837"), []string{"ABC", "-"},
			decide.NeedsReview, "", "", "32141837"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var ro *roster.Roster
			if tt.roster != nil {
				ro = students(t, tt.roster...)
			}
			d := decide.Decide(tt.reading, ro, decide.DefaultParams())
			checkSound(t, d)
			if tt.status != "" && d.Status != tt.status || tt.reason != "" && d.Reason != tt.reason || d.Text != tt.text {
				t.Errorf("got %+v, want %s, %s, text %q", d, tt.status, tt.reason, tt.text)
			}
			if tt.first != "" && (len(d.Candidates) == 0 || d.Candidates[0].StudentID != tt.first) {
				t.Errorf("candidates %v, want %s first", d.Candidates, tt.first)
			}
		})
	}
}

func TestDecideNamesTheLine(t *testing.T) {
	rd := page(written(0, 0.99, "##_##"), written(1, 0.99, "1_2_#_3"), written(2, 0.999999, spaced("32157264")))
	d := decide.Decide(rd, students(t, "32141837", "32157264"), decide.DefaultParams())
	if d.Line != 2 {
		t.Errorf("line %d, want 2", d.Line)
	}
	if d.TextConf < 0.9 || d.TextConf > 1 {
		t.Errorf("text's confidence %g, want about 0.999", d.TextConf)
	}
}

func TestDecideIsSurerWithoutNeighbours(t *testing.T) {
	rd := page(written(0, 0.7, spaced("32141837")))
	alone := decide.Decide(rd, students(t, "32141837", "32207755"), decide.DefaultParams())
	crowded := decide.Decide(rd, students(t, "32141837", "32141831", "32141887"), decide.DefaultParams())
	if alone.Confidence <= crowded.Confidence {
		t.Errorf("confidence %g among strangers, %g among neighbours", alone.Confidence, crowded.Confidence)
	}
}

func TestAcceptanceLevel(t *testing.T) {
	rd, ro := sheet("32141837"), students(t, "32141837", "32157264")
	sure := decide.Decide(rd, ro, decide.Params{}).Confidence
	for _, tt := range []struct {
		accept float64
		status decide.Status
	}{{sure, decide.Matched}, {math.Nextafter(sure, 2), decide.NeedsReview}} {
		if tt.accept > 1 {
			continue
		}
		d := decide.Decide(rd, ro, decide.Params{Accept: tt.accept})
		if d.Status != tt.status {
			t.Errorf("accepting from %g a sheet at %g gives %s, want %s", tt.accept, sure, d.Status, tt.status)
		}
	}
}

// TestParamsDefaults checks that unset and senseless numbers fall back.
func TestParamsDefaults(t *testing.T) {
	rd, ro := sheet("32141837"), students(t, "32141837", "32157264")
	want := decide.Decide(rd, ro, decide.DefaultParams())
	for _, p := range []decide.Params{
		{}, {Accept: -1}, {Accept: 2}, {Stranger: math.NaN()}, {Missing: 7},
		{Skip: math.Inf(1)}, {Skip: -1}, {Verify: 2},
	} {
		if got := decide.Decide(rd, ro, p); !reflect.DeepEqual(got, want) {
			t.Errorf("with %+v got %+v, want the default's %+v", p, got, want)
		}
	}
}

func TestParamsAsJSON(t *testing.T) {
	want := decide.DefaultParams()
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got decide.Params
	if err := json.Unmarshal(data, &got); err != nil || got != want {
		t.Errorf("got %+v (%v) back, want %+v", got, err, want)
	}
}

// TestParamsOf0x decides with parameters that a plan of 0.x holds: what no longer
// exists is ignored, what is new has its default.
func TestParamsOf0x(t *testing.T) {
	const stored = `{"accept":0.995,"stranger":0.05,"near":0.5,"missing":0.02,"known":15,"duplicate":0.003,"absent":1,"alone":0.99,"claim":0.9,"temperature":1,"noise":0.00001,"misread":0.000001,"skip":0.001}`
	var got decide.Params
	if err := json.Unmarshal([]byte(stored), &got); err != nil {
		t.Fatal(err)
	}
	want := decide.DefaultParams()
	want.Accept, want.Stranger, want.Near = 0.995, 0.05, 0.5
	if got.WithDefaults() != want {
		t.Errorf("got %+v, want %+v", got.WithDefaults(), want)
	}
}

// TestLongIDs checks that IDs of the greatest length neither overflow nor take
// over.
func TestLongIDs(t *testing.T) {
	long := "12345678901234567890123456789012"
	d := decide.Decide(sheet(long), students(t, long, "32141837"), decide.DefaultParams())
	checkSound(t, d)
	if d.StudentID != long {
		t.Errorf("got %+v, want the long ID", d)
	}
	d = decide.Decide(sheet("32141837"), students(t, long, "32141837"), decide.DefaultParams())
	checkSound(t, d)
	if d.StudentID != "32141837" {
		t.Errorf("got %+v, want the short ID", d)
	}
}
