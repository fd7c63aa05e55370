package roster

// Limits bounds what Read takes in. A zero field means its default.
type Limits struct {
	// MaxBytes is the size of the file. Defaults to 16 MiB.
	MaxBytes int64
	// MaxUnzipped is the size of all that the file unpacks to. Defaults to 128 MiB;
	// cells, texts and formats have at most 24 MiB of it, whatever it is.
	MaxUnzipped int64
	// MaxRows is the number of rows that hold anything, over all sheets.
	// Defaults to 50,000.
	MaxRows int
	// MaxCells is the number of rows that hold anything times the columns that do,
	// over all sheets. Defaults to 400,000: 50,000 rows of 8 columns.
	MaxCells int
}

const (
	maxEntries = 10_000 // files inside the archive; a workbook has about ten
	// maxXML bounds what of the archive is read: 400,000 cells have 22 MiB.
	maxXML = 24 << 20
	// maxElements bounds the shared text and the styles of a workbook, of which the
	// spreadsheet library makes about 100 bytes each.
	maxElements = 1_000_000
	// lastRow and lastColumn are what a worksheet can have, counted from 1.
	lastRow, lastColumn = 1 << 20, 1 << 14
)

func (l Limits) withDefaults() Limits {
	if l.MaxBytes <= 0 {
		l.MaxBytes = 16 << 20
	}
	if l.MaxUnzipped <= 0 {
		l.MaxUnzipped = 128 << 20
	}
	if l.MaxRows <= 0 {
		l.MaxRows = 50_000
	}
	if l.MaxCells <= 0 {
		l.MaxCells = 400_000
	}
	return l
}

// budget is what is left of the limits while a file is read.
type budget struct {
	lim         Limits
	rows, cells int
}

func newBudget(lim Limits) *budget {
	return &budget{lim: lim, rows: lim.MaxRows, cells: lim.MaxCells}
}

// take counts a row of so many cells that hold anything.
func (b *budget) take(cells int) error {
	b.rows--
	b.cells -= cells
	switch {
	case b.rows < 0:
		return tooLarge("more than %d rows; keep only the students of this exam",
			"행이 %d개가 넘습니다. 이 시험의 학생만 남겨 주세요", b.lim.MaxRows)
	case b.cells < 0:
		return tooLarge("more than %d cells; keep only the students of this exam and the columns that tell who they are",
			"셀이 %d개가 넘습니다. 이 시험의 학생과 필요한 열만 남겨 주세요", b.lim.MaxCells)
	}
	return nil
}
