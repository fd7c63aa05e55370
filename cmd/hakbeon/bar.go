package main

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// newBar returns a progress bar that is drawn only on a terminal.
func newBar(out io.Writer, total int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionSetVisibility(isTerminal(out)), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30),
	)
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// bars shows one progress bar after the other.
type bars struct {
	out  io.Writer
	what string
	bar  *progressbar.ProgressBar
}

func (b *bars) show(what string, done, total int) {
	if b.what != what {
		b.what, b.bar = what, newBar(b.out, total, what)
	}
	b.bar.Set(done) //nolint:errcheck // a progress bar
}
