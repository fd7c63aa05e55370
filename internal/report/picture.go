package report

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"

	"github.com/xuri/excelize/v2"
)

// A picture has twice the pixels that it is shown with, for printing.
const (
	thumbWidth, thumbHeight = 2 * pictureWidth, 2 * pictureHeight
	thumbQuality            = 70
	// maxCropPixels bounds what is unpacked for a picture: a header crop is a strip
	// of a page.
	maxCropPixels = 50_000_000
)

// Thumbnail makes a small grey JPEG of a header crop, a few kilobytes.
func Thumbnail(crop image.Image) ([]byte, error) {
	size := crop.Bounds().Size()
	if size.X == 0 || size.Y == 0 {
		return nil, fmt.Errorf("a crop of %d x %d pixels", size.X, size.Y)
	}
	side := max((size.X+thumbWidth-1)/thumbWidth, (size.Y+thumbHeight-1)/thumbHeight)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, reduce(grey(crop), side), &jpeg.Options{Quality: thumbQuality}); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	return out.Bytes(), nil
}

// grey is the image in grey; of a photo's own kind it is the brightness that is
// there already.
func grey(img image.Image) *image.Gray {
	switch img := img.(type) {
	case *image.Gray:
		return img
	case *image.YCbCr:
		return &image.Gray{Pix: img.Y, Stride: img.YStride, Rect: img.Rect}
	}
	out := image.NewGray(img.Bounds())
	draw.Draw(out, out.Rect, img, out.Rect.Min, draw.Src)
	return out
}

// reduce makes one pixel of each square of that side: the mean, so that thin
// strokes stay.
func reduce(img *image.Gray, side int) *image.Gray {
	if side <= 1 {
		return img
	}
	size := img.Rect.Size()
	out := image.NewGray(image.Rect(0, 0, max(size.X/side, 1), max(size.Y/side, 1)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sum, n := 0, 0
			for row := y * side; row < min((y+1)*side, size.Y); row++ {
				from := row*img.Stride + x*side
				for _, pixel := range img.Pix[from : from+min(side, size.X-x*side)] {
					sum += int(pixel)
					n++
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum / n)
		}
	}
	return out
}

// ThumbnailOf is Thumbnail of a crop that is a JPEG.
func ThumbnailOf(crop []byte) ([]byte, error) {
	size, err := jpeg.DecodeConfig(bytes.NewReader(crop))
	if err != nil {
		return nil, fmt.Errorf("read a crop: %w", err)
	}
	if size.Width*size.Height > maxCropPixels {
		return nil, fmt.Errorf("a crop of %d x %d pixels", size.Width, size.Height)
	}
	img, err := jpeg.Decode(bytes.NewReader(crop))
	if err != nil {
		return nil, fmt.Errorf("read a crop: %w", err)
	}
	return Thumbnail(img)
}

// picture puts the row's picture into its last column. It begins and ends in that
// one cell, so it moves and hides with its row where people sort and filter.
func (f *book) picture(sheet string, column, row int, l line) error {
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(l.picture))
	if err != nil {
		return fmt.Errorf("picture of row %d: %w", row, err)
	}
	scale := min(pictureWidth/float64(size.Width), pictureHeight/float64(size.Height))
	return f.AddPictureFromBytes(sheet, at, &excelize.Picture{
		Extension: ".jpg", File: l.picture,
		Format: &excelize.GraphicOptions{AltText: l.alt, ScaleX: scale, ScaleY: scale, OffsetX: pictureLeft, OffsetY: pictureTop, LockAspectRatio: true},
	})
}
