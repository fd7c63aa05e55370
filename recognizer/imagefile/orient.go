package imagefile

import "image"

// orientation is the value of the Exif and TIFF tag: how the stored image must
// be turned to stand upright, 1 to 8. Anything else counts as 1, upright.
type orientation int

func (o orientation) swapsSides() bool { return o >= 5 && o <= 8 }

// orient returns an upright copy of an image of the three types that normalize
// makes; an image that is upright already is returned as it is.
func orient(img image.Image, o orientation) image.Image {
	if o < 2 || o > 8 {
		return img
	}
	size := img.Bounds().Size()
	if o.swapsSides() {
		size.X, size.Y = size.Y, size.X
	}
	rect := image.Rectangle{Max: size}
	switch src := img.(type) {
	case *image.Gray:
		dst := image.NewGray(rect)
		turn(dst.Pix, dst.Stride, src.Pix, src.Stride, src.Rect.Size(), 1, o)
		return dst
	case *image.RGBA:
		dst := image.NewRGBA(rect)
		turn(dst.Pix, dst.Stride, src.Pix, src.Stride, src.Rect.Size(), 4, o)
		return dst
	case *image.YCbCr:
		return orientYCbCr(src, rect, o)
	}
	return img
}

func orientYCbCr(src *image.YCbCr, rect image.Rectangle, o orientation) image.Image {
	ratio, ok := turnedRatio(src.SubsampleRatio, o)
	if !ok {
		return orient(toRGBA(src), o)
	}
	dst := image.NewYCbCr(rect, ratio)
	turn(dst.Y, dst.YStride, src.Y, src.YStride, src.Rect.Size(), 1, o)
	chroma := chromaSize(src)
	turn(dst.Cb, dst.CStride, src.Cb, src.CStride, chroma, 1, o)
	turn(dst.Cr, dst.CStride, src.Cr, src.CStride, chroma, 1, o)
	return dst
}

func toRGBA(src *image.YCbCr) *image.RGBA {
	dst := image.NewRGBA(src.Rect)
	for y := src.Rect.Min.Y; y < src.Rect.Max.Y; y++ {
		for x := src.Rect.Min.X; x < src.Rect.Max.X; x++ {
			dst.Set(x, y, src.YCbCrAt(x, y))
		}
	}
	return dst
}

// turnedRatio is the subsampling after the turn; two rare ones have no turned
// counterpart.
func turnedRatio(r image.YCbCrSubsampleRatio, o orientation) (image.YCbCrSubsampleRatio, bool) {
	if !o.swapsSides() {
		return r, true
	}
	switch r {
	case image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		return r, false
	}
	return r, true
}

// chromaSize is the size of the colour planes of an image at (0, 0).
func chromaSize(img *image.YCbCr) image.Point {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	switch img.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		return image.Pt((w+1)/2, h)
	case image.YCbCrSubsampleRatio420:
		return image.Pt((w+1)/2, (h+1)/2)
	case image.YCbCrSubsampleRatio440:
		return image.Pt(w, (h+1)/2)
	case image.YCbCrSubsampleRatio411:
		return image.Pt((w+3)/4, h)
	case image.YCbCrSubsampleRatio410:
		return image.Pt((w+3)/4, (h+1)/2)
	}
	return image.Pt(w, h)
}

// tile is how many pixels of a row turn does at a time: going down a column of
// the source, that many cache lines stay in reach.
const tile = 64

// turn copies a plane of pixels of n bytes. The source position is a linear
// function of the destination's, so it takes a start and two steps.
func turn(dst []byte, dstStride int, src []byte, srcStride int, size image.Point, n int, o orientation) {
	start, right, down := steps(size, srcStride, n, o)
	if o.swapsSides() {
		size.X, size.Y = size.Y, size.X
	}
	for left := 0; left < size.X; left += tile {
		width := min(tile, size.X-left)
		for y := range size.Y {
			from, to := start+left*right+y*down, y*dstStride+left*n
			if n == 1 {
				turnRow(dst[to:to+width], src, from, right)
				continue
			}
			for range width {
				copy(dst[to:to+n], src[from:from+n])
				from += right
				to += n
			}
		}
	}
}

func turnRow(dst, src []byte, from, step int) {
	for i := range dst {
		dst[i] = src[from]
		from += step
	}
}

// steps says where in the source the upright image starts, and how far one
// pixel to the right and one down leads.
func steps(size image.Point, stride, n int, o orientation) (start, right, down int) {
	lastCol, lastRow := (size.X-1)*n, (size.Y-1)*stride
	switch o {
	case 2: // mirrored
		return lastCol, -n, stride
	case 3: // upside down
		return lastCol + lastRow, -n, -stride
	case 4:
		return lastRow, n, -stride
	case 5:
		return 0, stride, n
	case 6: // lies on its left side
		return lastRow, -stride, n
	case 7:
		return lastCol + lastRow, -stride, -n
	case 8: // lies on its right side
		return lastCol, stride, -n
	}
	return 0, n, stride
}
