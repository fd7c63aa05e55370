// Package imagefile decodes the files that scanners and phones produce: JPEG,
// PNG, WebP, TIFF and PDF, the last two with many pages.
//
// Files come from outside and are not trusted. The format is told from the
// content, sizes are checked before anything of that size is allocated, and a
// decoder that panics makes an error. An error is either ErrTooLarge or
// ErrUnreadable when the file is to blame.
//
// Pages come out upright, opaque, and as one of three types: *image.YCbCr for a
// JPEG or WebP photo, whose Y plane is the grey image; *image.Gray; or
// *image.RGBA.
//
// PDFs are rendered by PDFium compiled to WebAssembly, which takes no C library
// and cannot reach files or the network. It is started by the first PDF: about
// 3 s and 320 MB for a moment, unless Decoder.CacheDir keeps the compiled code,
// then about 0.15 s a page and 100 to 200 MB.
package imagefile
