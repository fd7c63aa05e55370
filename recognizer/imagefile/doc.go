// Package imagefile decodes the files that scanners and phones produce: JPEG,
// PNG, WebP, BMP, HEIC, TIFF and PDF, the last two with many pages.
//
// Files come from outside and are not trusted. The format is told from the
// content, sizes are checked before anything of that size is allocated, and a
// decoder that panics makes an error. An error is either ErrTooLarge or
// ErrUnreadable when the file is to blame.
//
// Pages come out upright, opaque, and as one of three types: *image.YCbCr for a
// photo, whose Y plane is the grey image; *image.Gray; or *image.RGBA.
//
// Built with the tag turbojpeg, which takes libjpeg-turbo 2 and cgo, JPEGs are
// decoded to *image.Gray alone, in a sixth of the time. What libjpeg-turbo
// complains of goes through Go's decoder, whose word counts, so every build reads
// the same files. What is wrong with a JPEG's frame is mended first, and colours that
// are sampled as Go's decoder does not know are left out. Arithmetic coding, 12 bits
// and progressive JPEGs of such colours are refused.
//
// A TIFF is taken apart here and its strips are unpacked by libraries, but for the
// faxes that they don't read: all kinds that scanners write are read, and a page that
// can't be is an error of its own.
//
// A Decoder with a Command decodes all but JPEG and PNG in a process of its own: see
// package sandbox. That process is killed when a page takes more time or memory than a
// page takes, which is that page's error and nobody else's. Without a Command they are
// decoded here, and a hostile file can hold up the process: the garbage collector has
// to wait for WebAssembly that runs.
//
// A page of a PDF that is one picture, as scanners write them, is that picture (JPEG,
// CCITT group 3 or 4, or samples; whole or in strips), at its own resolution: 10 ms for
// A4 at 200 dpi. Any other page is rendered by PDFium. PDFium and libheif, for HEIC, are
// compiled to WebAssembly, which takes no C library and cannot reach files or the
// network. They are started by the first file that needs them, unless Decoder.CacheDir
// keeps the compiled code: PDFium in about 4 s and 320 MB for a moment, libheif in 0.5 s
// and 45 MB. Then a page of a PDF takes about 0.15 s and 100 to 200 MB, and a HEIC of 12
// megapixels 1.2 s and 80 MB.
package imagefile
