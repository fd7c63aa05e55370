package main

import (
	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// severalPages says whether sheets may have several pages.
func severalPages(n jobs.PageCount) bool { return n != 0 && n != 1 }

// dividePages keeps the first page of each sheet, and reports whether a person should
// look at how the pages were divided.
func dividePages(pages []recognized, students *roster.Roster, n jobs.PageCount, params recognizer.Params) (sheets []recognized, uneven bool) {
	if !severalPages(n) {
		return pages, false
	}
	for len(pages) > 0 {
		count := 1
		for count < len(pages) && pages[count].File == pages[0].File {
			count++
		}
		if count == 1 {
			sheets, pages = append(sheets, pages[0]), pages[1:]
			continue
		}
		file := make([]recognizer.FilePage, count)
		for i, p := range pages[:count] {
			file[i] = recognizer.FilePage{Reading: p.reading, Sketch: p.sketch}
		}
		d := recognizer.Divide(file, students, max(0, int(n)), params)
		uneven = uneven || d.Uneven
		for _, paper := range d.Papers {
			sheet := pages[paper.First]
			sheet.paper = &paper
			for i := paper.First; i <= paper.Last; i++ {
				sheet.Pages = append(sheet.Pages, i+1)
			}
			sheets = append(sheets, sheet)
		}
		pages = pages[count:]
	}
	return sheets, uneven
}
