package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/imagefile"
)

const (
	scanDPI   = 200
	scanPages = 35 // of an exam
	scanDrawn = 7  // of them; they come again and again
)

// scansCPU is the processor time of a page of a PDF as office scanners write it, from
// nothing to its pixels: the decoder's process is started for it, its cache empty.
func scansCPU(program string) (perPage time.Duration, err error) {
	data, err := scanned()
	if err != nil {
		return 0, err
	}
	cache, err := os.MkdirTemp("", "hakbeon-bombs-cache-")
	if err != nil {
		return 0, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(cache)) }()
	before, err := spent()
	if err != nil {
		return 0, err
	}
	d := &imagefile.Decoder{CacheDir: cache, Command: []string{program, "decode-pages"}}
	if err := errors.Join(decodeAll(d, data), d.Close()); err != nil {
		return 0, fmt.Errorf("decode %d scans: %w", scanPages, err)
	}
	after, err := spent()
	return (after - before) / scanPages, err
}

func decodeAll(d *imagefile.Decoder, data []byte) error {
	file, err := d.Open(data, imagefile.Limits{})
	if err != nil {
		return err
	}
	if file.Pages() != scanPages {
		return fmt.Errorf("%d pages", file.Pages())
	}
	for i := range scanPages {
		page, err := file.Page(i)
		if err != nil {
			return err
		}
		imagefile.Release(page)
	}
	return nil
}

// spent is the processor time of this process and of its children that have ended.
func spent() (time.Duration, error) {
	var all time.Duration
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if err := unix.Getrusage(who, &u); err != nil {
			return 0, fmt.Errorf("ask for processor time: %w", err)
		}
		all += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return all, nil
}

// scanned is the PDF.
func scanned() ([]byte, error) {
	exam, err := synth.NewExam(2, synth.ExamSpec{Code: "SCANS", Sheets: scanDrawn, DPI: scanDPI, Colour: synth.Bilevel})
	if err != nil {
		return nil, err
	}
	assets, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	var drawn []synth.PDFPage
	for i := range scanDrawn {
		file, err := exam.File(assets, i)
		if err != nil {
			return nil, err
		}
		sheet, err := jpeg.Decode(bytes.NewReader(file))
		if err != nil {
			return nil, fmt.Errorf("read a sheet: %w", err)
		}
		grey := image.NewGray(sheet.Bounds())
		draw.Draw(grey, grey.Rect, sheet, grey.Rect.Min, draw.Src)
		drawn = append(drawn, synth.FaxPage(grey, scanDPI))
	}
	var pages []synth.PDFPage
	for len(pages) < scanPages {
		pages = append(pages, drawn[len(pages)%scanDrawn])
	}
	return synth.PDF(pages...), nil
}

// firstPDF sends a sheet that has to be rendered to a worker that has just started on
// an empty cache, and measures how long its answer takes.
func (s *site) firstPDF(ctx context.Context, address string) (time.Duration, error) {
	const code = "FIRST"
	if _, err := s.upload(ctx, code, nil); err != nil {
		return 0, err
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(s.sheets[0]))
	if err != nil {
		return 0, fmt.Errorf("read a sheet: %w", err)
	}
	const examDPI = 275 // what exams are drawn at
	page := synth.JPEGPage(s.sheets[0], image.Pt(size.Width, size.Height), examDPI).Marked()
	r, err := formOf(ctx, "http://"+address+"/extract-student-id/?exam_code="+code, "image", synth.PDF(page))
	if err != nil {
		return 0, err
	}
	since := time.Now()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, fmt.Errorf("send the first PDF: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	took := time.Since(since)
	if err != nil {
		return 0, fmt.Errorf("read the first PDF's answer: %w", err)
	}
	var answer struct {
		Student string `json:"student_id"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || resp.StatusCode != http.StatusOK || answer.Student != s.exam0.Sheets[0].ID {
		return 0, fmt.Errorf("the first PDF is answered by %s, with the wrong student: %s", resp.Status, body)
	}
	return took, nil
}

// formOf is a request that carries a file.
func formOf(ctx context.Context, url, field string, file []byte) (*http.Request, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, "file")
	if err == nil {
		_, err = part.Write(file)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		return nil, fmt.Errorf("make a form: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, &body)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r, nil
}
