package roster

import (
	"archive/zip"
	"bytes"
)

const (
	// costFactor is how many bytes reading takes for each that a file unpacks to: its
	// cells, its texts and the library's own. Up to 8 were measured, and 18 of a web
	// page, whose cells have the shortest marks.
	costFactor, markupFactor = 8, 20
	// MostCost is what a file takes at most: one with as many cells and as much text as
	// may be.
	MostCost = costFactor * maxXML
)

// Cost is how many bytes of memory Read takes for a file, at most, as its size and its
// archive's directory tell: it may be asked before there is room to read it.
func Cost(data []byte) int64 {
	unpacked, factor := uint64(len(data)), uint64(costFactor)
	switch kindOf(data) {
	case kindMarkup:
		factor = markupFactor
	case kindWorkbook:
		if zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
			for _, entry := range zr.File {
				if isXML(entry) {
					unpacked += min(entry.UncompressedSize64, MostCost)
				}
			}
		}
	}
	return int64(min(factor*min(unpacked, MostCost), MostCost))
}

// Bytes is about how much memory the roster takes, those of its other columns included.
func (r *Roster) Bytes() int {
	const student, cell, skip = 160, 16, 200 // what there is beside the texts
	n := 0
	for _, s := range r.Students {
		n += student + len(s.ID) + len(s.Name) + len(s.Department)
	}
	for _, row := range r.Rows {
		for _, text := range row {
			n += cell + len(text)
		}
	}
	for _, other := range r.others {
		n += other.Bytes()
	}
	return n + skip*len(r.Skipped)
}
