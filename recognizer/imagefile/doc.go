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
// PDFs are rendered by PDFium and HEIC by libheif, both compiled to WebAssembly,
// which takes no C library and cannot reach files or the network. They are
// started by the first file that needs them, unless Decoder.CacheDir keeps the
// compiled code: PDFium in about 3 s and 320 MB for a moment, libheif in 0.5 s
// and 45 MB. Then a page of a PDF takes about 0.15 s and 100 to 200 MB, and a
// HEIC of 12 megapixels 1.2 s and 80 MB. While WebAssembly runs the garbage
// collector has to wait for it, and with it the process.
package imagefile
