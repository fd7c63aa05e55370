package report

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"

	"github.com/xuri/excelize/v2"

	"hakbeon/internal/picture"
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
	side := picture.Within(size, thumbWidth, thumbHeight)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture.Reduce(picture.Grey(crop), side), &jpeg.Options{Quality: thumbQuality}); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	return out.Bytes(), nil
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
