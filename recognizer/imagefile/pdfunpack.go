package imagefile

import (
	"bytes"
	"image"

	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/image/ccitt"
)

// decode makes the image, in grey or one of the other types that Page promises.
func (p *pdfPicture) decode() (image.Image, error) {
	data, err := p.unpacked()
	if err != nil {
		return nil, err
	}
	switch p.coding {
	case filter.DCT:
		return p.decodeDCT(data)
	case filter.CCITTFax:
		return p.decodeFax(data)
	}
	return p.decodeSamples(data)
}

// unpacked undoes all filters but an image's coding. What is longer than the
// samples can be is not taken to its end.
func (p *pdfPicture) unpacked() ([]byte, error) {
	if len(p.stream.FilterPipeline) == 0 {
		return p.stream.Raw, nil
	}
	limit := p.lim.MaxBytes
	if p.coding == "" {
		const slack = 1 << 16 // some writers end with more than there is
		limit = int64(p.stride()*p.size.Y) + slack
	}
	stream := p.stream
	if err := stream.DecodeWithLimit(limit); err != nil {
		return nil, err
	}
	return stream.Content, nil
}

// decodeDCT pays no heed to the JPEG's Exif data, as PDF wants it.
func (p *pdfPicture) decodeDCT(data []byte) (image.Image, error) {
	picture, err := openJPEG(data)
	if err != nil {
		return nil, err
	}
	if picture.config.Width != p.size.X || picture.config.Height != p.size.Y {
		return nil, errNotAScan
	}
	img, err := picture.decode()
	if err != nil {
		return nil, err
	}
	if _, inks := img.(*image.CMYK); inks {
		return nil, errNotAScan
	}
	return normalize(img), nil
}

func (p *pdfPicture) decodeFax(data []byte) (image.Image, error) {
	k, columns := number(p.params, "K", 0), number(p.params, "Columns", 1728)
	if k > 0 || columns != p.size.X { // group 3 in two dimensions is not in the library
		return nil, errNotAScan
	}
	format := ccitt.Group3
	if k < 0 {
		format = ccitt.Group4
	}
	img := image.NewGray(image.Rectangle{Max: p.size})
	options := &ccitt.Options{
		Align:  flag(p.params, "EncodedByteAlign"),
		Invert: flag(p.params, "BlackIs1") != p.inverted,
	}
	if err := ccitt.DecodeIntoGray(img, bytes.NewReader(data), ccitt.MSB, format, options); err != nil {
		return nil, err
	}
	return img, nil
}

func number(d types.Dict, key string, otherwise int) int {
	if v := d.IntEntry(key); v != nil {
		return *v
	}
	return otherwise
}

func flag(d types.Dict, key string) bool {
	v := d.BooleanEntry(key)
	return v != nil && *v
}

// stride is how many bytes a row of samples takes.
func (p *pdfPicture) stride() int {
	n := p.components
	if p.palette != nil {
		n = 1
	}
	return (p.size.X*n*p.bits + 7) / 8
}

func (p *pdfPicture) decodeSamples(data []byte) (image.Image, error) {
	if len(data) < p.stride()*p.size.Y {
		return nil, errNotAScan // PDFium knows what to do with the rest
	}
	if p.components == 1 {
		return p.greySamples(data), nil
	}
	if p.palette == nil && p.bits != 8 {
		return nil, errNotAScan
	}
	return p.colourSamples(data), nil
}

func (p *pdfPicture) greySamples(data []byte) image.Image {
	levels := p.levels()
	img := image.NewGray(image.Rectangle{Max: p.size})
	mask, perByte := 1<<p.bits-1, 8/p.bits
	for y := range p.size.Y {
		row, out := data[y*p.stride():], img.Pix[y*img.Stride:][:p.size.X]
		if p.bits == 8 {
			for x := range out {
				out[x] = levels[row[x]]
			}
			continue
		}
		for x := range out {
			shift := 8 - p.bits*(x%perByte+1)
			out[x] = levels[int(row[x/perByte])>>shift&mask]
		}
	}
	return img
}

// levels is the grey of each sample.
func (p *pdfPicture) levels() (levels [256]uint8) {
	most := 1<<p.bits - 1
	for i := range most + 1 {
		levels[i] = uint8(i * 255 / most)
		if p.palette != nil {
			levels[i] = p.palette[min(i, len(p.palette)-1)]
		}
		if p.inverted {
			levels[i] = 255 - levels[i]
		}
	}
	return levels
}

func (p *pdfPicture) colourSamples(data []byte) image.Image {
	img := image.NewRGBA(image.Rectangle{Max: p.size})
	mask, perByte := 1<<p.bits-1, 8/p.bits
	last := len(p.palette)/3 - 1
	for y := range p.size.Y {
		row, out := data[y*p.stride():], img.Pix[y*img.Stride:][:4*p.size.X]
		for x := range p.size.X {
			from := row[min(3*x, len(row)-1):]
			if p.palette != nil {
				shift := 8 - p.bits*(x%perByte+1)
				from = p.palette[3*min(int(row[x/perByte])>>shift&mask, last):]
			}
			copy(out[4*x:], from[:3])
			out[4*x+3] = 255
		}
	}
	return img
}
