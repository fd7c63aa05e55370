//go:build turbojpeg

package imagefile

/*
#cgo pkg-config: libturbojpeg
#include <turbojpeg.h>

// grey decodes into width x height bytes. Not 0 means that there was anything to
// complain about. The handle points into Go's memory, so it ends with the call.
static int grey(const unsigned char *jpeg, unsigned long size, unsigned char *pix, int width, int height) {
	tjhandle h = tjInitDecompress();
	if (h == NULL)
		return -1;
	int w, hgt, sampling, colours;
	int failed = tjDecompressHeader3(h, jpeg, size, &w, &hgt, &sampling, &colours);
	if (!failed)
		failed = w != width || hgt != height || (colours != TJCS_YCbCr && colours != TJCS_GRAY);
	if (!failed)
		failed = tjDecompress2(h, jpeg, size, pix, width, 0, height, TJPF_GRAY,
			TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT);
	tjDestroy(h);
	return failed;
}

// encode returns the size of the JPEG, 0 on failure. out has tjBufSize bytes.
static unsigned long encode(const unsigned char *pix, int pitch, int width, int height, int format, int sampling,
		int quality, unsigned char *out) {
	tjhandle h = tjInitCompress();
	if (h == NULL)
		return 0;
	unsigned long size = tjBufSize(width, height, sampling);
	if (tjCompress2(h, pix, width, pitch, height, format, &out, &size, sampling, quality, TJFLAG_NOREALLOC))
		size = 0;
	tjDestroy(h);
	return size;
}
*/
import "C"

import (
	"bytes"
	"image"
	"sync"
	"unsafe"
)

const jpegDecoder = "libjpeg-turbo"

// fastGrey is nil for anything that libjpeg-turbo does not decode without the
// least complaint.
func fastGrey(jpeg []byte, width, height int) *image.Gray {
	img := newGrey(width, height)
	if C.grey((*C.uchar)(unsafe.SliceData(jpeg)), C.ulong(len(jpeg)),
		(*C.uchar)(unsafe.SliceData(img.Pix)), C.int(width), C.int(height)) != 0 {
		recycle(img)
		return nil
	}
	return img
}

// released are pages whose pixels the next ones may have. Fresh memory for each page
// takes about a tenth of the time of decoding it, to be mapped and zeroed, and has the
// garbage collector run once a page where little else is in use.
var released sync.Pool

// newGrey is an image in which anything may be.
func newGrey(width, height int) *image.Gray {
	rect := image.Rect(0, 0, width, height)
	if old, _ := released.Get().(*image.Gray); old != nil && cap(old.Pix) >= width*height {
		return &image.Gray{Pix: old.Pix[:width*height], Stride: width, Rect: rect}
	}
	return image.NewGray(rect)
}

func recycle(page image.Image) {
	if grey, ok := page.(*image.Gray); ok {
		released.Put(grey)
	}
}

// fastEncode is nil for types that libjpeg-turbo does not take as they are.
func fastEncode(img image.Image, quality int) []byte {
	switch m := img.(type) {
	case *image.Gray:
		return turboEncode(m.Pix, m.Stride, m.Rect.Size(), C.TJPF_GRAY, C.TJSAMP_GRAY, quality)
	case *image.RGBA:
		return turboEncode(m.Pix, m.Stride, m.Rect.Size(), C.TJPF_RGBX, C.TJSAMP_420, quality)
	}
	return nil
}

func turboEncode(pix []byte, stride int, size image.Point, format, sampling C.int, quality int) []byte {
	width, height := C.int(size.X), C.int(size.Y)
	out := make([]byte, C.tjBufSize(width, height, sampling))
	n := C.encode((*C.uchar)(unsafe.SliceData(pix)), C.int(stride), width, height, format, sampling,
		C.int(quality), (*C.uchar)(unsafe.SliceData(out)))
	return bytes.Clone(out[:n]) // the buffer is made for the worst case
}
