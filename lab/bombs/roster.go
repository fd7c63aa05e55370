package bombs

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Roster is a workbook that is as large as one may be: it is no bomb by itself, but many
// at once would be.
func Roster() ([]byte, error) {
	const rows, columns = 19_990, 20
	book := excelize.NewFile()
	defer book.Close()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, fmt.Errorf("begin a roster: %w", err)
	}
	row := make([]any, columns)
	for n := range rows {
		for c := range row {
			row[c] = strconv.Itoa(10_000_000 + n*columns + c)
		}
		if n == 0 {
			row[0] = "학번"
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", n+1), row); err != nil {
			return nil, fmt.Errorf("write a roster: %w", err)
		}
	}
	var out bytes.Buffer
	if err := sheet.Flush(); err != nil {
		return nil, fmt.Errorf("write a roster: %w", err)
	}
	if err := book.Write(&out); err != nil {
		return nil, fmt.Errorf("write a roster: %w", err)
	}
	return out.Bytes(), nil
}
