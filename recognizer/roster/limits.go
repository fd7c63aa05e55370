package roster

// Limits bounds what Read takes in. A zero field means its default.
type Limits struct {
	// MaxBytes is the size of the file. Defaults to 16 MiB.
	MaxBytes int64
	// MaxUnzipped is the size of all that the file unpacks to. Defaults to 128 MiB.
	MaxUnzipped int64
	// MaxRows is the number of rows that hold anything, over all sheets.
	// Defaults to 50,000.
	MaxRows int
}

const maxEntries = 10_000 // files inside the archive; a workbook has about ten

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
	return l
}
