package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hakbeon/recognizer/imagefile"
)

// passedOver is a file in a folder that is no sheet.
type passedOver struct{ path, why string }

// sheetFiles lists the files of the arguments. Folders are searched for what is
// called like a scan or shows to be one; the other files in them are passed over.
func sheetFiles(args []string) (files []string, passed []passedOver, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, nil, &usageError{fmt.Errorf("answer sheets: %w", err)}
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		found, others, err := searchFolder(arg)
		if err != nil {
			return nil, nil, fmt.Errorf("search %s: %w", arg, err)
		}
		files, passed = append(files, found...), append(passed, others...)
	}
	if len(files) == 0 {
		return nil, passed, &usageError{errors.New("no answer sheets found: looked for pictures and PDFs (" + strings.Join(imagefile.Endings(), " ") + ")" + firstOf(passed))}
	}
	return files, passed, nil
}

func firstOf(passed []passedOver) string {
	if len(passed) == 0 {
		return ""
	}
	return fmt.Sprintf("; passed over %d files, the first is %s: %s", len(passed), passed[0].path, passed[0].why)
}

func searchFolder(folder string) (files []string, passed []passedOver, err error) {
	err = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != folder && (entry.Name() == "__MACOSX" || strings.HasPrefix(entry.Name(), ".")):
			return filepath.SkipDir
		case entry.IsDir(), isLitter(entry.Name()):
			return nil
		case slices.Contains(imagefile.Endings(), strings.ToLower(filepath.Ext(path))):
			files = append(files, path)
			return nil
		}
		if why := noSheet(path); why != "" {
			passed = append(passed, passedOver{path, why})
		} else {
			files = append(files, path)
		}
		return nil
	})
	return files, passed, err
}

// isLitter holds for what systems leave in folders: nobody misses it.
func isLitter(name string) bool {
	return strings.HasPrefix(name, "._") || slices.Contains([]string{"thumbs.db", "ehthumbs.db", ".ds_store", "desktop.ini"}, strings.ToLower(name))
}

// noSheet says why a file is no sheet by what is in it; "" if it is one.
func noSheet(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "can't be read"
	}
	if !info.Mode().IsRegular() {
		return "is no file"
	}
	file, err := os.Open(path)
	if err != nil {
		return "can't be read"
	}
	defer file.Close()
	head := make([]byte, imagefile.HeadBytes)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "can't be read"
	}
	if err := imagefile.Check(head[:n]); err != nil {
		return imagefile.Detail(err).EN
	}
	return ""
}

// maxTold is how many files are named.
const maxTold = 20

// tellPassed says which files of the folders are read as no sheet.
func tellPassed(out io.Writer, passed []passedOver) {
	if len(passed) == 0 {
		return
	}
	fmt.Fprintf(out, "passed over %d files that are no answer sheets:\n", len(passed))
	for _, p := range passed[:min(len(passed), maxTold)] {
		fmt.Fprintf(out, "  %s: %s\n", p.path, p.why)
	}
	if more := len(passed) - maxTold; more > 0 {
		fmt.Fprintf(out, "  and %d more\n", more)
	}
}
