package roster_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"hakbeon/recognizer/roster"
)

const idHeader = `<row r="1"><c r="A1" t="inlineStr"><is><t>학번</t></is></c></row>`

// What holds nothing, or stands far out, costs no more than its bytes.
func TestReadIsBoundedByWhatTheFileHolds(t *testing.T) {
	var far, empty strings.Builder
	for i := 3; i < 3000; i++ {
		fmt.Fprintf(&far, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, i, i)
	}
	for i := 3; i < 40_000; i++ {
		fmt.Fprintf(&empty, `<row r="%d" s="0"><c r="A%d" s="0"/><c r="B%d" s="0"></c></row>`, i, i, i)
	}
	one := `<row r="2"><c r="A2"><v>32141837</v></c></row>`
	for name, rows := range map[string]string{"cells in the last column": far.String(), "formatted rows": empty.String()} {
		since := spent(t)
		r, err := roster.Read(parts(t, idHeader+one+rows, nil), roster.Limits{})
		must(t, err)
		if len(r.Students) != 1 {
			t.Errorf("%s: got %+v", name, r.Students)
		}
		if took := spent(t) - since; took > 10*time.Second { // of 0.1 s
			t.Errorf("%s: took %v", name, took)
		}
	}
}

// spent is the processor's time so far: a busy machine changes it little.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano())
}

func TestReadRefusesTooManyCells(t *testing.T) {
	wide := `<row r="2"><c r="A2"><v>5</v></c><c r="C2"><v>1</v></c><c r="XFD2"><v>1</v></c></row>`
	for name, data := range map[string][]byte{
		"workbook": parts(t, idHeader+wide, nil),
		"text":     []byte("학번,a,b\n1,2,3\n"),
		"page":     []byte("<table><tr><td>학번<td>a<td>b<tr><td>1<td>2<td>3</table>"),
		"old":      testdata(t, "xlwt.xls"),
	} {
		if _, err := roster.Read(data, roster.Limits{MaxCells: 5}); !errors.Is(err, roster.ErrTooLarge) {
			t.Errorf("%s: got %v, want ErrTooLarge", name, err)
		}
	}
	if _, err := roster.Read(parts(t, idHeader+wide, nil), roster.Limits{MaxCells: 6}); err != nil {
		t.Errorf("at the limit: %v", err)
	}
}

func TestReadRefusesTooMuchSharedText(t *testing.T) {
	data := parts(t, idHeader, map[string]string{
		"xl/sharedStrings.xml": `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + strings.Repeat(`<si/>`, 1_000_001) + `</sst>`,
	})
	if _, err := roster.Read(data, roster.Limits{}); !errors.Is(err, roster.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
}

func TestReadPutsRowsAndCellsInOrder(t *testing.T) {
	rows := `<row r="4"><c r="B4" t="inlineStr"><is><t>c</t></is></c><c r="A4"><v>3</v></c></row>` +
		`<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="inlineStr"><is><t>b</t></is></c></row>` +
		`<row r="2"><c r="A2"><v>1</v></c><c><v>7</v></c></row>` +
		`<row r="1"><c r="B1" t="inlineStr"><is><t>이름</t></is></c></row>` + idHeader
	r, err := roster.Read(parts(t, rows, nil), roster.Limits{})
	must(t, err)
	if got := fmt.Sprint(r.Students); got != "[{1 7  false} {2 b  false} {3 c  false}]" || len(r.Skipped) > 0 {
		t.Errorf("got %v, skipped %+v", got, r.Skipped)
	}
}

// A formula that was never computed has no value to read.
func TestReadTellsOfFormulasWithoutValues(t *testing.T) {
	rows := idHeader + `<row r="2"><c r="A2"><f>B2&amp;C2</f><v></v></c></row><row r="3"><c r="A3"><f>B3</f><v>0</v></c></row>`
	_, err := roster.Read(parts(t, rows, nil), roster.Limits{})
	if !errors.Is(err, roster.ErrNoIDs) || !strings.Contains(err.Error(), "formula without its value") {
		t.Errorf("got %v", err)
	}
	one := `<row r="4"><c r="A4"><f>B4</f><v>32141837</v></c></row><row r="5"><c r="A5" t="str"><f>""</f><v></v></c></row>`
	r, err := roster.Read(parts(t, rows+one, nil), roster.Limits{})
	must(t, err)
	if len(r.Students) != 1 || len(r.Skipped) != 2 || r.Skipped[1].Cell != "A3" {
		t.Errorf("got %+v, skipped %+v", r.Students, r.Skipped)
	}
}

// An error says where what stands, but only to who asks for it.
func TestExplainShowsTheValueAndItsCell(t *testing.T) {
	_, err := roster.Read([]byte("이름,학번\na,\nb,32141837/9\n"), roster.Limits{})
	if !errors.Is(err, roster.ErrNoIDs) || strings.Contains(err.Error(), "32141837") {
		t.Fatalf("got %v", err)
	}
	if said := roster.Explain(err); !strings.Contains(said, "B3") || !strings.Contains(said, "32141837/9") {
		t.Errorf("got %q", said)
	}
	if d := roster.Detail(err); d.KO == "" || strings.Contains(d.EN+d.KO, "32141837") {
		t.Errorf("got %+v", d)
	}
}

// TestCost: an ordinary roster takes little of the room that there is for reading, one
// that says that it unpacks to much takes all of it, and none more.
func TestCost(t *testing.T) {
	usual := grid("학번", 500, counting(32_000_000), name)
	if cost := roster.Cost(usual); cost < int64(len(usual)) || cost > roster.MostCost/20 {
		t.Errorf("500 students take %d bytes", cost)
	}
	large := parts(t, idHeader+strings.Repeat(`<row r="2"><c r="A2"><v>1</v></c></row>`, 1_000_000), nil)
	if cost := roster.Cost(large); cost != roster.MostCost {
		t.Errorf("%d bytes that unpack to 40 MB take %d", len(large), cost)
	}
	r, err := roster.Read(usual, roster.Limits{})
	must(t, err)
	if n := r.Bytes(); n < 500*8 || n > 500*1000 {
		t.Errorf("kept, 500 students take %d bytes", n)
	}
}
