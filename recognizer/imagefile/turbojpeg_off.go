//go:build !turbojpeg

package imagefile

import "image"

const jpegDecoder = "image/jpeg"

func fastGrey([]byte, int, int) *image.Gray { return nil }

func fastEncode(image.Image, int) []byte { return nil }

func recycle(image.Image) {}
