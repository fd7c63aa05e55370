package recognizer_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

func TestDecide(t *testing.T) {
	class := []string{"32141837", "32157264", "32169902", "32170418", "32185550"}
	tests := []struct {
		name    string
		reading *recognizer.Reading
		roster  []string
		status  recognizer.Status
		reason  recognizer.Reason
		first   string // best candidate
		text    string
	}{
		{"a clear ID", sheet("32141837"), class,
			recognizer.Matched, recognizer.Success, "32141837", "32141837"},
		{"text on both sides", page(written(0, 0.999999, "##_#__3_2_1_4_1_8_3_7_##_#__##")), class,
			recognizer.Matched, recognizer.Success, "32141837", "32141837"},
		{"a gap in the middle", page(written(0, 0.999999, "3_2_1_4_______1_8_3_7")), class,
			recognizer.Matched, recognizer.Success, "32141837", "32141837"},
		{"a hyphen in the middle", page(written(0, 0.999999, "3_2_1_4_#_1_8_3_7")), class,
			recognizer.Matched, recognizer.Success, "32141837", "3214"},
		{"among other lines", page(written(0, 0.99, "2_0_3_2_#_1_0_#_2_2"), written(1, 0.999999, spaced("32157264")), written(2, 0.99, "#_#_5_1_7")), class,
			recognizer.Matched, recognizer.Success, "32157264", "32157264"},
		{"an ID that is in a longer number too", sheet("321418370"), []string{"3214183", "32141837", "321418370"},
			recognizer.Matched, recognizer.Success, "321418370", "321418370"},
		{"one digit read wrong", sheet("32141897"), class,
			"", "", "32141837", "32141897"},
		{"two digits read wrong", sheet("32141899"), class,
			recognizer.NeedsReview, "", "32141837", "32141899"},
		{"an ID of no one", sheet("32263045"), class,
			recognizer.NeedsReview, recognizer.NotOnRoster, "", "32263045"},
		{"between two students", page(written(0, 0.999999, "3_2_1_4_1_8_#_7")), []string{"32141837", "32141807"},
			recognizer.NeedsReview, recognizer.Ambiguous, "", "321418"},
		{"two IDs on one page", page(written(0, 0.999999, spaced("32141837")), written(1, 0.999999, spaced("32157264"))), class,
			recognizer.NeedsReview, recognizer.Ambiguous, "", "32141837"},
		{"no digits", page(written(0, 0.999999, "####_###_##")), class,
			recognizer.NeedsReview, recognizer.NoIDFound, "", ""},
		{"no lines", page(), class,
			recognizer.NeedsReview, recognizer.NoIDFound, "", ""},
		{"no reading", nil, class,
			recognizer.NeedsReview, recognizer.NoIDFound, "", ""},
		{"an empty roster", sheet("32141837"), nil,
			recognizer.NeedsReview, recognizer.NotOnRoster, "", "32141837"},
		{"a letter in the ID", page(written(0, 0.999999, "#_9_1_1_2_3_4")), []string{"B911234", "B954321"},
			recognizer.Matched, recognizer.Success, "B911234", "911234"},
		{"a roster of letters", sheet("32141837"), []string{"ABC", "-"},
			recognizer.NeedsReview, "", "", "32141837"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var ro *roster.Roster
			if tt.roster != nil {
				ro = students(t, tt.roster...)
			}
			d := recognizer.Decide(tt.reading, ro, recognizer.DefaultParams())
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

// checkSound checks what holds for every decision.
func checkSound(t *testing.T, d recognizer.Decision) {
	t.Helper()
	if (d.Status == recognizer.Matched) != (d.StudentID != "") || (d.Reason == recognizer.Success) != (d.StudentID != "") {
		t.Errorf("status %s, reason %s and student %q contradict each other", d.Status, d.Reason, d.StudentID)
	}
	if d.Candidates == nil || len(d.Candidates) > 5 {
		t.Errorf("%d candidates, want 0 to 5 and never nil", len(d.Candidates))
	}
	sum, last := 0.0, math.Inf(1)
	for _, c := range d.Candidates {
		if c.Confidence > last || !(c.Confidence >= 0) {
			t.Errorf("candidates are not sorted: %v", d.Candidates)
		}
		sum, last = sum+c.Confidence, c.Confidence
	}
	if sum > 1+1e-9 || !(d.Confidence >= 0 && d.Confidence <= 1) {
		t.Errorf("confidence %g, candidates' sum %g, want probabilities", d.Confidence, sum)
	}
	if len(d.Candidates) > 0 && d.Confidence != d.Candidates[0].Confidence {
		t.Errorf("confidence %g is not the first candidate's %g", d.Confidence, d.Candidates[0].Confidence)
	}
}

func TestDecideNamesTheLine(t *testing.T) {
	rd := page(written(0, 0.99, "##_##"), written(1, 0.99, "1_2_#_3"), written(2, 0.999999, spaced("32157264")))
	d := recognizer.Decide(rd, students(t, "32141837", "32157264"), recognizer.DefaultParams())
	if d.Line != 2 {
		t.Errorf("line %d, want 2", d.Line)
	}
	if d.TextConf < 0.9 || d.TextConf > 1 {
		t.Errorf("text's confidence %g, want about 0.999", d.TextConf)
	}
}

func TestDecideIsSurerWithoutNeighbours(t *testing.T) {
	rd := page(written(0, 0.7, spaced("32141837")))
	alone := recognizer.Decide(rd, students(t, "32141837", "32207755"), recognizer.DefaultParams())
	crowded := recognizer.Decide(rd, students(t, "32141837", "32141831", "32141887"), recognizer.DefaultParams())
	if alone.Confidence <= crowded.Confidence {
		t.Errorf("confidence %g among strangers, %g among neighbours", alone.Confidence, crowded.Confidence)
	}
}

func TestAcceptanceLevel(t *testing.T) {
	rd, ro := sheet("32141837"), students(t, "32141837", "32157264")
	sure := recognizer.Decide(rd, ro, recognizer.Params{}).Confidence
	for _, tt := range []struct {
		accept float64
		status recognizer.Status
	}{{sure, recognizer.Matched}, {math.Nextafter(sure, 2), recognizer.NeedsReview}} {
		if tt.accept > 1 {
			continue
		}
		d := recognizer.Decide(rd, ro, recognizer.Params{Accept: tt.accept})
		if d.Status != tt.status {
			t.Errorf("accepting from %g a sheet at %g gives %s, want %s", tt.accept, sure, d.Status, tt.status)
		}
	}
}

// TestParamsDefaults checks that unset and senseless numbers fall back.
func TestParamsDefaults(t *testing.T) {
	rd, ro := sheet("32141837"), students(t, "32141837", "32157264")
	want := recognizer.Decide(rd, ro, recognizer.DefaultParams())
	for _, p := range []recognizer.Params{
		{}, {Accept: -1}, {Accept: 2}, {Stranger: math.NaN()}, {Missing: 7},
		{Temperature: math.Inf(1)}, {Noise: -3}, {Misread: 2}, {Skip: -1},
	} {
		if got := recognizer.Decide(rd, ro, p); !reflect.DeepEqual(got, want) {
			t.Errorf("with %+v got %+v, want the default's %+v", p, got, want)
		}
	}
}

func TestParamsAsJSON(t *testing.T) {
	want := recognizer.DefaultParams()
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got recognizer.Params
	if err := json.Unmarshal(data, &got); err != nil || got != want {
		t.Errorf("got %+v (%v) back, want %+v", got, err, want)
	}
}

// TestLongIDs checks that IDs of the greatest length neither overflow nor take
// over.
func TestLongIDs(t *testing.T) {
	long := "12345678901234567890123456789012"
	d := recognizer.Decide(sheet(long), students(t, long, "32141837"), recognizer.DefaultParams())
	checkSound(t, d)
	if d.StudentID != long {
		t.Errorf("got %+v, want the long ID", d)
	}
	d = recognizer.Decide(sheet("32141837"), students(t, long, "32141837"), recognizer.DefaultParams())
	checkSound(t, d)
	if d.StudentID != "32141837" {
		t.Errorf("got %+v, want the short ID", d)
	}
}
