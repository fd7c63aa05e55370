package imagefile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
)

// heicFile is the primary picture of a HEIC file: a sheet. Others in it are
// thumbnails, depth maps or more shots of a burst.
type heicFile struct {
	engine   *heicEngine
	cacheDir string
	data     []byte
	config   heicConfig
}

// heicMaxBytes bounds what is copied into the sandbox; a photo of 48 megapixels
// has 10 MB.
const heicMaxBytes = 64 << 20

func openHEIC(d *Decoder, data []byte, lim Limits) (source, error) {
	if len(data) > heicMaxBytes {
		return nil, fmt.Errorf("%w: a heic of %d bytes, at most %d are read", ErrTooLarge, len(data), heicMaxBytes)
	}
	if err := checkBoxes(data); err != nil {
		return nil, err
	}
	f := &heicFile{engine: &d.heic, cacheDir: d.CacheDir, data: data}
	err := f.engine.run(d.CacheDir, heicMemory(len(data), 0), func(box *heicSandbox) (err error) {
		f.config, err = box.header(data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, lim.checkPixels(f.config.width, f.config.height)
}

func (f *heicFile) count() int { return 1 }

// page needs no turning: libheif does what the file's irot and imir say. By the
// standard they alone count, and phones that turn them leave the Exif tag as
// the sensor lay.
func (f *heicFile) page(int) (img image.Image, err error) {
	memory := heicMemory(len(f.data), f.config.width*f.config.height)
	err = f.engine.run(f.cacheDir, memory, func(box *heicSandbox) (err error) {
		img, err = box.decode(f.data, f.config)
		return err
	})
	if err != nil {
		return nil, err
	}
	return normalize(img), nil
}

// heicMemory is what decoding may take: the file twice, and 12 bytes a pixel. A
// file whose video stream is larger than it says elsewhere hits this bound.
func heicMemory(size, pixels int) int {
	const most = 448 << 20
	return min(24<<20+2*size+12*pixels, most)
}

// checkBoxes finds out whether a file was cut off, for which libheif has no word.
// What comes behind the pixels is no matter: some phones append what is no box.
func checkBoxes(data []byte) error {
	hasHead, hasPixels := false, false
	for at := 0; at < len(data) && !(hasHead && hasPixels); {
		name, size := isoBox(data[at:])
		if size < 8 || size > int64(len(data)-at) {
			return fmt.Errorf("%w: heic is cut off or broken at byte %d of %d", ErrUnreadable, at, len(data))
		}
		at += int(size)
		hasHead = hasHead || name == "meta"
		hasPixels = hasPixels || name == "mdat"
	}
	if !hasHead {
		return fmt.Errorf("%w: heic without a still picture", ErrUnreadable)
	}
	return nil
}

// deepGrey tells from the decoder's configuration whether the picture is grey in more
// than 8 bits, which the wrapper of libheif writes beyond its memory.
func deepGrey(data []byte) bool {
	const name, chroma, depth = "hvcC", 16, 17
	at := bytes.Index(data, []byte(name))
	if at < 0 || len(data) <= at+len(name)+depth {
		return false
	}
	config := data[at+len(name):]
	return config[chroma]&3 == 0 && config[depth]&7 > 0
}

// isoBox reads the head of a box: its name, and its size with the head, -1 if
// there is none.
func isoBox(data []byte) (name string, size int64) {
	if len(data) < 8 {
		return "", -1
	}
	name, size = string(data[4:8]), int64(binary.BigEndian.Uint32(data))
	switch {
	case size == 0: // to the end
		size = int64(len(data))
	case size == 1 && len(data) >= 16: // a larger number follows
		size = int64(binary.BigEndian.Uint64(data[8:]))
	}
	return name, size
}

// isoFormat tells HEIC from other containers of the same make. Some phones put
// a general brand first, and the codec behind it.
func isoFormat(data []byte) (format, unsupported string) {
	_, size := isoBox(data)
	if size < 16 || size > int64(len(data)) {
		size = min(12, int64(len(data)))
	}
	general := false
	for brands := data[8:size]; len(brands) >= 4; brands = brands[4:] {
		switch string(brands[:4]) {
		case "heic", "heix", "heim", "heis", "hevc", "hevx":
			return formatHEIC, ""
		case "avif", "avis":
			return "", "AVIF"
		case "mif1", "msf1":
			general = true
		}
	}
	if general {
		return "", "HEIF without HEVC"
	}
	return "", "this video or image container"
}
